package hours_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"balie/kiosk/hours"
)

func brussels(t rapid.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// legal are the ten legal holidays of Belgium.
var legal = []string{"01-01", "easter+1", "05-01", "easter+39", "easter+50", "07-21", "08-15", "11-01", "11-11", "12-25"}

func schedule(t rapid.TB, lines ...string) hours.Schedule {
	t.Helper()
	holidays, err := hours.ParseHolidays(legal)
	if err != nil {
		t.Fatal(err)
	}
	s, err := hours.Parse(lines, holidays)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAt(t *testing.T) {
	zone := brussels(t)
	weekdays := []string{"mo-fr 08:00-12:00", "mo-fr 13:00-17:00"}
	for _, tc := range []struct {
		name   string
		lines  []string
		at     string // on the wall, or an instant with its offset
		open   bool
		change string
	}{
		{"before the morning", weekdays, "2026-11-24 07:59", false, "2026-11-24 08:00"},
		{"from the first minute", weekdays, "2026-11-24 08:00", true, "2026-11-24 12:00"},
		{"not in the minute it closes", weekdays, "2026-11-24 12:00", false, "2026-11-24 13:00"},
		{"over the weekend", weekdays, "2026-11-27 17:00", false, "2026-11-30 08:00"},
		{"over Christmas, a Friday", weekdays, "2026-12-24 18:00", false, "2026-12-28 08:00"},
		{"Easter Monday 2027", weekdays, "2027-03-29 10:00", false, "2027-03-30 08:00"},
		{"Ascension 2027", weekdays, "2027-05-06 10:00", false, "2027-05-07 08:00"},
		{"Whit Monday 2027", weekdays, "2027-05-17 10:00", false, "2027-05-18 08:00"},
		{"past midnight", []string{"mo 20:00-24:00", "tu 00:00-06:00"}, "2026-11-23 21:00", true, "2026-11-24 06:00"},
		{"always, but for a holiday", []string{"mo-su 00:00-24:00"}, "2026-12-24 21:00", true, "2026-12-25 00:00"},
		{"the clock goes on at 2", []string{"su 02:30-05:00"}, "2027-03-28 01:59", false, "2027-03-28 03:00"},
		{"the clock goes back at 3: the first time", []string{"su 02:30-02:45"}, "2026-10-25T02:20:00+02:00", false, "2026-10-25T02:30:00+02:00"},
		{"and the second", []string{"su 02:30-02:45"}, "2026-10-25T02:50:00+02:00", false, "2026-10-25T02:30:00+01:00"},
		{"only on holidays", []string{"mo 08:00-09:00"}, "2026-11-24 08:00", false, "2026-11-30 08:00"},
		{"never", nil, "2026-11-24 08:00", false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := schedule(t, tc.lines...).At(moment(t, zone, tc.at))
			want := hours.State{Open: tc.open, Change: moment(t, zone, tc.change)}
			if got.Open != want.Open || !got.Change.Equal(want.Change) {
				t.Errorf("at %s it is open: %t until %v; want %t until %v", tc.at, got.Open, got.Change, want.Open, want.Change)
			}
		})
	}
}

func moment(t *testing.T, zone *time.Location, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(zone)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestAtIsTheClockOnTheWall holds At against a walk through the minutes, most often
// around the nights on which the clock jumps.
func TestAtIsTheClockOnTheWall(t *testing.T) {
	zone := brussels(t)
	lines := []string{"mo-sa 08:00-12:00", "sa 22:00-24:00", "su 00:00-02:15", "su 02:30-02:45", "su 03:10-04:00"}
	s := schedule(t, lines...)
	begin := []time.Time{
		time.Date(2026, 10, 24, 20, 0, 0, 0, zone), time.Date(2027, 3, 27, 20, 0, 0, 0, zone), time.Date(2026, 12, 24, 0, 0, 0, 0, zone),
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom(begin).Draw(t, "from").Add(time.Duration(rapid.IntRange(0, 40*60).Draw(t, "minutes")) * time.Minute)
		got := s.At(at)
		for next := at.Add(time.Minute); next.Before(at.Add(20 * time.Hour)); next = next.Add(time.Minute) {
			if changed := s.At(next).Open != got.Open; changed != !next.Before(got.Change) {
				t.Fatalf("at %v it is said to change at %v; at %v it has changed: %t", at, got.Change, next, changed)
			}
			if !next.Before(got.Change) {
				return
			}
		}
	})
}

// TestEaster: dates of the United States Naval Observatory's list.
func TestEaster(t *testing.T) {
	for year, want := range map[int]string{1961: "04-02", 2000: "04-23", 2008: "03-23", 2026: "04-05", 2027: "03-28", 2038: "04-25", 2049: "04-18"} {
		if got := hours.Easter(year).Format("01-02"); got != want {
			t.Errorf("%d: %s, want %s", year, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"":                      "not like",
		"mo-fr":                 "not like",
		"ma-vr 08:00-12:00":     "the days are",
		"mo-fr 8:00-12:00":      "08:00",
		"mo-fr 08:00":           "not a time",
		"mo-fr 08:00-25:00":     "not a time",
		"mo-fr 12:00-08:00":     "ends before",
		"mo-fr 08:00-08:00":     "ends before",
		"mo,mo 08:00-12:00":     "already",
		"mo-fr 08:00-12:00 not": "not a time",
	} {
		if _, err := hours.Parse([]string{line}, hours.Holidays{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", line, err)
		}
	}
	for _, day := range []string{"25-12", "2026-02-29", "easter*", "easter+1000", "christmas", ""} {
		if _, err := hours.ParseHolidays([]string{day}); err == nil || !strings.Contains(err.Error(), `"`+day+`"`) {
			t.Errorf("%q: %v", day, err)
		}
	}
}

// TestHolidays: those of one year, those of all, and those that move.
func TestHolidays(t *testing.T) {
	h, err := hours.ParseHolidays([]string{"2026-12-24", "02-29", "easter"})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{"2026-12-24": true, "2027-12-24": false, "2028-02-29": true, "2026-04-05": true, "2026-04-06": false} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if h.Is(at) != want {
			t.Errorf("%s is a holiday: %t", day, !want)
		}
	}
}

// FuzzParse: whatever a line says, there is a schedule or one line, and the schedule
// can be asked.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"mo-fr 08:00-12:00", "sa,su 10:00-11:30", "fr-mo 00:00-24:00", "mo", "mo 0:0-1:1", ", -:", "mo-\n 08:00-09:00"} {
		f.Add(line)
	}
	zone := brussels(f)
	f.Fuzz(func(t *testing.T, line string) {
		s, err := hours.Parse([]string{line}, hours.Holidays{})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("not one line: %q", err)
			}
			return
		}
		if at := s.At(time.Date(2026, 11, 24, 8, 0, 0, 0, zone)); at.Change.IsZero() && !at.Open {
			t.Errorf("%q is taken, and never open", line)
		}
	})
}
