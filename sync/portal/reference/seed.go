package reference

import (
	"context"
	"fmt"
	"strings"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// demo is one appointment of the demo, some time from now.
type demo struct {
	number    string
	from      time.Duration // now
	days      int           // after today; 0 is today
	label     string
	place     string
	route     string // its number
	checkedIn bool
}

// demoPeople are those of kiosksim's tray of cards, whom nobody is: an, jef, elise,
// lucas, hugo, nele, karim. The tray's marta is a stranger to the hospital.
func demoPeople() []Patient {
	var people []Patient
	for _, p := range []struct{ number, ead, birth string }{
		{"84051799897", "E1000000001", "1984-05-17"}, {"51110299791", "E1000000002", "1951-11-02"}, {"72082999888", "E1000000003", "1972-08-29"},
		{"17030599736", "E1000000004", "2017-03-05"}, {"66072199702", "E1000000005", "1966-07-21"}, {"79120899820", "E1000000006", "1979-12-08"},
		{"95042399745", "E1000000007", "1995-04-23"},
		{"", "E1000000008", "1991-02-03"}, // of abroad, without a national number
	} {
		people = append(people, Patient{Number: secret.NewText(p.number), EAD: secret.NewText(p.ead), Birth: secret.NewText(p.birth)})
	}
	return people
}

// demoDay is a day of the demo. Karim has no appointment.
func demoDay() []demo {
	return []demo{
		{number: "84051799897", from: 25 * time.Minute, label: "Raadpleging 4614", place: "Gele zaal, niveau 1", route: "46"},
		{number: "84051799897", from: 130 * time.Minute, label: "Onderzoek 2210", place: "Blauwe zaal, niveau 0", route: "22"},
		{number: "51110299791", from: 2 * time.Minute, label: "Raadpleging 3105", place: "Groene zaal, niveau 2", route: "31"},
		{number: "72082999888", from: 35 * time.Minute, label: "Consultation 4614", place: "Salle jaune, niveau 1", route: "46", checkedIn: true},
		{number: "17030599736", from: 45 * time.Minute, label: "Raadpleging kinderen 5120", place: "Oranje zaal, niveau 0", route: "51"},
		{number: "66072199702", from: 60 * time.Minute, label: "Raadpleging 4614", place: "Gele zaal, niveau 1", route: "46"},
		{number: "79120899820", from: 75 * time.Minute, label: "Onderzoek 2210", place: "Blauwe zaal, niveau 0", route: "22"},
		{number: "84051799897", days: 6, label: "Raadpleging 4614", place: "Gele zaal, niveau 1", route: "46"},
		{number: "84051799897", days: 41, label: "Bloedafname 1002", place: "Witte zaal, niveau 0", route: "10"},
		{number: "72082999888", days: 13, label: "Consultation 4614", place: "Salle jaune, niveau 1", route: "46"},
		{number: "17030599736", days: 20, label: "Raadpleging kinderen 5120", place: "Oranje zaal, niveau 0", route: "51"},
	}
}

// Seed puts in the demo's people and their appointments of today. A second time it
// dates those anew that are not checked in; a new day has new ones.
func (s *Server) Seed(ctx context.Context) error {
	now := s.o.Now()
	var visits []Visit
	for i, d := range demoDay() {
		id, start := fmt.Sprintf("%s-%d", strings.ReplaceAll(s.day(now), "-", ""), i+1), s.within(now, now.Add(d.from).Truncate(5*time.Minute))
		if d.days > 0 {
			id, start = fmt.Sprintf("later-%d", i+1), s.morning(now, d.days)
		}
		v := Visit{Patient: Patient{Number: secret.NewText(d.number)}, Letter: secret.NewText(demoLetter + id), Appointment: api.Appointment{
			Id: id, Start: start, End: start.Add(demoLength),
			Label: d.label, Place: d.place, Route: "Route " + d.route, RouteUrl: demoRoutes + d.route, Phone: "+32 16 00 00 00",
		}}
		if d.checkedIn {
			v.CheckedInAt, v.Appointment.Ticket = now.Add(-10*time.Minute), "A012"
		}
		visits = append(visits, v)
	}
	if err := s.Admit(ctx, demoPeople(), visits); err != nil {
		return fmt.Errorf("putting the demo in: %w", err)
	}
	return nil
}

// demoRoutes is where the way to a department is shown; its number is added.
const demoRoutes = "https://uzvoorbeeld.example/route/"

// demoLetter is what the barcode of a letter says; the id of its appointment is added.
const demoLetter = "BALIE-"

// demoLength is how long an appointment of the demo is.
const demoLength = 20 * time.Minute

// within moves a time into today in Brussels, where it is after it.
func (s *Server) within(now, t time.Time) time.Time {
	if s.day(t) == s.day(now) {
		return t
	}
	y, m, d := now.In(s.brussels).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, s.brussels).Add(-demoLength - time.Minute)
}

// morning is half past nine in Brussels, some days after now.
func (s *Server) morning(now time.Time, days int) time.Time {
	y, m, d := now.In(s.brussels).Date()
	return time.Date(y, m, d+days, 9, 30, 0, 0, s.brussels)
}

// KeepSeeded seeds, and again on each new day, until ctx ends.
func (s *Server) KeepSeeded(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for seeded := s.day(s.o.Now()); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if today := s.day(s.o.Now()); today != seeded {
			if err := s.Seed(ctx); err != nil {
				s.o.Log.Error("demo of a new day not put in; trying again in a minute")
				continue
			}
			seeded = today
		}
	}
}
