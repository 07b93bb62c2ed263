package ui

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"balie/internal/secret"
	"balie/kiosk"
)

// values takes from a press what was typed in the fields of its view, and nothing else.
// What nobody can type is none: too long, no text, or with control characters. It is in
// no answer and no log.
func values(form url.Values, fields []kiosk.Field) (map[string]secret.Text, bool) {
	if len(fields) == 0 {
		return nil, true
	}
	typed := map[string]secret.Text{}
	for _, f := range fields {
		value := form.Get("value." + f.Key)
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > f.Limit() || strings.ContainsFunc(value, unicode.IsControl) {
			return nil, false
		}
		typed[f.Key] = secret.NewText(value)
	}
	return typed, true
}

// Entry is a field as a page has it: an input, and the keys that it is typed by.
type Entry struct {
	kiosk.Field
	First bool // its keys are shown until another field is come to
	Rows  [][]string
}

// Entries are the fields of a screen.
func (p page) Entries() []Entry {
	var list []Entry
	for i, f := range p.Fields {
		list = append(list, Entry{Field: f, First: i == 0, Rows: keys(f.Kind, p.Language)})
	}
	return list
}

// Type is the type of an input.
func (e Entry) Type() string {
	if e.Masked {
		return "password"
	}
	return "text"
}

// Board is which kind of keyboard a field has.
func (e Entry) Board() string {
	switch e.Kind {
	case kiosk.FieldCode:
		return "symbols"
	case kiosk.FieldText, kiosk.FieldEmail:
		return "letters"
	}
	return "digits"
}

// Last tells whether a row of keys is the last one, which has the key that erases.
func (e Entry) Last(row int) bool { return row == len(e.Rows)-1 }

// DescribedBy are the ids of what is said of a field besides its name.
func (e Entry) DescribedBy() string {
	var ids []string
	if e.Wrong != "" {
		ids = append(ids, "wrong-"+e.Key)
	}
	if e.Hint != "" {
		ids = append(ids, "hint-"+e.Key)
	}
	return strings.Join(ids, " ")
}

// Say is a sentence with the number of the screen in it, where it has one.
func (p page) Say(key string) string { return p.T(key, "number", strconv.Itoa(p.Number)) }

// keys are those of a keyboard, as people of a language have them at home. The code's
// are those of a code card, which has no look-alikes.
func keys(kind kiosk.FieldKind, language string) [][]string {
	switch kind {
	case kiosk.FieldCode:
		return rows("0123456", "789ABCD", "EFGHJKM", "NPQRSTV", "WXYZ")
	case kiosk.FieldText:
		letters := letters(language)
		return append(rows("1234567890", letters[0], letters[1], letters[2]+"-'"), []string{" "})
	case kiosk.FieldEmail:
		letters := letters(language)
		return rows("1234567890", strings.ToLower(letters[0]), strings.ToLower(letters[1]), strings.ToLower(letters[2])+"-_", "@.+")
	case kiosk.FieldPhone:
		return rows("123", "456", "789", "+0")
	}
	return rows("123", "456", "789", "0")
}

// letters are the three rows of letters of a keyboard.
func letters(language string) [3]string {
	switch language {
	case "de":
		return [3]string{"QWERTZUIOP", "ASDFGHJKL", "YXCVBNM"}
	case "en":
		return [3]string{"QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"}
	}
	return [3]string{"AZERTYUIOP", "QSDFGHJKLM", "WXCVBN"}
}

// rows cuts rows into keys.
func rows(of ...string) [][]string {
	var list [][]string
	for _, row := range of {
		list = append(list, strings.Split(row, ""))
	}
	return list
}
