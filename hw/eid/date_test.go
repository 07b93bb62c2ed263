package eid

import (
	"fmt"
	"testing"

	"balie/internal/age"

	"pgregory.net/rapid"
)

// TestParseDate has the shapes that cards and the tests of eid-mw have.
func TestParseDate(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"01 JAN 1971", "1971-01-01"}, {"1 JAN 1971", "1971-01-01"}, {"12 SEPT 1979", "1979-09-12"},
		{"13.AUG. 1996", "1996-08-13"}, {"23.SEP.1982", "1982-09-23"}, {"08 SEP  1964", "1964-09-08"},
		{"        1984", "1984"}, {"1984", "1984"}, {"   .   .1950", "1950"}, {"00 JAN 1950", "1950-01"},
		{"31 FEV 1985", "1985-02"}, {"29 FEB 2000", "2000-02-29"}, {"29 FEB 1900", "1900-02"},
		{"05.03.2017", "2017-03-05"}, {"00.00.1950", "1950"}, {"00.03.1950", "1950-03"},
		{"01     1971", "1971"}, {"   JAN 1971", "1971-01"}, {"05 MÄR 1971", "1971-03-05"}, {"05 mär 1971", "1971-03-05"},
		{"05 MÄRZ 1971", "1971-03-05"}, {"01 MAAR 1971", "1971-03-01"}, {"01 MARS 1971", "1971-03-01"}, {"01 MEI 1971", "1971-05-01"},
		{"01 AOÛT 1971", "1971-08-01"}, {"01 FÉV 1971", "1971-02-01"}, {"01 DÉC 1971", "1971-12-01"}, {"01 DEZ 1971", "1971-12-01"},
		{"01 OKT 1971", "1971-10-01"}, {"01 AVR 1971", "1971-04-01"}, {"01 JUIL 1971", "1971-07-01"}, {"01 JUIN 1971", "1971-06-01"},
		{"00/00/1950", "1950"}, {"00/03/1950", "1950-03"}, {"05/03/1950", "1950-03-05"}, {"05-03-1950", "1950-03-05"}, {"  /  /1950", "1950"},
		{"05 MA\u0308R 1971", "1971-03-05"}, {"05 ma\u0308r 1971", "1971-03-05"}, {"00 MA\u0308R 1971", "1971-03"}, {"MA\u0308R 1971", "1971-03"},
		{"01 AOU\u0302T 1971", "1971-08-01"}, {"01 FE\u0301V 1971", "1971-02-01"},
		{"", "!"}, {"   ", "!"}, {"JAN", "!"}, {"01 JAN 71", "!"}, {"01 JAN 0000", "!"}, {"01 JAN 19711", "!"}, {"1 2 3 1971", "!"},
		{"01 XXX 1971", "!1971"}, {"XX JAN 1971", "!1971-01"}, {"01 13 1971", "!1971"}, {"XXX 1971", "!1971"}, {"99/99/1950", "!1950"},
	} {
		d, ok := ParseDate(c.in)
		got := d.String()
		if !ok {
			got = "!" + got
		}
		if got != c.want {
			t.Errorf("%q is %q, not %q", c.in, got, c.want)
		}
	}
}

func months() [][]string {
	return [][]string{
		{"JAN", "FEV", "MARS", "AVR", "MAI", "JUIN", "JUIL", "AOUT", "SEPT", "OCT", "NOV", "DEC"},
		{"JAN", "FEB", "MAAR", "APR", "MEI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEC"},
		{"JAN", "FEB", "MÄR", "APR", "MAI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEZ"},
	}
}

// TestDateRoundTrip writes any date as a card does, in any language, and reads it.
func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{Year: rapid.IntRange(1880, 2100).Draw(t, "year"), Month: rapid.IntRange(1, 12).Draw(t, "month")}
		d.Day = rapid.IntRange(1, age.DaysIn(d.Year, d.Month)).Draw(t, "day")
		names := months()[rapid.IntRange(0, 2).Draw(t, "language")]
		format := rapid.SampledFrom([]string{"%02d %s %d", "%d %s %d", "%02d.%s.%d", "%02d.%s. %d", "%02d %s  %d"}).Draw(t, "format")
		s := fmt.Sprintf(format, d.Day, names[d.Month-1], d.Year)
		if got, ok := ParseDate(s); !ok || got != d {
			t.Fatalf("%q is %v, %v", s, got, ok)
		}
		if got, ok := age.ParseDate(d.String()); !ok || got != d {
			t.Fatalf("%v is %v, %v", d, got, ok)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"01 JAN 1971", "   .   .1950", "13.AUG. 1996", "31 FEV 1985"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDate(s)
		if !ok && d.Complete() {
			t.Errorf("%q is %v and not ok", s, d)
		}
		if again, isoOK := age.ParseDate(d.String()); !isoOK || again != d {
			t.Errorf("%q is %v, which reads as %v", s, d, again)
		}
	})
}
