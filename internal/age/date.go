package age

import (
	"strconv"
	"strings"
)

// Date is a date of which day, or day and month, may be unknown: 0. The zero Date
// is wholly unknown.
type Date struct{ Year, Month, Day int }

// String is "2017-03-05", "2017-03", "2017" or "".
func (d Date) String() string {
	if d.Year == 0 {
		return ""
	}
	text := []byte{
		digit(d.Year / 1000), digit(d.Year / 100), digit(d.Year / 10), digit(d.Year),
		'-', digit(d.Month / 10), digit(d.Month), '-', digit(d.Day / 10), digit(d.Day),
	}
	switch {
	case d.Month == 0:
		return string(text[:4])
	case d.Day == 0:
		return string(text[:7])
	}
	return string(text)
}

// digit is the last digit of a number.
func digit(n int) byte { return byte('0' + n%10) }

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
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
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
