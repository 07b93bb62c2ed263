package eidtest

import (
	"fmt"
	"strings"
	"time"
)

// months are as the cards write them, by language: eid-mw
// plugins_tools/eid-viewer/conversions. An empty language is nl.
func months() map[string][12]string {
	nl := [12]string{"JAN", "FEB", "MAAR", "APR", "MEI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEC"}
	return map[string][12]string{
		"":   nl,
		"nl": nl,
		"fr": {"JAN", "FEV", "MARS", "AVR", "MAI", "JUIN", "JUIL", "AOUT", "SEPT", "OCT", "NOV", "DEC"},
		"de": {"JAN", "FEB", "MÄR", "APR", "MAI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEZ"},
	}
}

// isoDate reads a complete date; the empty string is the zero time.
func isoDate(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("date %q is not like 2026-01-31", s)
	}
	return t, nil
}

// birthOnCard writes an ISO date, complete or not, the way the cards do:
// "05 MAAR 2017", "00 MAAR 2017", "2017", "13.AUG. 1996".
func birthOnCard(iso, language string) (string, error) {
	if iso == "" {
		return "", nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		t, err := time.Parse(layout, iso)
		if err != nil {
			continue
		}
		month, year := months()[language][t.Month()-1], t.Format("2006")
		day := t.Format("02")
		switch {
		case layout == "2006":
			return year, nil
		case layout == "2006-01":
			day = "00"
		}
		if language == "de" {
			return day + "." + month + ". " + year, nil
		}
		return strings.Join([]string{day, month, year}, " "), nil
	}
	return "", fmt.Errorf("birth date %q is none of 2017-03-05, 2017-03, 2017", iso)
}

// cardDate is DD.MM.YYYY, of tags 03 and 04.
func cardDate(t time.Time) string { return t.Format("02.01.2006") }
