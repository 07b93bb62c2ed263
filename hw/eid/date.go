package eid

import (
	"strconv"
	"strings"

	"balie/internal/age"
)

// ParseDate reads a date as cards write it: "DD.MM.YYYY" for validity, and for
// births "01 JAN 1971", "12 SEPT 1979", "13.AUG. 1996", "        1984" or
// "   .   .1950", in French, Dutch or German. What is blank or 00 is unknown and
// stays so; a day that its month does not have (31 FEV) is taken as unknown, and a
// day without a month is dropped. ok is false where there is no year, or a word
// that is no month.
func ParseDate(s string) (d Date, ok bool) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '.' || r == '\u00A0' })
	if len(fields) == 0 || len(fields) > 3 {
		return Date{}, false
	}
	year, ok := digits(fields[len(fields)-1], 4)
	if !ok || year == 0 {
		return Date{}, false
	}
	switch fields = fields[:len(fields)-1]; len(fields) {
	case 0:
		return Date{Year: year}, true
	case 1:
		return dateWithOne(year, fields[0])
	}
	month, known := parseMonth(fields[1])
	day, isDay := digits(fields[0], 2)
	if !known || !isDay {
		return Date{}, false
	}
	return tidy(Date{Year: year, Month: month, Day: day}), true
}

// dateWithOne is a date with one field besides the year: a month by name, or a
// number, which may be either the day or the month and so says nothing.
func dateWithOne(year int, field string) (Date, bool) {
	if _, number := digits(field, 2); number {
		return Date{Year: year}, true
	}
	month, known := parseMonth(field)
	if !known {
		return Date{}, false
	}
	return Date{Year: year, Month: month}, true
}

// tidy drops what cannot be: a day beyond its month, a day without a month.
func tidy(d Date) Date {
	if d.Month == 0 {
		return Date{Year: d.Year}
	}
	if d.Day > age.DaysIn(d.Year, d.Month) {
		d.Day = 0
	}
	return d
}

// digits reads a number of at most n digits. A year has all of them.
func digits(s string, n int) (int, bool) {
	if len(s) > n || n == 4 && len(s) != 4 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	v, err := strconv.Atoi(s)
	return v, err == nil
}

// parseMonth reads a month by number or by name; 00 is an unknown month.
func parseMonth(s string) (int, bool) {
	if n, is := digits(s, 2); is {
		return n, n <= 12
	}
	switch strings.NewReplacer("Ä", "A", "É", "E", "Û", "U").Replace(strings.ToUpper(s)) {
	case "JAN":
		return 1, true
	case "FEB", "FEV":
		return 2, true
	case "MAR", "MARS", "MAAR", "MARZ":
		return 3, true
	case "APR", "AVR":
		return 4, true
	case "MAI", "MEI":
		return 5, true
	case "JUN", "JUIN":
		return 6, true
	case "JUL", "JUIL":
		return 7, true
	case "AUG", "AOUT":
		return 8, true
	case "SEP", "SEPT":
		return 9, true
	case "OCT", "OKT":
		return 10, true
	case "NOV":
		return 11, true
	case "DEC", "DEZ":
		return 12, true
	}
	return 0, false
}
