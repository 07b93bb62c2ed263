package eid

import "strconv"

// Number is what a national register number says of itself. A kiosk takes none of
// it for the card's own word: birth date and sex are tags of the card.
type Number struct {
	Birth Date   // incomplete, or zero, where the number carries no date
	Bis   bool   // given to someone who is not in the register: month + 20 or + 40
	Sex   string // "F" or "M" by the order number, "" where the number does not tell
}

// ParseNumber reads the eleven digits YYMMDD SSS CC. CC is 97 less the first nine
// digits mod 97, with a 2 before them for births from 2000 on; no number fits both
// ways (2·10⁹ mod 97 is 68), so the check digits decide the century. ok is false
// where they fit neither. Rules and cases: python-stdnum, stdnum/be/{nn,bis}.py.
func ParseNumber(s string) (n Number, ok bool) {
	if len(s) != 11 {
		return Number{}, false
	}
	var v [11]int
	for i := range v {
		if s[i] < '0' || s[i] > '9' {
			return Number{}, false
		}
		v[i] = int(s[i] - '0')
	}
	body, _ := strconv.Atoi(s[:9])
	check := v[9]*10 + v[10]
	century := 1900
	if 97-body%97 != check {
		if 97-(2_000_000_000+body)%97 != check {
			return Number{}, false
		}
		century = 2000
	}
	year, month, day := century+v[0]*10+v[1], v[2]*10+v[3], v[4]*10+v[5]
	order := v[6]*100 + v[7]*10 + v[8]
	return readNumber(year, month, day, order), true
}

// readNumber tells what the parts say. Month + 20 is a BIS number of someone whose
// sex was not known, + 40 of someone whose sex was. A month of 0, or a day of 0 or
// beyond the month (the counter ran over), says that the date is not in the number.
func readNumber(year, month, day, order int) Number {
	n := Number{}
	switch {
	case month >= 40 && month <= 52:
		n.Bis, month = true, month-40
	case month >= 20 && month <= 32:
		n.Bis, month = true, month-20
		order = 0
	}
	if order > 0 && order < 999 {
		n.Sex = "F"
		if order%2 == 1 {
			n.Sex = "M"
		}
	}
	if month >= 1 && month <= 12 {
		n.Birth = tidy(Date{Year: year, Month: month, Day: day})
	} else if month == 0 && (year%100 != 0 || day > 1) {
		n.Birth = Date{Year: year}
	}
	return n
}
