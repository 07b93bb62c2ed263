package age

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a date of which day, or day and month, may be unknown: 0. The zero Date
// is wholly unknown.
type Date struct{ Year, Month, Day int }

// String is "2017-03-05", "2017-03", "2017" or "".
func (d Date) String() string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Complete tells whether year, month and day are all known.
func (d Date) Complete() bool { return d.Year != 0 && d.Month != 0 && d.Day != 0 }

// Before compares two complete dates.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// DaysIn is how many days a month has.
func DaysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// ParseDate reads what [Date.String] writes; "" is the zero Date.
func ParseDate(s string) (Date, bool) {
	if s == "" {
		return Date{}, true
	}
	parts := strings.Split(s, "-")
	if len(parts) > 3 {
		return Date{}, false
	}
	var d Date
	for i, into := range []*int{&d.Year, &d.Month, &d.Day}[:len(parts)] {
		if len(parts[i]) != []int{4, 2, 2}[i] || strings.Trim(parts[i], "0123456789") != "" {
			return Date{}, false
		}
		v, err := strconv.Atoi(parts[i])
		if err != nil || v == 0 {
			return Date{}, false
		}
		*into = v
	}
	return d, d.Month <= 12 && (d.Day == 0 || d.Day <= DaysIn(d.Year, d.Month))
}
