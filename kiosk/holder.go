package kiosk

import (
	"errors"
	"strconv"
	"time"

	"balie/hw/eid"
	"balie/internal/age"
	"balie/internal/secret"
)

// What the holder of a card may see besides: between Choosing and Confirming, and back
// to there. A PIN that went wrong takes nobody's check-in away.
//
//	Preparing → Entering → Proving → Searching → Later
//
// Entering is left out where the reader has keys of its own: then Proving is the time
// at these. Everything that goes another way ends in Telling, which says why and goes
// back. No digit of a PIN comes here: what was typed goes from the page to the card by
// a way of its own, and the booth is told only that something was.

// How long each of them may take. A reader with keys gives up by itself, after 30 s
// without a first digit, and 30 s between two.
const (
	prepareTime = 15 * time.Second
	enterTime   = 60 * time.Second
	proveTime   = 20 * time.Second
	padTime     = 90 * time.Second
	searchTime  = 15 * time.Second
)

// PIN says by what the booth may ask for one.
type PIN string

// How the hospital wants it; the zero PIN is not at all.
const (
	PINReader PIN = "reader" // on a reader with keys only
	PINScreen PIN = "screen" // on the screen, where the reader has no keys
)

// withHolder tells whether the visit is where only the holder is.
func (v Visit) withHolder() bool { return v.Stage >= Preparing && v.Stage <= Telling }

// offersLater tells whether the person may ask for what is after today.
func (s State) offersLater() bool {
	v := s.Visit
	return s.asksHolder(VisitAppointments) && !v.CardOut && (v.Stage == Choosing || v.Stage == Confirming && len(v.Offers) == 1)
}

// asksHolder tells whether there is a visit here that asks for the holder.
func (s State) asksHolder(visit string) bool { return s.Settings.PIN != "" && s.wanted(visit) }

// proofLasts is how long the portal takes a holder's proof; after it, the PIN is asked anew.
const proofLasts = 8 * time.Minute

// ask asks how the card's holder can be proved, and by what, unless they were proved just
// now. A child is not told by itself.
func (s State) ask(visit string) (State, []Effect) {
	v := &s.Visit
	v.Want = visit
	if v.Young {
		return s.telling("under-15"), nil
	}
	if len(v.Holder.Signature) > 0 && s.Now.Before(v.ProvedAt.Add(proofLasts)) {
		return s.goOn()
	}
	v.Stage, v.Tries, v.Notice, v.EndsAt = Preparing, 0, "", s.Now.Add(prepareTime)
	return s, []Effect{PrepareHolder{Visit: v.ID, Reader: v.Reader}}
}

func (s State) holderReady(in HolderReady) (State, []Effect) {
	if !s.of(in.Visit, Preparing) {
		return s, nil
	}
	v := &s.Visit
	v.Pinpad, v.Tries, v.Challenge = in.Pinpad, in.Tries, in.Challenge
	switch {
	case in.Err != nil:
		return s.telling(pinNotice(in.Err)), nil
	case in.Tries <= 1:
		return s.telling("pin-last-try"), nil
	case in.Pinpad:
		return s.prove(padTime)
	case s.Settings.PIN != PINScreen:
		return s.telling("pin-nowhere"), nil
	}
	v.Stage, v.EndsAt = Entering, s.Now.Add(enterTime)
	return s, nil
}

// prove has the PIN verified, and a challenge signed.
func (s State) prove(limit time.Duration) (State, []Effect) {
	v := &s.Visit
	v.Stage, v.EndsAt = Proving, s.Now.Add(limit)
	return s, []Effect{ProveHolder{Visit: v.ID, Reader: v.Reader, Language: s.Language, Proof: v.Proof, Challenge: v.Challenge, Pinpad: v.Pinpad}}
}

func (s State) holderProved(in HolderProved) (State, []Effect) {
	if !s.of(in.Visit, Proving) {
		return s, nil
	}
	v := &s.Visit
	v.Tries = in.Tries
	switch {
	case errors.Is(in.Err, ErrPINWrong) && in.Tries == 1:
		return s.telling("pin-last-try"), nil
	case in.Err != nil:
		return s.telling(pinNotice(in.Err)), nil
	}
	v.Holder, v.ProvedAt = in.Holder, s.Now
	return s.goOn()
}

// goOn goes on to what the holder was asked for.
func (s State) goOn() (State, []Effect) {
	v := &s.Visit
	switch v.Want {
	case VisitCodeCard:
		return s.makeCard()
	case VisitAppCode:
		return s.waitFor(Registering, RegisterApp{s.proved()})
	case VisitContact:
		return s.waitFor(Contacting, FetchContact{s.proved()})
	}
	v.Stage, v.EndsAt = Searching, s.Now.Add(searchTime)
	return s, []Effect{FetchLater{Visit: v.ID, Proof: v.Proof, Holder: v.Holder}}
}

func (s State) fetchedLater(in FetchedLater) State {
	if !s.of(in.Visit, Searching) {
		return s
	}
	switch {
	case errors.Is(in.Err, ErrHolderRefused):
		return s.telling("holder-refused")
	case in.Err != nil:
		return s.telling(laterNotice(in.Err))
	case len(in.Appointments) == 0:
		return s.telling("later-none")
	}
	s.Visit.Stage, s.Visit.Later = Later, in.Appointments
	return s.stay()
}

// telling says why there is nothing to see, and goes back from there.
func (s State) telling(key string) State {
	s.Visit.Stage, s.Visit.Notice, s.Visit.Contact = Telling, key, Contact{}
	return s.stay()
}

// home goes back to what there was to choose from, or to the notice that was gone on from,
// and forgets what only the holder may see.
func (s State) home() State {
	v := &s.Visit
	v.Later, v.Notice, v.Tries, v.Pinpad, v.Challenge = nil, "", 0, false, nil
	v.AppCode, v.Contact, v.Inquiry = secret.Text{}, Contact{}, Inquiry{Slips: v.Inquiry.Slips}
	switch {
	case v.Home != "":
		v.Stage, v.Notice = Noticing, v.Home
	case len(v.Offers) == 1:
		v.Stage = Confirming
	default:
		v.Stage = Choosing
	}
	return s.stay()
}

// outOfHolderTime ends what does not answer.
func (s State) outOfHolderTime() State {
	switch s.Visit.Stage {
	case Searching:
		return s.telling("later-away")
	case Proving:
		if s.Visit.Pinpad {
			return s.telling("pin-timeout")
		}
	}
	return s.telling("pin-failed")
}

// mayRetry tells whether a PIN may be tried once more: what went wrong cost no try, or
// one of several.
func (v Visit) mayRetry() bool {
	switch v.Notice {
	case "pin-wrong":
		return v.Tries > 1
	case "pin-short", "pin-cancelled", "pin-timeout", "pin-failed":
		return true
	}
	return false
}

// pinNotice is why the holder was not proved.
func pinNotice(err error) string {
	for _, n := range []struct {
		is  error
		key string
	}{
		{ErrPINWrong, "pin-wrong"}, {ErrPINBlocked, "pin-blocked"}, {ErrPINLastTry, "pin-last-try"}, {ErrPINShort, "pin-short"},
		{ErrPINCancelled, "pin-cancelled"}, {ErrPINTimeout, "pin-timeout"}, {ErrPINOldCard, "pin-old-card"},
		{ErrNoHolder, "pin-none"}, {ErrHolderRefused, "holder-refused"}, {ErrPortalAway, "later-away"},
	} {
		if errors.Is(err, n.is) {
			return n.key
		}
	}
	return "pin-failed"
}

// laterNotice is why there are no later appointments to be had.
func laterNotice(err error) string {
	if key := portalNotice(err); key != "portal-away" {
		return key
	}
	return "later-away"
}

// laterViews are the later appointments as the screen may show them.
func (s State) laterViews() []AppointmentView {
	if s.Visit.Stage != Later {
		return nil
	}
	var list []AppointmentView
	for _, a := range s.Visit.Later {
		one := s.laterView(a)
		one.Choice = strconv.Itoa(len(list))
		list = append(list, one)
	}
	return list
}

func (s State) laterView(a Appointment) AppointmentView {
	start := a.Start.In(s.Settings.Zone)
	return AppointmentView{Date: start.Format("02/01/2006"), Time: start.Format("15:04"), Label: a.Label, Place: a.Place}
}

// holderScreen is what is shown where only the holder is.
func (v Visit) holderScreen() Screen {
	switch v.Stage {
	case Entering:
		return ScreenPIN
	case Proving:
		if v.Pinpad {
			return ScreenPINReader
		}
	case Later:
		return ScreenLater
	case Telling:
		return ScreenNotice
	}
	return ScreenHolder
}

// holderButtons are what can be pressed there.
func (s State) holderButtons() []Button {
	back, stop := Button{Do: "back", Text: "button.back"}, Button{Do: "stop", Text: "button.stop"}
	switch v := s.Visit; {
	case v.Stage == Entering:
		return []Button{{Do: "pin", Text: "button.pin"}, back, stop}
	case v.Stage == Telling && v.mayRetry():
		return []Button{{Do: doing(v.Want), Text: "button.again"}, back, stop}
	case v.Stage == Later:
		var list []Button
		for i := range v.Later {
			list = append(list, Button{Do: "pick", Choice: strconv.Itoa(i), Text: "button.choose"})
		}
		return append(list, back, stop)
	case v.Stage == Telling:
		return []Button{back, stop}
	}
	return []Button{stop}
}

// doing is the press that asks for a visit.
func doing(visit string) string {
	if visit == VisitAppointments {
		return "later"
	}
	return visit
}

// young tells whether someone is under 15, or may be.
func young(i eid.Identity, now time.Time) bool {
	under, known := age.Under15(i.Birth(), age.Today(now))
	return under || !known
}
