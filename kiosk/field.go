package kiosk

// Field is something that is typed on a screen. What is typed never comes back to one:
// it goes with the press of a button that sends it, and the next view says at most what
// was wrong with it.
type Field struct {
	Key    string // what Press.Values has it under: "birth"
	Kind   FieldKind
	Label  string // key of a text, which is given the view's Number
	Hint   string // key of a text: how it is to be typed; may be empty
	Max    int    // symbols at most; 0 is as many as its kind has
	Masked bool   // shown as dots
	Wrong  string // key of a text: what was wrong with what was typed; empty where nothing was
}

// FieldKind is what a field holds, and so by which keys it is typed.
type FieldKind string

// The kinds.
const (
	FieldCode   FieldKind = "code"   // symbols without look-alikes, as on a code card
	FieldDate   FieldKind = "date"   // day, month, year
	FieldText   FieldKind = "text"   // letters and digits
	FieldNumber FieldKind = "number" // digits
	FieldPhone  FieldKind = "phone"
	FieldEmail  FieldKind = "email"
)

// Limit is how many symbols a field takes.
func (f Field) Limit() int {
	if f.Max > 0 {
		return f.Max
	}
	switch f.Kind {
	case FieldCode:
		return 12 // of six, and what people put between them
	case FieldDate:
		return 10
	case FieldNumber, FieldPhone:
		return 20
	}
	return 100
}
