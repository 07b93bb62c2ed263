package kiosk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"balie/kiosk"
	"balie/printer"
)

func printers() []visit {
	ends := func(name, key string, stays time.Duration, done act) visit {
		return visit{
			name: name, acts: []act{toConfirm, confirm, committed, delivered(true), done, remove, pass(stays - time.Second), still, pass(time.Second)},
			seen: "reading fetching confirm saving printing " + key + " welcome", asked: whole,
		}
	}
	needed := 25 * time.Second
	return []visit{
		ends("printed and not confirmed", "ticket-printed", end, printed(printer.Sent, nil)),
		ends("no paper", "ticket-none", needed, printed(printer.NotSent, nil, printer.PaperEnd)),
		ends("printer lost", "ticket-none", needed, printed(printer.NotSent, errors.New("no such tty"))),
		ends("paper ended halfway", "ticket-doubtful", needed, printed(printer.Failed, errors.New("paper"), printer.PaperEnd)),
		ends("somebody took it", "ticket-printed", end, printed(printer.Taken, nil)),
		ends("nobody took it", "ticket-none", needed, printed(printer.Retracted, errors.New("drawn in"))),
		ends("nobody knows", "ticket-doubtful", needed, printed(printer.Unknown, errors.New("wire"))),
		ends("printer does not end", "ticket-doubtful", needed, pass(50*time.Second)),
		{
			name: "no paper is said before and after",
			acts: []act{printerIs(nil, printer.PaperEnd), toConfirm, confirm, committed, delivered(true), printed(printer.NotSent, nil, printer.PaperEnd), remove, pass(needed)},
			seen: "reading fetching confirm saving printing ticket-none welcome", asked: whole,
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "printer-paper-end") },
		}, {
			name: "paper put in is noticed in seconds",
			acts: []act{printerIs(nil, printer.PaperEnd), func(b *booth) {
				b.printer = &kiosk.PrinterAnswered{Status: printer.Status{Faults: []printer.Fault{printer.PaperNearEnd}}}
			}, pass(5 * time.Second)},
			seen: "", asked: "",
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "printer-paper-near-end") },
		}, {
			name: "printer lost while printing is known to the next one",
			acts: []act{toConfirm, confirm, committed, delivered(true), func(b *booth) {
				b.printer = &kiosk.PrinterAnswered{Err: errors.New("no such tty")}
			}, printed(printer.NotSent, errors.New("no such tty")), remove, press("stop", "")},
			seen: "reading fetching confirm saving printing ticket-none welcome", asked: whole,
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "no-printer") },
		}, {
			name: "what a failed ticket tells of the printer counts until it is asked",
			acts: []act{toConfirm, confirm, committed, delivered(true), func(b *booth) { b.printer = nil },
				printed(printer.Failed, errors.New("paper"), printer.PaperEnd), remove, press("stop", "")},
			seen: "reading fetching confirm saving printing ticket-doubtful welcome", asked: whole,
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "printer-paper-end") },
		}, {
			name: "printer that cannot be asked",
			acts: []act{printerIs(errors.New("no such tty"))},
			seen: "", asked: "",
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "no-printer") },
		}, {
			name: "printer that does not answer, and does after all",
			acts: []act{func(b *booth) { b.printer = nil }, func(b *booth) {
				before := len(b.pending)
				b.pass(time.Hour)
				if asked := len(b.pending) - before; asked != 1 {
					b.t.Errorf("asked %d times while it owes an answer", asked)
				}
				outOfOrder(b.t, b, "no-printer")
				b.do(kiosk.PrinterAnswered{})
			}},
			seen: "", asked: "",
			checked: func(t *testing.T, b *booth) { outOfOrder(t, b) },
		},
	}
}

// still holds that the last screen is still there.
func still(b *booth) {
	if v := b.s.View(); v.Screen == kiosk.ScreenWelcome {
		b.t.Errorf("already welcome; seen: %s", b.trail())
	}
}

func outOfOrder(t rapid.TB, b *booth, want ...string) {
	t.Helper()
	if got := b.s.View().Out; !slices.Equal(got, want) {
		t.Errorf("out of order: %v, want %v", got, want)
	}
}

func times() []visit {
	return []visit{{
		name: "card not read in time",
		acts: []act{insert, pass(30 * time.Second), remove},
		seen: "reading card-unreadable welcome", asked: "ReadCard Forget Forget",
	}, {
		name: "walked away while confirming, card left in",
		acts: []act{toConfirm, pass(time.Minute), pass(time.Minute), remove},
		seen: "reading fetching confirm confirm? take-card welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "walked away while choosing",
		acts: []act{insert, read, fetched(0.5, 1), pass(35 * time.Second), pass(24 * time.Second), pass(time.Second), remove},
		seen: "reading fetching choose choose? take-card welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "still there",
		acts: []act{toConfirm, pass(40 * time.Second), press("stay", ""), pass(40 * time.Second), confirm},
		seen: "reading fetching confirm confirm? confirm confirm? saving", asked: "ReadCard Fetch Commit",
	}, {
		name: "still there, ten times and no more",
		acts: []act{toConfirm, stayTen, pass(time.Minute)},
		seen: "reading fetching confirm" + strings.Repeat(" confirm? confirm", 10) + " confirm? take-card", asked: "ReadCard Fetch Forget",
	}, {
		name: "card left in after a check-in",
		acts: []act{toConfirm, confirm, committed, delivered(true), ticket, pass(3 * time.Minute), remove},
		seen: "reading fetching confirm saving printing ticket-printed ticket-printed? take-card welcome", asked: whole,
		checked: func(t *testing.T, b *booth) {
			var left bool
			for _, v := range b.views {
				left = left || slices.Contains(v.Out, "card-left")
			}
			if !left {
				t.Error("the welcome screen did not say that a card is left in")
			}
			outOfOrder(t, b)
		},
	}, {
		name: "stopped",
		acts: []act{insert, press("stop", ""), remove},
		seen: "reading take-card welcome", asked: "ReadCard Forget",
	}, {
		name: "stopped while fetching",
		acts: []act{insert, read, press("stop", ""), fetched(1), remove},
		seen: "reading fetching take-card welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "stopped while confirming",
		acts: []act{toConfirm, press("stop", ""), remove},
		seen: "reading fetching confirm take-card welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "done with a notice, card out",
		acts: []act{insert, readFails(kiosk.ErrCardForeign), remove, press("stop", "")},
		seen: "reading card-foreign welcome", asked: "ReadCard Forget",
	}, {
		name: "pressed after time ran out and before anything else",
		acts: []act{toConfirm, pass(59 * time.Second), func(b *booth) {
			b.now = b.now.Add(time.Hour)
			b.do(kiosk.Pressed{Press: kiosk.Press{Seq: b.s.Seq, Do: "confirm"}})
		}},
		seen: "reading fetching confirm confirm? take-card", asked: "ReadCard Fetch Forget",
	}}
}

func languages() []visit {
	return []visit{{
		name: "a language is chosen and nobody comes",
		acts: []act{press("language", "de"), pass(time.Minute)},
		seen: "", asked: "",
		checked: func(t *testing.T, b *booth) {
			if b.s.Language != "nl" {
				t.Errorf("in %s", b.s.Language)
			}
		},
	}, {
		name: "a language chosen in a visit stays for it",
		acts: []act{toConfirm, press("language", "de"), pass(40 * time.Second), press("stay", ""), pass(30 * time.Second)},
		seen: "reading fetching confirm confirm? confirm", asked: "ReadCard Fetch",
		checked: func(t *testing.T, b *booth) {
			if b.s.Language != "de" {
				t.Errorf("in %s", b.s.Language)
			}
		},
	}}
}

func stayTen(b *booth) {
	b.play(slices.Repeat([]act{pass(40 * time.Second), press("stay", "")}, 10)...)
}

func right(kind kiosk.CardEventKind) act { return happens(kind, "right") }

func others() []visit {
	rightReady := with(right(kiosk.ReaderReady), pass(time.Second))
	return []visit{{
		name: "the next one waits for a promise to be kept",
		acts: []act{toConfirm, confirm, remove, insert, committed, delivered(true), ticket, pass(6 * time.Second)},
		seen: "reading fetching confirm saving printing ticket-printed reading", asked: whole + " ReadCard",
	}, {
		name: "the next one waits and goes",
		acts: []act{toConfirm, confirm, remove, insert, remove, committed, delivered(true), ticket, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
	}, {
		name: "the next one comes to a last screen whose card is out",
		acts: []act{toConfirm, confirm, committed, delivered(true), ticket, remove, insert},
		seen: "reading fetching confirm saving printing ticket-printed reading", asked: whole + " ReadCard",
	}, {
		name: "a second reader while the first has a card",
		acts: []act{rightReady, toConfirm, right(kiosk.CardInserted), confirm, committed, delivered(true), ticket, remove, pass(end), right(kiosk.CardRemoved)},
		seen: "reading fetching confirm saving printing ticket-printed take-card welcome", asked: whole,
	}, {
		name: "a second reader long before the end",
		acts: []act{rightReady, toConfirm, right(kiosk.CardInserted), pass(40 * time.Second), press("stay", ""), pass(40 * time.Second), remove, pass(8 * time.Second)},
		seen: "reading fetching confirm confirm? confirm confirm? card-removed take-card", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "two wait, one in each reader",
		acts: []act{rightReady, toConfirm, confirm, remove, right(kiosk.CardInserted), insert, committed, delivered(true), ticket, pass(6 * time.Second)},
		seen: "reading fetching confirm saving printing ticket-printed reading", asked: whole + " ReadCard",
		checked: func(t *testing.T, b *booth) { readIn(t, b, "right") },
	}, {
		name: "one waits, and another comes to the last screen",
		acts: []act{rightReady, toConfirm, confirm, remove, right(kiosk.CardInserted), committed, delivered(true), ticket, insert, pass(6 * time.Second)},
		seen: "reading fetching confirm saving printing ticket-printed reading", asked: whole + " ReadCard",
		checked: func(t *testing.T, b *booth) { readIn(t, b, "right") },
	}, {
		name: "a mute card while a promise is kept",
		acts: []act{toConfirm, confirm, remove, happens(kiosk.CardMute, "left"), committed, delivered(true), ticket, pass(end), remove},
		seen: "reading fetching confirm saving printing ticket-printed take-card welcome", asked: whole,
	}}
}

func readers() []visit {
	return []visit{{
		name: "no reader",
		acts: []act{happens(kiosk.ReaderLost, "left")},
		seen: "closed", asked: "",
		checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "no-reader") },
	}, {
		name: "service down",
		acts: []act{happens(kiosk.CardsDown, "")},
		seen: "closed", asked: "",
		checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "no-card-service") },
	}, {
		name: "service down, and up again",
		acts: []act{happens(kiosk.CardsDown, ""), happens(kiosk.CardsUp, ""), happens(kiosk.ReaderReady, "left")},
		seen: "closed welcome", asked: "",
	}, {
		name: "service down while a promise is kept",
		acts: []act{toConfirm, confirm, happens(kiosk.CardsDown, ""), committed, delivered(true), ticket, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed closed", asked: whole,
	}, {
		name: "claimed reader",
		acts: []act{happens(kiosk.ReaderClaimed, "left")},
		seen: "closed", asked: "",
		checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "reader-claimed") },
	}, {
		name: "claimed and given back",
		acts: []act{happens(kiosk.ReaderClaimed, "left"), happens(kiosk.ReaderReady, "left"), toConfirm},
		seen: "closed welcome reading fetching confirm", asked: "ReadCard Fetch",
	}, {
		name: "claimed, and given back without a word",
		acts: []act{happens(kiosk.ReaderClaimed, "left"), insert, remove, pass(8 * time.Second)},
		seen: "closed reading card-removed welcome", asked: "ReadCard Forget Forget",
	}, {
		name: "a reader that comes with a card in it",
		acts: []act{right(kiosk.ReaderReady), right(kiosk.CardInserted), pass(time.Minute), right(kiosk.CardRemoved), pass(time.Second), right(kiosk.CardInserted)},
		seen: "take-card welcome reading", asked: "ReadCard",
		checked: func(t *testing.T, b *booth) { readIn(t, b, "right") },
	}}
}

// readIn holds in which reader the last card was read.
func readIn(t *testing.T, b *booth, want string) {
	t.Helper()
	var got string
	for _, e := range b.effects {
		if r, ok := e.(kiosk.ReadCard); ok {
			got = r.Reader
		}
	}
	if got != want {
		t.Errorf("read in %q, want %q", got, want)
	}
}
