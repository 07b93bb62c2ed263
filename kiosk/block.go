package kiosk

import (
	"time"
	"unicode"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk/papers"
	"balie/printer"
)

// A lost code card is blocked: by whoever has an identity card in, or without one by user
// name and birth date, or the number of the card. Nothing is said of whether there is such
// a person or such a card. It is called blocked only once the portal has it.
//
//	Blocking → Keeping → Sending → a notice

// maxBlocks is how often something may be typed for it within blockTime: nobody tries out
// numbers here.
const (
	maxBlocks = 5
	blockTime = 10 * time.Minute
)

// Block is the action of blocking the cards of whoever Proof proves, of who has the card
// of Number, or of who has UserName and was born on Birth.
type Block struct {
	ID       uuid.UUID
	At       time.Time
	Proof    eid.Proof
	Number   secret.Text
	UserName secret.Text
	Birth    secret.Text // "1984-05-17"
	Test     bool
}

// How the cards to block are told.
const (
	byCard   = ""       // the identity card that is in
	byAny    = "by"     // it is to be chosen
	byName   = "name"   // the user name, and then
	byBirth  = "birth"  // the birth date
	byNumber = "number" // what stands on the code card
)

// blocks asks whether the cards of the person are to be blocked, or whose.
func (s State) blocks() State {
	if s.Visit.Stage == NoVisit || s.Visit.Stage == Informing {
		s = s.visit("")
		s.Visit.CardOut, s.Visit.By = true, byAny
	} else if s.Visit.Young {
		return s.telling("under-15")
	}
	s.Visit.Stage = Blocking
	return s.stay()
}

// blockBy goes on to what is to be typed.
func (s State) blockBy(how string) State {
	s.Visit.By, s.Visit.Wrong, s.Entry = how, "", s.Entry+1
	return s.stay()
}

// block commits it. What cannot be is asked anew; what can be is taken, whether there is
// anyone of whom it is.
func (s State) block(typed map[string]secret.Text, id uuid.UUID) (State, []Effect) {
	v := &s.Visit
	b := Block{ID: id, At: s.Now, Proof: v.Proof, Test: s.test()}
	v.Wrong = ""
	switch v.By {
	case byName:
		if v.UserName = typed["user"]; countSigns(v.UserName) >= 5 {
			return s.blockBy(byBirth), nil
		}
		v.Wrong = "user"
	case byBirth:
		b.UserName = v.UserName
		birth, ok := TypedDate(typed["birth"])
		if b.Birth = secret.NewText(birth.String()); !ok {
			v.Wrong = "birth"
		}
	case byNumber:
		if countSigns(typed["number"]) != 12 {
			v.Wrong = "number"
		}
		b.Number = typed["number"]
	}
	switch {
	case v.Wrong != "":
		s.Entry++
		return s.stay(), nil
	case id == uuid.Nil:
		return s.notice("block-failed"), nil
	case v.By != byCard && !s.mayBlock():
		return s.notice("block-wait"), nil
	}
	if v.By != byCard {
		s.Blocks = append(s.recentBlocks(), s.Now)
	}
	v.Stage, v.Action, v.UserName, v.EndsAt = Keeping, id, secret.Text{}, s.Now.Add(commitTime)
	return s, []Effect{CommitBlock{Visit: v.ID, Block: b}}
}

func (s State) mayBlock() bool { return len(s.recentBlocks()) < maxBlocks }

func (s State) recentBlocks() []time.Time {
	var recent []time.Time
	for _, at := range s.Blocks {
		if s.Now.Before(at.Add(blockTime)) {
			recent = append(recent, at)
		}
	}
	return recent
}

// blockKept goes on once it is on disk.
func (s State) blockKept(in BlockKept) (State, []Effect) {
	if !s.of(in.Visit, Keeping) {
		return s, nil
	}
	if in.Err != nil {
		return s.notice("block-failed"), nil
	}
	v := &s.Visit
	v.Stage, v.EndsAt = Sending, s.Now.Add(deliverTime)
	return s, []Effect{AwaitDelivery{Visit: v.ID, ID: v.Action}}
}

// blockSent says what the portal made of it.
func (s State) blockSent(in Delivery) State {
	typed := s.Visit.By != byCard
	switch {
	case in.Refused:
		return s.notice("block-failed")
	case !in.Delivered:
		return s.notice("block-queued")
	case typed:
		return s.notice("block-typed")
	}
	return s.notice("block-done")
}

// blocked tells whether the portal has it, and so a slip may say so.
func (v Visit) blocked() bool {
	return v.Stage == Noticing && (v.Notice == "block-done" || v.Notice == "block-typed")
}

// blockSlip is the paper that says that it was asked for and arrived; it names nobody.
func (s State) blockSlip() printer.Document {
	date, time := s.printedAt()
	return papers.Blocked{Booth: s.onPaper(s.Settings.Phone), Date: date, Time: time}.Document(s.Settings.Texts, s.Language)
}

// ofBlock fills in what is asked.
func (s State) ofBlock(v View) View {
	switch {
	case s.Visit.blocked():
		v.Slip = s.Visit.Inquiry.Slip
		return v
	case s.Visit.Stage == Keeping, s.Visit.Stage == Sending:
		v.Wait = "block"
		return v
	case s.Visit.Stage != Blocking:
		return v
	}
	v.Asks = map[string]string{byCard: "block", byAny: "block-by", byName: "block-name", byBirth: "block-birth", byNumber: "block-number"}[s.Visit.By]
	switch s.Visit.By {
	case byName:
		v.Fields = []Field{{Key: "user", Kind: FieldCode, Label: "field.user", Hint: "field.user-hint", Max: 20, Masked: true}}
	case byBirth:
		v.Fields = []Field{{Key: "birth", Kind: FieldDate, Label: "field.birth", Hint: "field.birth-hint"}}
	case byNumber:
		v.Fields = []Field{{Key: "number", Kind: FieldCode, Label: "field.number", Hint: "field.number-hint", Max: 20}}
	}
	for i, f := range v.Fields {
		if f.Key == s.Visit.Wrong {
			v.Fields[i].Wrong = "field." + f.Key + "-wrong"
		}
	}
	return v
}

func (s State) blockButtons() []Button {
	back, stop := Button{Do: "back", Text: "button.back"}, Button{Do: "stop", Text: "button.stop"}
	switch s.Visit.By {
	case byCard:
		return []Button{{Do: "block-now", Text: "button.block-now"}, back, stop}
	case byAny:
		return []Button{
			{Do: "block-by", Choice: byName, Text: "button.block-name"}, {Do: "block-by", Choice: byNumber, Text: "button.block-number"}, stop,
		}
	}
	text := "button.block-now"
	if s.Visit.By == byName {
		text = "button.next"
	}
	return []Button{{Do: "block-now", Text: text, Send: true}, {Do: "block-by", Choice: byAny, Text: "button.back"}, stop}
}

// countSigns counts letters and digits, without what people write between.
func countSigns(t secret.Text) (n int) {
	for _, r := range t.Reveal() {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
