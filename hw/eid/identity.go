package eid

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"balie/internal/age"
	"balie/internal/secret"
)

// decodeIdentity reads EF 4031. Unknown tags are skipped, absent and empty ones are
// empty. Of a file that is damaged what comes before is read, and a warning says so:
// its signature counts for nothing. The error wraps errTLV.
func decodeIdentity(file []byte) (Identity, error) {
	elements, _, err := parseTLV(file)
	switch {
	case len(elements) == 0 && err != nil:
		return Identity{}, fmt.Errorf("decoding the identity file: %w", err)
	case len(elements) == 0:
		return Identity{}, fmt.Errorf("decoding the identity file: %w: nothing in it", errTLV)
	}
	i := Identity{damaged: err != nil}
	if err != nil {
		i.warn("%v", err)
	}
	var seen [256]bool
	for _, e := range elements {
		if seen[e.tag] {
			i.warn("tag %02X is there twice", e.tag)
			continue
		}
		seen[e.tag] = true
		i.take(e)
	}
	i.contradictions()
	return i, nil
}

// take reads one element: ID_ADRESSE_File_applet1_8_v5, identity file.
func (i *Identity) take(e element) {
	switch e.tag {
	case 0x01:
		i.CardNumber = i.secret(e)
	case 0x02:
		i.ChipNumber = append([]byte(nil), e.value...)
	case 0x03:
		i.ValidFrom = i.date(e)
	case 0x04:
		i.ValidTo = i.date(e)
		i.noEnd = i.ValidTo.Year == 0 && len(e.value) > 0
	case 0x05:
		i.Municipality = i.text(e)
	case 0x06:
		i.NationalNumber = i.secret(e)
	case 0x07:
		i.FamilyName = i.secret(e)
	case 0x08:
		i.GivenNames = i.secret(e)
	case 0x09:
		i.Initial = i.secret(e)
	case 0x0A:
		i.Nationality = i.text(e)
	case 0x0B:
		i.BirthPlace = i.secret(e)
	case 0x0C:
		i.birth(e)
	case 0x0D:
		i.Sex = sex(i.text(e))
	case 0x0E:
		i.Noble = i.text(e)
	case 0x0F:
		i.DocumentType = documentType(i.text(e))
	case 0x11:
		i.PhotoHash = append([]byte(nil), e.value...)
	case 0x1A:
		i.PublicKeyHash = append([]byte(nil), e.value...)
	}
}

// birth reads the birth date, and keeps what the card wrote.
func (i *Identity) birth(e element) {
	raw := i.clean(e)
	i.BirthDateRaw = secret.NewText(raw)
	d, ok := ParseDate(raw)
	switch {
	case ok || strings.Trim(raw, " .0/-") == "":
	case d.Year != 0:
		i.warn("the birth date can be read in part only")
	default:
		i.warn("the birth date cannot be read")
	}
	i.BirthDate = secret.NewText(d.String())
}

// Birth is the birth date; zero where the card gives none that can be read.
func (i Identity) Birth() Date {
	d, _ := age.ParseDate(i.BirthDate.Reveal())
	return d
}

func (i *Identity) date(e element) Date {
	d, ok := ParseDate(i.text(e))
	if !ok && len(e.value) > 0 {
		i.warn("the date of tag %02X cannot be read", e.tag)
	}
	return d
}

func (i *Identity) secret(e element) secret.Text { return secret.NewText(i.text(e)) }

// text is the value as text, without blanks around it.
func (i *Identity) text(e element) string { return strings.TrimSpace(i.clean(e)) }

// clean is the value as text: valid UTF-8 without control characters and those that
// are not seen, so that nothing from a card steers a printer or a terminal.
func (i *Identity) clean(e element) string {
	s, changed := cleanText(e.value)
	if changed {
		i.warn("tag %02X holds what is no text", e.tag)
	}
	return s
}

func cleanText(b []byte) (s string, changed bool) {
	if isPlain(b) {
		return string(b), false
	}
	valid := strings.ToValidUTF8(string(b), string(utf8.RuneError))
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, valid)
	return s, s != string(b)
}

// isPlain tells whether a value is ASCII that can be printed, as nearly all are.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// sex is "F" for F, V (Dutch) and W (German), "M", or "".
func sex(s string) string {
	switch strings.ToUpper(s) {
	case "F", "V", "W":
		return "F"
	case "M":
		return "M"
	}
	return ""
}

// documentType cuts leading zeros: cards write 1 and 01, 6 and 06.
func documentType(s string) string {
	if cut := strings.TrimLeft(s, "0"); cut != "" {
		return cut
	}
	return s
}

func (i *Identity) warn(format string, args ...any) {
	i.Warnings = append(i.Warnings, fmt.Sprintf(format, args...))
}

// contradictions notes what does not fit together. Specimens and real cards have
// such things, so nothing is refused for them.
func (i *Identity) contradictions() {
	if !cardNumberChecks(i.CardNumber.Reveal()) {
		i.warn("the check digits of the card number are wrong")
	}
	if i.NationalNumber.Empty() {
		return
	}
	n, ok := ParseNumber(i.NationalNumber.Reveal())
	switch birth := i.Birth(); {
	case !ok:
		i.warn("the check digits of the national number are wrong")
	case n.Birth.Complete() && birth.Complete() && n.Birth != birth:
		i.warn("the birth date is not that of the national number")
	case n.Birth.Year != 0 && birth.Year != 0 && n.Birth.Year != birth.Year:
		i.warn("the birth year is not that of the national number")
	}
	if ok && n.Sex != "" && i.Sex != "" && n.Sex != i.Sex {
		i.warn("the sex is not that of the national number")
	}
}

// cardNumberChecks tells whether the last two digits are the digits before them
// mod 97, or 97 for 0 (python-stdnum, stdnum/be/eid.py). A foreigner's has a letter
// before it. No number at all checks.
func cardNumberChecks(s string) bool {
	if s == "" {
		return true
	}
	if s[0] >= 'A' && s[0] <= 'Z' {
		s = s[1:]
	}
	if len(s) != 12 && len(s) != 9 {
		return false
	}
	body, err := strconv.ParseUint(s[:len(s)-2], 10, 64)
	check, err2 := strconv.ParseUint(s[len(s)-2:], 10, 64)
	want := body % 97
	if want == 0 {
		want = 97
	}
	return err == nil && err2 == nil && want == check
}
