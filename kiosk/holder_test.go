package kiosk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
)

// pinErrors are all that a card and its reader can say of a PIN.
func pinErrors() []error {
	return []error{
		kiosk.ErrPINWrong, kiosk.ErrPINBlocked, kiosk.ErrPINLastTry, kiosk.ErrPINShort, kiosk.ErrPINCancelled, kiosk.ErrPINTimeout,
		kiosk.ErrPINOldCard, kiosk.ErrNoHolder, kiosk.ErrHolderRefused,
	}
}

// toHolder is a visit with two appointments in which the later ones are asked for.
var toHolder = with(insert, read, fetched(0.5, 1), press("later", ""))

func child(r *eid.Record) { r.Identity.BirthDate = secret.NewText("2015-06-01") }

func holderReadyIs(pinpad bool, tries int, err error) act {
	return func(b *booth) {
		b.do(kiosk.HolderReady{Visit: answer[kiosk.PrepareHolder](b).Visit, Pinpad: pinpad, Tries: tries, Err: err})
	}
}

func proved(tries int, err error) act {
	return func(b *booth) {
		e := answer[kiosk.ProveHolder](b)
		b.do(kiosk.HolderProved{Visit: e.Visit, Tries: tries, Err: err, Holder: eid.HolderProof{Signature: []byte{1}}})
	}
}

func laterBrings(list ...kiosk.Appointment) act {
	return func(b *booth) {
		b.do(kiosk.FetchedLater{Visit: answer[kiosk.FetchLater](b).Visit, Appointments: list})
	}
}

func laterFails(err error) act {
	return func(b *booth) { b.do(kiosk.FetchedLater{Visit: answer[kiosk.FetchLater](b).Visit, Err: err}) }
}

// typing is a PIN typed on the screen.
func typing(tries int, err error) act {
	return with(holderReadyIs(false, 3, nil), press("pin", ""), proved(tries, err))
}

const toChoose = "reading fetching choose "

func holders() []visit {
	list := []visit{{
		name:  "all appointments, by the keypad, and then a check-in",
		acts:  []act{toHolder, typing(3, nil), laterBrings(in(24), in(200)), press("back", ""), press("choose", "1"), confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen:  toChoose + "holder pin holder later choose confirm saving printing ticket-printed welcome",
		asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater Commit AwaitDelivery PrintTicket Forget",
		checked: func(t *testing.T, b *booth) {
			for _, v := range b.views {
				if got := len(v.Later); v.Screen == kiosk.ScreenLater != (got == 2) || v.Screen != kiosk.ScreenLater && got > 0 {
					t.Errorf("%s shows %d later ones", word(v), got)
				}
				if v.Screen == kiosk.ScreenLater && (v.Later[0].Date != "25/11/2026" || v.Later[0].Time != "10:00" || v.Tries != 3) {
					t.Errorf("it shows %+v, %d tries", v.Later[0], v.Tries)
				}
			}
		},
	}, {
		name: "all appointments, on the reader's keys",
		acts: []act{toHolder, holderReadyIs(true, 3, nil), proved(3, nil), laterBrings(in(24)), press("stop", "")},
		seen: toChoose + "holder pin-reader holder later take-card", asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater Forget",
	}, {
		name: "of one appointment, and back to it",
		acts: []act{toConfirm, press("later", ""), typing(3, nil), laterBrings(), press("back", "")},
		seen: "reading fetching confirm holder pin holder later-none confirm", asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater",
	}, {
		name: "a child asks",
		acts: []act{insert, reads(child), fetched(1), press("later", ""), press("back", "")},
		seen: "reading fetching confirm under-15 confirm", asked: "ReadCard Fetch",
	}, {
		name: "someone asks of whom the card does not say whether they are a child",
		acts: []act{insert, reads(func(r *eid.Record) { r.Identity.BirthDate = secret.Text{} }), fetched(1), press("later", "")},
		seen: "reading fetching confirm under-15", asked: "ReadCard Fetch",
	}, {
		name: "where a reader with keys is wanted and there is none",
		hang: func(s *kiosk.Settings) { s.PIN = kiosk.PINReader },
		acts: []act{toHolder, holderReadyIs(false, 3, nil)},
		seen: toChoose + "holder pin-nowhere", asked: "ReadCard Fetch PrepareHolder",
	}, {
		name: "one try is left",
		acts: []act{toHolder, holderReadyIs(false, 1, nil), press("back", "")},
		seen: toChoose + "holder pin-last-try choose", asked: "ReadCard Fetch PrepareHolder",
	}, {
		name: "wrong, and then right",
		acts: []act{toHolder, typing(2, kiosk.ErrPINWrong), press("later", ""), typing(3, nil), laterBrings(in(24))},
		seen: toChoose + "holder pin holder pin-wrong holder pin holder later", asked: "ReadCard Fetch PrepareHolder ProveHolder PrepareHolder ProveHolder FetchLater",
	}, {
		name: "wrong until one try is left",
		acts: []act{toHolder, typing(1, kiosk.ErrPINWrong)},
		seen: toChoose + "holder pin holder pin-last-try", asked: "ReadCard Fetch PrepareHolder ProveHolder",
		checked: func(t *testing.T, b *booth) {
			if b.s.View().Offers(kiosk.Press{Do: "later"}) {
				t.Error("another try is offered")
			}
		},
	}, {
		name: "the reader does not answer", acts: []act{toHolder, pass(15 * time.Second)},
		seen: toChoose + "holder pin-failed", asked: "ReadCard Fetch PrepareHolder",
	}, {
		name: "the reader's keys do not answer", acts: []act{toHolder, holderReadyIs(true, 3, nil), pass(90 * time.Second)},
		seen: toChoose + "holder pin-reader pin-timeout", asked: "ReadCard Fetch PrepareHolder ProveHolder",
	}, {
		name: "the portal does not answer", acts: []act{toHolder, typing(3, nil), pass(15 * time.Second)},
		seen: toChoose + "holder pin holder later-away", asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater",
	}, {
		name: "the card goes while the PIN is typed", acts: []act{toHolder, holderReadyIs(false, 3, nil), remove},
		seen: toChoose + "holder pin card-removed", asked: "ReadCard Fetch PrepareHolder Forget",
	}, {
		name: "the card goes from the later ones", acts: []act{toHolder, typing(3, nil), laterBrings(in(24)), remove},
		seen: toChoose + "holder pin holder later card-removed", asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater Forget",
	}}
	for _, err := range pinErrors()[1:] {
		key := map[error]string{
			kiosk.ErrPINBlocked: "pin-blocked", kiosk.ErrPINLastTry: "pin-last-try", kiosk.ErrPINShort: "pin-short", kiosk.ErrPINCancelled: "pin-cancelled",
			kiosk.ErrPINTimeout: "pin-timeout", kiosk.ErrPINOldCard: "pin-old-card", kiosk.ErrNoHolder: "pin-none", kiosk.ErrHolderRefused: "holder-refused",
		}[err]
		list = append(list, visit{
			name: key, acts: []act{toHolder, typing(0, fmt.Errorf("proving: %w", err))},
			seen: toChoose + "holder pin holder " + key, asked: "ReadCard Fetch PrepareHolder ProveHolder",
		})
	}
	for err, key := range map[error]string{
		kiosk.ErrHolderRefused: "holder-refused", kiosk.ErrPortalAway: "later-away", kiosk.ErrCardRefused: "card-refused", errors.New("other"): "later-away",
	} {
		list = append(list, visit{
			name: "the portal says " + err.Error(), acts: []act{toHolder, typing(3, nil), laterFails(err)},
			seen: toChoose + "holder pin holder " + key, asked: "ReadCard Fetch PrepareHolder ProveHolder FetchLater",
		})
	}
	return list
}

// TestNoPINIsAskedFor where the hospital has not switched it on.
func TestNoPINIsAskedFor(t *testing.T) {
	b := visit{hang: func(s *kiosk.Settings) { s.PIN = "" }, acts: []act{insert, read, fetched(0.5, 1)}}.play(t)
	if b.s.View().Offers(kiosk.Press{Do: "later"}) {
		t.Error("it is offered")
	}
}
