package kiosk

import (
	"errors"
	"slices"

	"balie/hw/eid"
	"balie/internal/secret"
)

// notice ends the visit's way with a screen that says why and what now. What was
// on the card is forgotten but for the greeting, and the appointments where the
// notice is about them.
func (s State) notice(key string) State {
	v := &s.Visit
	v.Stage, v.Notice, v.EndsAt = Noticing, key, s.Now.Add(noticeTime)
	v.Document, v.Ticket, v.Home = "", "", ""
	v.AppCode, v.Contact, v.Letter = secret.Text{}, Contact{}, Letter{}
	v.Later, v.Tries, v.Holder, v.Want = nil, 0, eid.HolderProof{}, ""
	if !goesOn(key) || v.CardOut || len(s.visits()) == 0 {
		v.Proof = eid.Proof{}
	}
	if !ofAppointments(key) || v.CardOut {
		v.Offers, v.Chosen = nil, 0
	}
	if v.CardOut {
		return s.linger()
	}
	return s
}

// goesOn tells whether a notice is only about today: who is proved to have a card here may
// go on to something else.
func goesOn(key string) bool {
	return key == "no-appointments" || key == "portal-away" || ofAppointments(key)
}

// ofAppointments tells whether a notice says why none of the appointments can be
// checked in to.
func ofAppointments(key string) bool {
	return slices.Contains([]string{"none-now", "checked-in", "too-early", "too-late", "video", "elsewhere"}, key)
}

// cardNotice is why a card could not be read.
func cardNotice(err error) string {
	switch {
	case errors.Is(err, ErrCardRemoved):
		return "card-removed"
	case errors.Is(err, ErrCardForeign):
		return "card-foreign"
	}
	return "card-unreadable"
}

// checkNotice is what of the checks stands in the way of a check-in: it takes a
// card that is signed by the state as far as it was read, is no copy where it can
// prove that, and is valid today.
func checkNotice(c eid.Checks) string {
	switch {
	case !c.Verified() || c.Genuine == eid.Invalid || c.AddressSignature == eid.Invalid:
		return "card-not-genuine"
	case c.Validity == eid.Invalid:
		return "card-expired"
	}
	return ""
}

// portalNotice is why there are no appointments to be had.
func portalNotice(err error) string {
	switch {
	case errors.Is(err, ErrPatientUnknown):
		return "patient-unknown"
	case errors.Is(err, ErrCardRefused):
		return "card-refused"
	}
	return "portal-away"
}
