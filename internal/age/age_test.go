package age

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func iso(t testing.TB, s string) Date {
	t.Helper()
	d, ok := ParseDate(s)
	if !ok {
		t.Fatalf("%q is no date", s)
	}
	return d
}

func TestUnder15(t *testing.T) {
	for _, c := range []struct {
		birth, today string
		under, known bool
	}{
		{"2011-11-24", "2026-11-23", true, true},
		{"2011-11-24", "2026-11-24", false, true},
		{"2012-02-29", "2027-02-28", true, true},
		{"2012-02-29", "2027-03-01", false, true},
		{"2017", "2026-11-24", true, true},
		{"1984", "2026-11-24", false, true},
		{"2011", "2026-11-24", false, false},
		{"2011", "2026-12-31", false, true},
		{"2012", "2026-12-31", true, true},
		{"2011-11", "2026-11-24", false, false},
		{"2011-10", "2026-11-24", false, true},
		{"2011-12", "2026-11-24", true, true},
		{"2012-02", "2027-02-28", false, false},
		{"2012-02", "2027-03-01", false, true},
		{"", "2026-11-24", false, false},
		{"2011-11-24", "2026-11", false, false},
	} {
		under, known := Under15(iso(t, c.birth), iso(t, c.today))
		if known != c.known || known && under != c.under {
			t.Errorf("born %q, on %s: %v, %v", c.birth, c.today, under, known)
		}
	}
}

// TestUnder15EndsOnce: day by day someone is under 15, and from one day on not.
func TestUnder15EndsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 20000).Draw(t, "day"))
		birth := Date{day.Year(), int(day.Month()), day.Day()}
		turn := Fifteenth(birth)
		end := time.Date(turn.Year, time.Month(turn.Month), turn.Day, 0, 0, 0, 0, time.UTC)
		before := end.AddDate(0, 0, -1)
		if under, known := Under15(birth, Date{before.Year(), int(before.Month()), before.Day()}); !under || !known {
			t.Fatalf("born %v: not under 15 the day before %v", birth, turn)
		}
		if under, known := Under15(birth, turn); under || !known {
			t.Fatalf("born %v: under 15 on %v", birth, turn)
		}
		if turn.Year-birth.Year != 15 {
			t.Fatalf("born %v: 15 on %v", birth, turn)
		}
	})
}

func TestFifteenthOfAnIncompleteDate(t *testing.T) {
	for birth, want := range map[string]string{"": "", "2011": "2026-01-01", "2011-04": "2026-04-01", "2012-02-29": "2027-03-01"} {
		if got := Fifteenth(iso(t, birth)).String(); got != want {
			t.Errorf("born %q: %q, not %q", birth, got, want)
		}
	}
}

func TestTodayIsBelgian(t *testing.T) {
	for in, want := range map[string]string{
		"2026-06-30T21:59:59Z": "2026-06-30", "2026-06-30T22:00:00Z": "2026-07-01", // summer
		"2026-12-31T22:59:59Z": "2026-12-31", "2026-12-31T23:00:00Z": "2027-01-01", // winter
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Today(at).String(); got != want {
			t.Errorf("%s is %s, not %s", in, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, in := range []string{"1971-13-01", "1971-02-30", "1971-1-1-1", "71", "1971-00", "1971-01-00", "x"} {
		if d, ok := ParseDate(in); ok {
			t.Errorf("%q is %v", in, d)
		}
	}
	if d, ok := ParseDate(""); !ok || d != (Date{}) {
		t.Errorf("nothing is %v, %v", d, ok)
	}
}
