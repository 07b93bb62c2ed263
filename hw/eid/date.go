package eid

import (
	"strings"
	"unicode"

	"balie/internal/age"
)

// ParseDate reads a date as cards write it: "DD.MM.YYYY" for validity, and for
// births "01 JAN 1971", "12 SEPT 1979", "13.AUG. 1996", "        1984" or
// "   .   .1950", in French, Dutch or German. What is blank or 00 is unknown and
// stays so; a day that its month does not have (31 FEV) is taken as unknown, and a
// day without a month is dropped. ok is false where a part of it could not be read;
// d is then what is certain all the same: the year, or the year and the month.
func ParseDate(s string) (d Date, ok bool) {
	if d, ok := dotted(s); ok {
		return d, true
	}
	fields := strings.FieldsFunc(s, isBetween)
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
	if !known {
		return Date{Year: year}, false
	}
	day, isDay := digits(fields[0], 2)
	return tidy(Date{Year: year, Month: month, Day: day}), isDay
}

// isBetween tells whether a character parts day, month and year.
func isBetween(r rune) bool {
	switch r {
	case ' ', '.', '/', '-', '\u00A0':
		return true
	}
	return false
}

// dotted reads "DD.MM.YYYY", as nearly all dates but births are, where all of it is
// known and is a day.
func dotted(s string) (Date, bool) {
	if len(s) != len("DD.MM.YYYY") || s[2] != '.' || s[5] != '.' {
		return Date{}, false
	}
	day, isDay := digits(s[:2], 2)
	month, isMonth := digits(s[3:5], 2)
	year, isYear := digits(s[6:], 4)
	d := Date{Year: year, Month: month, Day: day}
	return d, isDay && isMonth && isYear && year > 0 && month >= 1 && month <= 12 && day >= 1 && tidy(d) == d
}

// dateWithOne is a date with one field besides the year: a month by name, or a
// number, which may be either the day or the month and so says nothing.
func dateWithOne(year int, field string) (Date, bool) {
	if _, number := digits(field, 2); number {
		return Date{Year: year}, true
	}
	month, known := parseMonth(field)
	return Date{Year: year, Month: month}, known
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
	if len(s) == 0 || len(s) > n || n == 4 && len(s) != 4 {
		return 0, false
	}
	v := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	return v, true
}

// parseMonth reads a month by number or by name; 00 is an unknown month.
func parseMonth(s string) (int, bool) {
	if n, is := digits(s, 2); is {
		if n > 12 {
			return 0, false
		}
		return n, true
	}
	s = strings.ToUpper(s)
	if !isPlain([]byte(s)) {
		s = withoutAccents(s)
	}
	switch s {
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

// withoutAccents writes the letters of months plainly, whether an accent is part of its
// letter or a character of its own.
func withoutAccents(s string) string {
	s = strings.NewReplacer("Ä", "A", "É", "E", "Û", "U").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}
