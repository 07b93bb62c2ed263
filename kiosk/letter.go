package kiosk

import (
	"errors"
	"slices"

	"balie/internal/secret"
)

// A check-in without a card: the barcode of the appointment's letter, and the birth date
// of whom it is of. It is for that one appointment, and marked unverified. What is not
// right is answered alike, and not often.

// Scanned is a code that was held to the scanner.
type Scanned struct{ Code secret.Text }

// FetchLetter asks the portal for the appointment of a letter: Fetched.
type FetchLetter struct {
	Visit  uint64
	Letter Letter
}

// Letter is what its barcode says, and what was typed for it.
type Letter struct {
	Code  secret.Text
	Birth secret.Text // "1984-05-17"
}

func (Scanned) input()      {}
func (FetchLetter) effect() {}

// scanned asks for the birth date, where nobody is in the middle of something.
func (s State) scanned(in Scanned) (State, []Effect) {
	if s.Visit.Stage != NoVisit && !s.Visit.cardless() || !s.wanted(VisitLetter) || in.Code.Empty() {
		return s, nil
	}
	language := s.Language
	s, effects := s.forget()
	s = s.visit("")
	s.Language = language
	v := &s.Visit
	v.Stage, v.CardOut, v.Letter.Code = TypingBirth, true, in.Code
	s.Entry++
	return s.stay(), effects
}

// letterTyped asks the portal, once the date can be one.
func (s State) letterTyped(typed secret.Text) (State, []Effect) {
	v := &s.Visit
	birth, ok := TypedDate(typed)
	if v.Wrong = ""; !ok {
		v.Wrong, s.Entry = "birth", s.Entry+1
		return s.stay(), nil
	}
	if !s.mayBlock() {
		return s.notice("letter-unknown"), nil
	}
	s.Blocks = append(s.recentBlocks(), s.Now)
	v.Letter.Birth = secret.NewText(birth.String())
	v.Stage, v.EndsAt = Fetching, s.Now.Add(fetchTime)
	return s, []Effect{FetchLetter{Visit: v.ID, Letter: v.Letter}}
}

// letterAnswered takes back that a letter was typed for, where it was the right one: only
// what is wrong counts, or a morning of letters would shut out the next one, and whoever
// must have a card blocked.
func (s State) letterAnswered(in Fetched) State {
	if last := len(s.Blocks) - 1; in.Err == nil && len(in.Appointments) > 0 && last >= 0 {
		s.Blocks = slices.Clone(s.Blocks[:last])
	}
	return s
}

// letterNotice is why there is no appointment of a letter to be had.
func letterNotice(err error) string {
	if errors.Is(err, ErrPatientUnknown) {
		return "letter-unknown"
	}
	return "letter-away"
}

// byLetter tells whether a visit is that of who has a letter and no card.
func (v Visit) byLetter() bool { return !v.Letter.Code.Empty() }

// ofLetter fills in what is asked.
func (s State) ofLetter(v View) View {
	if s.Visit.Stage != TypingBirth {
		return v
	}
	v.Asks = "letter"
	f := Field{Key: "birth", Kind: FieldDate, Label: "field.birth", Hint: "field.birth-hint"}
	if s.Visit.Wrong != "" {
		f.Wrong = "field.birth-wrong"
	}
	v.Fields = []Field{f}
	return v
}
