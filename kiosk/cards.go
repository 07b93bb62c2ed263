package kiosk

import (
	"slices"
	"strings"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk/codecard"
)

// cardChanged keeps account of readers and cards, and begins or ends a visit by it.
func (s State) cardChanged(e CardEvent) (State, []Effect) {
	r := s.reader(e.Reader)
	switch e.Kind {
	case CardsDown:
		s.ServiceDown, s.Readers = true, nil
		return s.cardGone("")
	case CardsUp:
		s.ServiceDown = false
	case ReaderReady:
		r.Claimed = false
		return s.with(r), nil
	case ReaderClaimed:
		// PC/SC says no word of a card that stays in while the reader is claimed, nor after.
		r.Claimed, r.Spent = true, r.Card
		return s.with(r).cardGone(e.Reader)
	case ReaderLost:
		return s.without(e.Reader).cardGone(e.Reader)
	case CardRemoved:
		r.Card, r.Spent = false, false
		return s.with(r).cardGone(e.Reader)
	case CardInserted, CardMute:
		return s.cardCame(e)
	}
	return s, nil
}

// cardCame begins a visit where nobody is in the middle of one. The first card that
// comes while a promise is being kept to someone who has gone has its turn after;
// every other one must be put in again.
func (s State) cardCame(e CardEvent) (State, []Effect) {
	s, effects := s.cardGone(e.Reader) // where its removal was missed
	r := s.reader(e.Reader)
	r.Card, r.Spent, r.Claimed = true, false, false
	s = s.with(r)
	mute := e.Kind == CardMute
	v := s.Visit
	switch {
	case s.Now.Before(r.Since.Add(present)):
		return s.spend(r.Name), effects
	case v.busy() && v.CardOut && s.Next == "" && !mute:
		s.Next = r.Name
		return s, effects
	case v.Stage != NoVisit && !v.cardless() && !(v.ended() && v.CardOut && s.Next == ""):
		return s.spend(r.Name), effects
	}
	language := s.Language
	s, over := s.forget()
	effects = append(effects, over...)
	if v.cardless() { // who asked something first goes on in their language
		s.Language = language
	}
	if mute {
		return s.visit(r.Name).notice("card-mute"), effects
	}
	s, begun := s.begin(r.Name)
	return s, append(effects, begun...)
}

// cardGone is a card taken out, or a reader lost with the card in it; an empty
// reader is all of them.
func (s State) cardGone(reader string) (State, []Effect) {
	if s.Next == reader || reader == "" {
		s.Next = ""
	}
	v := &s.Visit
	if v.Stage == NoVisit || v.CardOut || reader != "" && v.Reader != reader {
		return s, nil
	}
	v.CardOut, v.Person, v.Later = true, secret.Text{}, nil
	v.AppCode, v.Contact = secret.Text{}, Contact{}
	if !v.busy() {
		v.Proof, v.Holder = eid.Proof{}, eid.HolderProof{}
	}
	switch {
	case v.busy():
		return s, nil
	case v.ended() && again(v.Notice):
		return s.end()
	case v.Stage == Noticing:
		v.Offers = nil
		return s.linger(), nil
	case v.Stage == Done:
		return s.linger(), nil
	case v.Stage == Making:
		id := v.ID
		s, effects := s.card(codecard.PulledOut{})
		return s, append(effects, Forget{id})
	}
	// Before the promise: the person went, and everything of them with it.
	id, why := v.ID, "card-removed"
	if v.checkedIn() {
		why = "checked-in"
	}
	v.Offers = nil
	return s.notice(why), []Effect{Forget{id}}
}

// checkedIn tells whether the person has nothing left to check in to where they are
// on their way, and must not hear that they are not checked in.
func (v Visit) checkedIn() bool {
	offers := v.Offers
	if v.Stage == Confirming {
		offers = offers[v.Chosen : v.Chosen+1]
	}
	return len(offers) > 0 && !slices.ContainsFunc(offers, func(o Offer) bool { return !o.CheckedIn })
}

// again tells whether a notice asks for the card to be put in again: then the
// welcome screen is what comes next.
func again(notice string) bool {
	return notice == "card-mute" || notice == "card-unreadable"
}

// linger is what is left of a last screen once the card is out.
func (s State) linger() State {
	v := &s.Visit
	stays := lingerTime
	switch {
	case s.Next != "":
		stays = lingerQueue
	case v.Notice == "commit-failed", v.Notice == "not-accepted", strings.HasPrefix(v.Notice, "code-"), strings.HasPrefix(v.Notice, "block-"), v.Stage == Done && v.Printed != "ticket-printed":
		stays = lingerNeeded
	case v.Stage == Done:
		stays = lingerDone
	}
	if end := s.Now.Add(stays); end.Before(v.EndsAt) {
		v.EndsAt = end
	}
	return s
}
