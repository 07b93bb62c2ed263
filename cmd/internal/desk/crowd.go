package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"balie/sync/portal/api"
)

// crowdPerson is someone invented, with a card and one appointment, for visits in
// numbers.
type crowdPerson struct {
	NationalNumber string            `json:"national_number"`
	Appointments   []api.Appointment `json:"appointments"`
}

// CrowdCard is the card of the n-th of the crowd, and [CrowdName] who is on it.
func CrowdCard(n int) string { return fmt.Sprintf("crowd-%d", n) }

// CrowdName is how the screen greets the n-th of the crowd.
func CrowdName(n int) string { return fmt.Sprintf("%s B.", crowdGiven(n)) }

// CrowdAppointment is the one appointment of the n-th of the crowd.
func CrowdAppointment(n int) string { return fmt.Sprintf("crowd-%d", n) }

// crowdGiven is a name in letters: A name with digits would not be one.
func crowdGiven(n int) string {
	return "Gast" + string(rune('a'+n/26%26)) + string(rune('a'+n%26))
}

// CrowdNumber is a national number that nobody has: the serials from 900 are given
// out last. Check digits: 97 less the rest of the first nine by 97 (KB 3 April 1984).
func CrowdNumber(n int) string {
	born := crowdBorn(n)
	base := born.Year()%100*10000000 + int(born.Month())*100000 + born.Day()*1000 + 997
	return fmt.Sprintf("%09d%02d", base, 97-base%97)
}

func crowdBorn(n int) time.Time { return time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// writeCrowd writes who is in it for the portal, and gives the file.
func (d *Desk) writeCrowd() (path string, err error) {
	start := time.Now().Truncate(time.Minute)
	people := make([]crowdPerson, 0, d.o.Crowd)
	for n := range d.o.Crowd {
		people = append(people, crowdPerson{CrowdNumber(n), []api.Appointment{{
			Id: CrowdAppointment(n), Start: start, End: start.Add(20 * time.Minute),
			Label: "Raadpleging 4614", Place: "Gele zaal, niveau 1", Route: "Route 46", RouteUrl: "https://uzvoorbeeld.example/route/46",
		}}})
	}
	text, err := json.Marshal(people)
	if err != nil {
		return "", fmt.Errorf("writing the crowd: %w", err)
	}
	path = d.path("crowd.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("writing the crowd: %w", err)
	}
	return path, nil
}

// mintCrowd gives everyone in it a card.
func (d *Desk) mintCrowd(ctx context.Context) error {
	for n := range d.o.Crowd {
		err := d.post(ctx, "cards", map[string]any{
			"id": CrowdCard(n), "given": crowdGiven(n), "family": "Bezoeker", "national_number": CrowdNumber(n), "birth": crowdBorn(n).Format(time.DateOnly), "type": "citizen", "applet": "1.8",
			"street": "Bondgenotenlaan 12", "postal_code": "3000", "town": "Leuven",
		})
		if err != nil {
			return err
		}
	}
	return nil
}
