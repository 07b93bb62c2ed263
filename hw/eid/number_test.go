package eid

import (
	"fmt"
	"testing"

	"balie/internal/age"

	"pgregory.net/rapid"
)

func number(birth string, order, century int) string {
	body := 0
	_, _ = fmt.Sscanf(fmt.Sprintf("%s%03d", birth, order), "%d", &body)
	check := 97 - body%97
	if century == 2000 {
		check = 97 - (2_000_000_000+body)%97
	}
	return fmt.Sprintf("%s%03d%02d", birth, order, check)
}

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		name, in   string
		birth      string
		sex        string
		bis, wrong bool
	}{
		{name: "python-stdnum", in: "85073003328", birth: "1985-07-30", sex: "M"},
		{name: "2000s", in: number("170305", 2, 2000), birth: "2017-03-05", sex: "F"},
		{name: "same digits, 1900s", in: number("170305", 2, 1900), birth: "1917-03-05", sex: "F"},
		{name: "bis, sex known", in: number("854730", 33, 1900), birth: "1985-07-30", sex: "M", bis: true},
		{name: "bis, sex unknown", in: number("852730", 33, 1900), birth: "1985-07-30", bis: true},
		{name: "bis without a date", in: number("854000", 33, 1900), birth: "1985", sex: "M", bis: true},
		{name: "no month", in: number("850000", 33, 1900), birth: "1985", sex: "M"},
		{name: "no day", in: number("850700", 33, 1900), birth: "1985-07", sex: "M"},
		{name: "no date at all", in: number("000001", 33, 1900), sex: "M"},
		{name: "no date at all, 2000s", in: number("000001", 33, 2000), sex: "M"},
		{name: "counter ran over", in: number("850035", 33, 1900), birth: "1985", sex: "M"},
		{name: "specimen's month 71", in: number("857151", 33, 1900), sex: "M"},
		{name: "order 000", in: number("850730", 0, 1900), birth: "1985-07-30"},
		{name: "order 999", in: number("850730", 999, 1900), birth: "1985-07-30"},
		{name: "wrong check", in: "85073003329", wrong: true},
		{name: "short", in: "8507300332", wrong: true},
		{name: "letters", in: "8507300332x", wrong: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, ok := ParseNumber(c.in)
			if ok == c.wrong || n.Birth.String() != c.birth || n.Sex != c.sex || n.Bis != c.bis {
				t.Errorf("%s: %+v, %v", c.in, n, ok)
			}
		})
	}
}

// TestCheckDigitsDecideTheCentury: no number fits both ways.
func TestCheckDigitsDecideTheCentury(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year, month := rapid.IntRange(1, 99).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month")
		century := rapid.SampledFrom([]int{1900, 2000}).Draw(t, "century")
		day := rapid.IntRange(1, age.DaysIn(century+year, month)).Draw(t, "day")
		s := number(fmt.Sprintf("%02d%02d%02d", year, month, day), rapid.IntRange(1, 998).Draw(t, "order"), century)
		n, ok := ParseNumber(s)
		if want := (Date{Year: century + year, Month: month, Day: day}); !ok || n.Birth != want {
			t.Fatalf("%s: %+v, %v; not %v", s, n, ok, want)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	f.Add("85073003328")
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := ParseNumber(s); !ok && n != (Number{}) {
			t.Errorf("%q is %+v and not ok", s, n)
		}
	})
}
