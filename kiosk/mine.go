package kiosk

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk/papers"
	"balie/printer"
)

// What the holder of a card may have done besides: a code to register the app, an
// appointment cancelled or confirmed on paper, phone and e-mail corrected. The portal is
// asked while they wait; where it is away, nothing is done and they are told so.

// Proved is whom something is asked for: the holder of a card, who is there.
type Proved struct {
	Visit  uint64
	Proof  eid.Proof
	Holder eid.HolderProof
}

// RegisterApp asks the portal for a code to register the app: AppRegistered.
type RegisterApp struct{ Proved }

// AppRegistered brings the code, or why there is none.
type AppRegistered struct {
	Visit uint64
	Code  secret.Text
	Until time.Time
	Err   error
}

// Cancel cancels an appointment at the portal: Cancelled.
type Cancel struct {
	Proved
	Appointment string
}

// Cancelled says whether an appointment is cancelled. Where the error wraps ErrPortalAway,
// nobody knows.
type Cancelled struct {
	Visit uint64
	Err   error
}

// Contact is how somebody is reached; what is empty is not known.
type Contact struct{ Phone, Email secret.Text }

// FetchContact asks the portal how somebody is reached: Contacted.
type FetchContact struct{ Proved }

// SetContact corrects it: Contacted.
type SetContact struct {
	Proved
	Contact Contact
}

// Contacted brings how somebody is reached, as the portal now has it.
type Contacted struct {
	Visit   uint64
	Contact Contact
	Saved   bool
	Err     error
}

func (RegisterApp) effect()  {}
func (Cancel) effect()       {}
func (FetchContact) effect() {}
func (SetContact) effect()   {}

func (AppRegistered) input() {}
func (Cancelled) input()     {}
func (Contacted) input()     {}

func (s State) proved() Proved {
	return Proved{Visit: s.Visit.ID, Proof: s.Visit.Proof, Holder: s.Visit.Holder}
}

// waitFor goes to a stage in which a part is waited for.
func (s State) waitFor(stage Stage, e Effect) (State, []Effect) {
	s.Visit.Stage, s.Visit.EndsAt = stage, s.Now.Add(searchTime)
	return s, []Effect{e}
}

// minesNotice is why the portal did not do it.
func minesNotice(err error) string {
	if errors.Is(err, ErrHolderRefused) {
		return "holder-refused"
	}
	if key := portalNotice(err); key != "portal-away" {
		return key
	}
	return "holder-away"
}

func (s State) appRegistered(in AppRegistered) State {
	switch {
	case !s.of(in.Visit, Registering):
		return s
	case in.Err != nil:
		return s.telling(minesNotice(in.Err))
	}
	s.Visit.Stage, s.Visit.AppCode, s.Visit.AppUntil = Registered, in.Code, in.Until
	return s.stay()
}

func (s State) cancelled(in Cancelled) State {
	switch {
	case !s.of(in.Visit, Cancelling):
		return s
	case errors.Is(in.Err, ErrPortalAway):
		return s.telling("cancel-unknown")
	case in.Err != nil:
		return s.telling("cancel-failed")
	}
	return s.telling("cancelled")
}

func (s State) contacted(in Contacted) State {
	switch {
	case !s.of(in.Visit, Contacting):
		return s
	case in.Err != nil:
		return s.telling(minesNotice(in.Err))
	case in.Saved:
		return s.telling("contact-saved")
	}
	s.Visit.Stage, s.Visit.Contact = ShowingContact, in.Contact
	return s.stay()
}

// pressedOfMine does what the holder pressed.
func (s State) pressedOfMine(p Press) (next State, effects []Effect, did bool) {
	v := &s.Visit
	switch p.Do {
	case "pick":
		v.Pick, _ = strconv.Atoi(p.Choice) // it was offered, so it is a number
		v.Stage = Picked
	case "list":
		v.Stage = Later
	case "cancel":
		v.Stage = CancelAsked
	case "cancel-now":
		id := v.Later[v.Pick].ID
		v.Later = nil
		next, effects = s.waitFor(Cancelling, Cancel{Proved: s.proved(), Appointment: id})
		return next, effects, true
	case "contact-phone", "contact-email":
		v.Stage, v.Changes, v.Wrong, s.Entry = TypingContact, strings.TrimPrefix(p.Do, "contact-"), "", s.Entry+1
	case "contact-back":
		v.Stage = ShowingContact
	case "contact-now":
		next, effects = s.setContact(p.Values[v.Changes])
		return next, effects, true
	default:
		return s, nil, false
	}
	return s.stay(), nil, true
}

// setContact corrects what was typed, where it can be one.
func (s State) setContact(typed secret.Text) (State, []Effect) {
	v := &s.Visit
	text, c := strings.TrimSpace(typed.Reveal()), v.Contact
	ok := false
	switch v.Changes {
	case "phone":
		digits := countSigns(typed)
		ok, c.Phone = digits >= 8 && digits <= 15, secret.NewText(text)
	case "email":
		name, domain, _ := strings.Cut(text, "@")
		ok = name != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.Contains(domain, "@") && !strings.ContainsFunc(text, unicode.IsSpace)
		c.Email = secret.NewText(text)
	}
	if !ok {
		v.Wrong, s.Entry = v.Changes, s.Entry+1
		return s.stay(), nil
	}
	return s.waitFor(Contacting, SetContact{Proved: s.proved(), Contact: c})
}

// ofMine fills in what a view shows of it.
func (s State) ofMine(v View) View {
	visit := s.Visit
	switch visit.Stage {
	case Registered:
		v.Asks, v.AppCode, v.Until = "app-code", visit.AppCode, visit.AppUntil.In(s.Settings.Zone).Format("15:04")
		v.Slip = visit.Inquiry.Slip
	case Picked, CancelAsked:
		v.Asks = map[Stage]string{Picked: "appointment", CancelAsked: "cancel"}[visit.Stage]
		v.Appointments = []AppointmentView{s.laterView(visit.Later[visit.Pick])}
		v.Slip = visit.Inquiry.Slip
	case ShowingContact:
		v.Asks, v.Phone, v.Email = "contact", veilPhone(visit.Contact.Phone), veilEmail(visit.Contact.Email)
	case TypingContact:
		v.Asks = "contact-" + visit.Changes
		f := Field{Key: visit.Changes, Kind: FieldKind(visit.Changes), Label: "field." + visit.Changes, Hint: "field." + visit.Changes + "-hint"}
		if visit.Wrong != "" {
			f.Wrong = "field." + visit.Wrong + "-wrong"
		}
		v.Fields = []Field{f}
	}
	return v
}

// veilPhone leaves the last three digits to be seen, and veilEmail the first letter and
// the domain: who it is of knows it again, and who looks over a shoulder does not get it.
func veilPhone(t secret.Text) secret.Text {
	runes, seen := []rune(t.Reveal()), 0
	for i, r := range slices.Backward(runes) {
		if !unicode.IsDigit(r) {
			continue
		}
		if seen++; seen > 3 {
			runes[i] = '•'
		}
	}
	return secret.NewText(string(runes))
}

func veilEmail(t secret.Text) secret.Text {
	name, domain, ok := strings.Cut(t.Reveal(), "@")
	if !ok || name == "" {
		return secret.Text{}
	}
	first := []rune(name)[0]
	return secret.NewText(string(first) + "•••@" + domain)
}

func (s State) mineButtons() []Button {
	stop, list := Button{Do: "stop", Text: "button.stop"}, Button{Do: "list", Text: "button.back"}
	var print []Button
	if s.prints() {
		print = []Button{{Do: "print", Text: "button.print"}}
	}
	switch s.Visit.Stage {
	case Registered:
		return append(print, Button{Do: "back", Text: "button.ready"}, stop)
	case Picked:
		return append(print, Button{Do: "cancel", Text: "button.cancel"}, list, stop)
	case CancelAsked:
		return []Button{{Do: "cancel-now", Text: "button.cancel-now"}, {Do: "list", Text: "button.keep"}, stop}
	case ShowingContact:
		return []Button{{Do: "back", Text: "button.right"}, {Do: "contact-phone", Text: "button.contact-phone"}, {Do: "contact-email", Text: "button.contact-email"}, stop}
	case TypingContact:
		return []Button{{Do: "contact-now", Text: "button.save", Send: true}, {Do: "contact-back", Text: "button.back"}, stop}
	}
	return []Button{stop}
}

// mineSlip is the paper of what is shown: the code for the app, or the confirmation of an
// appointment.
func (s State) mineSlip() printer.Document {
	v := s.Visit
	booth := s.onPaper(s.Settings.Phone)
	if v.Stage == Registered {
		until := v.AppUntil.In(s.Settings.Zone)
		return papers.App{
			Booth: booth, URL: s.Settings.AppLink, Registration: v.AppCode.Reveal(), Date: until.Format(dateLayout(s.Language)), Time: until.Format("15:04"),
		}.Document(s.Settings.Texts, s.Language)
	}
	a := v.Later[v.Pick]
	start := a.Start.In(s.Settings.Zone)
	booth.Phone = phone(a.Phone, s.Settings.Phone)
	return papers.Letter{
		Booth: booth, Name: v.Person.Reveal(), Date: start.Format(dateLayout(s.Language)), Time: start.Format("15:04"), Department: a.Label, Place: a.Place,
	}.Document(s.Settings.Texts, s.Language)
}

// ofMine tells whether the visit is where the holder sees or changes something of theirs.
func (v Visit) ofMine() bool { return v.Stage >= Registering && v.Stage <= TypingContact }
