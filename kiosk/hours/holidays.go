package hours

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Holidays are days on which nothing is open.
type Holidays struct {
	yearly []monthDay
	once   []string // 2006-01-02
	easter []int    // days from Easter Sunday
}

type monthDay struct {
	month time.Month
	day   int
}

// ParseHolidays reads days as a configuration has them: "12-25" for each year,
// "2026-12-24" for one, "easter+39" for those that move with Easter.
func ParseHolidays(list []string) (Holidays, error) {
	var h Holidays
	for _, text := range list {
		if offset, moves := strings.CutPrefix(text, "easter"); moves {
			n, err := strconv.Atoi(offset)
			if offset == "" {
				n, err = 0, nil
			}
			if err != nil || n < -60 || n > 100 {
				return Holidays{}, fmt.Errorf("%q is not a day such as \"easter+39\"", text)
			}
			h.easter = append(h.easter, n)
			continue
		}
		if _, err := time.Parse(time.DateOnly, text); err == nil {
			h.once = append(h.once, text)
			continue
		}
		day, err := time.Parse(time.DateOnly, "2000-"+text) // a leap year, so that 02-29 is one
		if err != nil {
			return Holidays{}, fmt.Errorf("%q is not a day such as \"12-25\", \"2026-12-24\" or \"easter+39\"", text)
		}
		h.yearly = append(h.yearly, monthDay{day.Month(), day.Day()})
	}
	return h, nil
}

// Is tells whether a moment is on a holiday, by the clock of its zone.
func (h Holidays) Is(at time.Time) bool {
	year, month, day := at.Date()
	for _, d := range h.yearly {
		if d.month == month && d.day == day {
			return true
		}
	}
	date := at.Format(time.DateOnly)
	for _, d := range h.once {
		if d == date {
			return true
		}
	}
	if len(h.easter) == 0 {
		return false
	}
	easter := Easter(year)
	for _, n := range h.easter {
		if easter.AddDate(0, 0, n).Format(time.DateOnly) == date {
			return true
		}
	}
	return false
}

// Easter is Easter Sunday of a year, at midnight UTC: the Gregorian computus of
// Meeus, Astronomical Algorithms, 2nd edition, chapter 8.
func Easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
