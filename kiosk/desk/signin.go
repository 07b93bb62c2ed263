package desk

import (
	"errors"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
)

// A clerk signs in by a badge, or by their own card and its PIN:
//
//	SignedOut → Checking → Menu
//	SignedOut → Checking → Entering → Proving → Menu
//
// Entering is left out where the reader has keys. Whatever goes wrong leads back to
// SignedOut, and says no more than that it did, but for what is about the clerk's own PIN.

// checkBadge looks whose a badge is.
func (s State) checkBadge(badge secret.Text) (State, []Effect) {
	if s.BarredUntil.After(s.Now) || badge.Empty() {
		return s, nil
	}
	s, effects := s.to(Checking, checkTime)
	return s, append(effects, CheckBadge{Run: s.Run, Badge: badge})
}

// signedInBy begins to work, or says that nobody was recognised.
func (s State) signedInBy(in SignedIn) (State, []Effect) {
	if !s.of(in.Run, Checking) {
		return s, nil
	}
	if in.Err != nil {
		return s.refused(in.Err)
	}
	return s.welcome(in.Clerk)
}

// welcome begins the shift of who was recognised.
func (s State) welcome(c Clerk) (State, []Effect) {
	s.Clerk, s.Since, s.Failures, s.Extended = c, s.Now, 0, 0
	return s.menu()
}

// refused says why nobody is signed in. Who tries badges has to wait.
func (s State) refused(err error) (State, []Effect) {
	switch {
	case errors.Is(err, ErrNotStaff):
		if s.Failures++; s.Failures >= maxFailures {
			s.Failures, s.BarredUntil = 0, s.Now.Add(barTime)
		}
		return s.notSignedIn("staff.warn.not-recognised")
	case errors.Is(err, ErrNoList):
		return s.notSignedIn("staff.warn.no-list")
	case errors.Is(err, ErrNotRecorded):
		return s.notSignedIn("staff.warn.not-recorded")
	}
	return s.notSignedIn("staff.warn.card-unreadable")
}

// notSignedIn goes back to the beginning, and says why.
func (s State) notSignedIn(warning string) (State, []Effect) {
	s.Own, s.Clerk = Own{}, Clerk{}
	var effects []Effect
	if s.Settings.Shared {
		s, effects = s.decide(SignedOut)
	} else {
		s, effects = s.to(SignedOut, 0)
		s.Entry++
	}
	s.Warning = warning
	return s, effects
}

// readOwn looks whose the card in a reader is.
func (s State) readOwn(reader string) (State, []Effect) {
	s, effects := s.to(Checking, checkTime)
	s.Own = Own{Reader: reader}
	return s, append(effects, ReadOwn{Run: s.Run, Reader: reader})
}

// ownRead asks for the PIN of a card that is a clerk's.
func (s State) ownRead(in OwnRead) (State, []Effect) {
	if !s.of(in.Run, Checking) {
		return s, nil
	}
	if in.Err != nil {
		if key := pinWarning(in.Err); key != "" {
			return s.notSignedIn(key)
		}
		return s.refused(in.Err)
	}
	s.Clerk = in.Clerk
	s.Own.Challenge, s.Own.Proof, s.Own.Pinpad, s.Own.Tries = in.Challenge, in.Proof, in.Pinpad, in.Tries
	switch {
	case in.Tries <= 1:
		return s.notSignedIn("notice.pin-last-try.title")
	case in.Pinpad:
		return s.proveOwn(padTime)
	case s.Settings.PIN != kiosk.PINScreen:
		return s.notSignedIn("staff.warn.no-pin-here")
	}
	return s.to(Entering, pinTime)
}

// proveOwn has the PIN verified, and the shift signed by the card.
func (s State) proveOwn(limit time.Duration) (State, []Effect) {
	s, effects := s.to(Proving, limit)
	o := s.Own
	return s, append(effects, ProveOwn{Run: s.Run, Reader: o.Reader, Language: s.Language, Proof: o.Proof, Challenge: o.Challenge, Pinpad: o.Pinpad})
}

// ownProved begins the shift of whose card has signed for it.
func (s State) ownProved(in OwnProved) (State, []Effect) {
	if !s.of(in.Run, Proving) {
		return s, nil
	}
	if in.Err != nil {
		if key := pinWarning(in.Err); key != "" {
			return s.notSignedIn(key)
		}
		return s.refused(in.Err)
	}
	r := s.reader(s.Own.Reader)
	r.Own = r.Card
	s.Own = Own{}
	return s.with(r).welcome(s.Clerk)
}

// pinWarning is what a clerk is told of their own PIN; empty where it is not about that.
func pinWarning(err error) string {
	for _, kind := range []error{
		kiosk.ErrPINWrong, kiosk.ErrPINBlocked, kiosk.ErrPINLastTry, kiosk.ErrPINShort, kiosk.ErrPINCancelled, kiosk.ErrPINTimeout, kiosk.ErrPINOldCard,
	} {
		if errors.Is(err, kind) {
			return "notice." + kiosk.ObjectionToPIN(kind) + ".title"
		}
	}
	return ""
}

// signOut ends the shift, if there is one, and forgets everything. A shared screen goes
// back to the patients.
func (s State) signOut(why string) (State, []Effect) {
	var effects []Effect
	if s.signedIn() {
		effects = append(effects, EndShift{Why: why})
	}
	s.Clerk, s.Own, s.Task, s.Extended, s.Language = Clerk{}, Own{}, Task{}, 0, s.Settings.Languages[0]
	stage := SignedOut
	if s.Settings.Shared {
		stage = Away
	}
	s, forget := s.to(stage, 0)
	s.Entry++
	return s, append(effects, forget...)
}
