package kiosk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/kiosk"
)

// scan holds a letter to the scanner.
func scan(b *booth) { b.do(kiosk.Scanned{Code: secret.NewText("A-0042-7613")}) }

var toLetter = with(scan, enters("letter", "birth", "17/05/1984"))

func byLetter(err error, list ...kiosk.Appointment) act {
	return func(b *booth) {
		b.do(kiosk.Fetched{Visit: answer[kiosk.FetchLetter](b).Visit, Appointments: list, Err: err})
	}
}

func letters() []visit {
	return []visit{{
		name: "checked in by letter",
		acts: []act{toLetter, byLetter(nil, in(1)), confirm, committed, delivered(true), ticket, pass(45 * time.Second)},
		seen: "letter fetching confirm saving printing ticket-printed welcome", asked: "FetchLetter Commit AwaitDelivery PrintTicket Forget",
		checked: func(t *testing.T, b *booth) {
			c := commitOf(t, b)
			if c.Letter.Code.Reveal() != "A-0042-7613" || c.Letter.Birth.Reveal() != "1984-05-17" || c.Proof.Identity.Len() > 0 {
				t.Error("it is not told by which letter")
			}
			for _, v := range b.views {
				if v.Offers(kiosk.Press{Do: "later"}) || v.Offers(kiosk.Press{Do: "more"}) || v.CardIn {
					t.Errorf("%s offers what takes a card", word(v))
				}
			}
		},
	}, {
		name: "a letter of another, or another date", acts: []act{toLetter, byLetter(kiosk.ErrPatientUnknown), pass(25 * time.Second)},
		seen: "letter fetching letter-unknown welcome", asked: "FetchLetter Forget",
	}, {
		name: "a letter, and no appointment of today", acts: []act{toLetter, byLetter(nil)},
		seen: "letter fetching letter-unknown", asked: "FetchLetter",
	}, {
		name: "a letter, and the portal is away", acts: []act{toLetter, byLetter(kiosk.ErrPortalAway)},
		seen: "letter fetching letter-away", asked: "FetchLetter",
	}, {
		name: "a letter, and the portal does not answer", acts: []act{toLetter, pass(15 * time.Second)},
		seen: "letter fetching letter-away", asked: "FetchLetter Forget",
	}, {
		name: "a letter of tomorrow", acts: []act{toLetter, byLetter(nil, in(3))},
		seen: "letter fetching too-early", asked: "FetchLetter",
	}, {
		name: "a date that is none, and then a card", acts: []act{scan, enters("letter", "birth", "30/02/1984"), toConfirm, scan},
		seen: "letter reading fetching confirm", asked: "Forget ReadCard Fetch",
	}, {
		name: "a letter from among the questions, in French", acts: []act{press("language", "fr"), press("questions", ""), scan},
		seen: "questions letter", asked: "Forget",
		checked: func(t *testing.T, b *booth) {
			if got := b.s.View().Language; got != "fr" {
				t.Errorf("it is asked in %s", got)
			}
		},
	}, {
		name: "letters of everybody",
		acts: []act{wrongLetter, wrongLetter, wrongLetter, wrongLetter, wrongLetter, toLetter},
		seen: "*", asked: "FetchLetter Forget FetchLetter Forget FetchLetter Forget FetchLetter Forget FetchLetter Forget",
	}, {
		name: "right letters of a busy morning",
		acts: []act{rightLetter, rightLetter, rightLetter, rightLetter, rightLetter, toLetter, byLetter(nil, in(1))},
		seen: "*", asked: strings.Repeat("FetchLetter Forget ", 5) + "FetchLetter",
		checked: func(t *testing.T, b *booth) {
			if got := b.s.View().Screen; got != kiosk.ScreenConfirm {
				t.Errorf("the sixth one is shown %s", got)
			}
		},
	}, {
		name: "a letter where the hospital wants none", hang: func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitLetter} }, acts: []act{scan},
	}}
}

var rightLetter = with(toLetter, byLetter(nil, in(1)), press("stop", ""))

var wrongLetter = with(toLetter, byLetter(kiosk.ErrPatientUnknown), press("stop", ""))

func called(err error) act {
	return func(b *booth) {
		b.do(kiosk.StaffCalled{Visit: answer[kiosk.CallStaff](b).Visit, Call: uuid.UUID{1}, Err: err})
	}
}

func comes(b *booth) { b.do(kiosk.StaffComes{Visit: answer[kiosk.AwaitStaff](b).Visit}) }

func calls() []visit {
	says := func(want ...string) func(*testing.T, *booth) {
		return func(t *testing.T, b *booth) {
			said := []string{""}
			for _, v := range b.views {
				if v.Screen == kiosk.ScreenHelp && v.Called != said[len(said)-1] {
					said = append(said, v.Called)
				}
			}
			if len(said)-1 != len(want) {
				t.Fatalf("it says %q", said[1:])
			}
			for i := range want {
				if said[i+1] != want[i] {
					t.Errorf("it says %q", said[1:])
				}
			}
		}
	}
	return []visit{{
		name: "staff is called, and comes", acts: []act{press("help", ""), press("call", ""), called(nil), comes, press("stop", "")},
		seen: "help welcome", asked: "CallStaff AwaitStaff Forget", checked: says("calling", "ringing", "coming"),
	}, {
		name: "staff is called in the middle of a check-in", acts: []act{toConfirm, press("help", ""), press("call", ""), called(nil), press("back", "")},
		seen: "reading fetching confirm help confirm", asked: "ReadCard Fetch CallStaff AwaitStaff",
		checked: func(t *testing.T, b *booth) {
			says("calling", "ringing")(t, b)
			for _, e := range b.effects {
				if c, is := e.(kiosk.CallStaff); is && (c.Call.Screen != kiosk.ScreenConfirm || c.Call.Language != "nl") {
					t.Errorf("the staff is told %+v", c.Call)
				}
			}
		},
	}, {
		name: "nobody can be called, and then somebody", acts: []act{press("help", ""), press("call", ""), called(kiosk.ErrPortalAway), press("call", ""), called(nil)},
		seen: "help", asked: "CallStaff CallStaff AwaitStaff", checked: says("calling", "failed", "calling", "ringing"),
	}, {
		name: "staff is called twice in a minute", acts: []act{press("help", ""), press("call", ""), called(nil), press("stop", ""), press("help", ""), press("call", "")},
		seen: "help welcome help", asked: "CallStaff AwaitStaff Forget", checked: says("calling", "ringing", "", "ringing"),
	}, {
		name: "nobody is called where the hospital does not want it", hang: func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitCall} }, acts: []act{press("help", "")},
		seen: "help",
		checked: func(t *testing.T, b *booth) {
			if b.s.View().Offers(kiosk.Press{Do: "call"}) {
				t.Error("it is offered")
			}
		},
	}}
}
