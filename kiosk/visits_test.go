package kiosk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/printer"
)

// visit is a whole visit: what happens, what is seen and what is asked for.
type visit struct {
	name    string
	hang    func(*kiosk.Settings) // what this hospital has differently
	acts    []act
	seen    string // after "closed welcome"
	asked   string
	checked func(*testing.T, *booth)
	hear    func(kiosk.Input, kiosk.State, []kiosk.Effect) // is told of every step
}

// TestVisits plays whole visits.
func TestVisits(t *testing.T) {
	for _, v := range visits() {
		t.Run(v.name, func(t *testing.T) {
			b := v.play(t)
			if got := strings.TrimSpace(strings.TrimPrefix(b.trail(), "closed welcome")); got != v.seen && v.seen != "*" {
				t.Errorf("seen:\n got %s\nwant %s", got, v.seen)
			}
			if got := b.asked(); got != v.asked && v.asked != "*" {
				t.Errorf("asked:\n got %s\nwant %s", got, v.asked)
			}
			if v.checked != nil {
				v.checked(t, b)
			}
		})
	}
}

func (v visit) play(t rapid.TB) *booth {
	t.Helper()
	s := settings(t)
	if v.hang != nil {
		v.hang(&s)
	}
	b := newBooth(t, s)
	b.hear = v.hear
	b.play(ready)
	b.play(v.acts...)
	return b
}

func visits() []visit {
	var all []visit
	for _, list := range [][]visit{good(), cardOut(), badCards(), portalSays(), standings(), commits(), holders(), printers(), times(), languages(), others(), readers(), inquiries(), helps(), codeCards(), blocks(), mine(), letters(), calls()} {
		all = append(all, list...)
	}
	return all
}

// Effects that follow one another in every check-in.
const (
	whole = "ReadCard Fetch Commit AwaitDelivery PrintTicket Forget"
	end   = 12 * time.Second // how long the last screen stays once the card is out
)

// toConfirm is a visit with one appointment until it can be confirmed.
var toConfirm = with(insert, read, fetched(1))

func good() []visit {
	return []visit{{
		name: "one appointment",
		acts: []act{toConfirm, confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
	}, {
		name: "two appointments, and another after all",
		acts: []act{insert, read, fetched(0.5, 1), press("choose", "0"), press("back", ""), press("choose", "1"), confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching choose confirm choose confirm saving printing ticket-printed welcome", asked: whole,
		checked: func(t *testing.T, b *booth) {
			if got, want := commitOf(t, b).Appointment, in(1).ID; got != want {
				t.Errorf("checked in for %s, want %s", got, want)
			}
			for _, v := range b.views {
				chosen := v.Screen == kiosk.ScreenConfirm || v.Screen == kiosk.ScreenSaving || v.Screen == kiosk.ScreenPrinting || v.Screen == kiosk.ScreenDone
				if chosen && len(v.Appointments) != 1 {
					t.Errorf("%s shows %d appointments", word(v), len(v.Appointments))
				}
			}
		},
	}, {
		name: "not delivered in time",
		acts: []act{toConfirm, confirm, committed, delivered(false), ticket, remove, pass(end)},
		seen: "reading fetching confirm saving printing+desk ticket-printed+desk welcome", asked: whole,
	}, {
		name: "delivery not answered",
		acts: []act{toConfirm, confirm, committed, pass(5 * time.Second), ticket, remove, pass(end)},
		seen: "reading fetching confirm saving printing+desk ticket-printed+desk welcome", asked: whole,
	}, {
		name: "reprint",
		acts: []act{insert, read, brings(before("K1-007")), confirm, ticket, remove, pass(end)},
		seen: "reading fetching confirm printing ticket-printed welcome", asked: "ReadCard Fetch PrintTicket Forget",
		checked: func(t *testing.T, b *booth) { onPaper(t, b, "K1-007") },
	}, {
		name: "reprint where there is no printer",
		hang: func(s *kiosk.Settings) { s.Printer = false },
		acts: []act{insert, read, brings(before("K1-007")), confirm, remove, pass(25 * time.Second)},
		seen: "reading fetching confirm ticket-none welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "no printer",
		hang: func(s *kiosk.Settings) { s.Printer = false },
		acts: []act{toConfirm, confirm, committed, delivered(true), remove, pass(25 * time.Second)},
		seen: "reading fetching confirm saving ticket-none welcome", asked: "ReadCard Fetch Commit AwaitDelivery Forget",
	}, {
		name: "in French, chosen before the card",
		acts: []act{press("language", "fr"), pass(50 * time.Second), toConfirm, pass(20 * time.Second), confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
		checked: func(t *testing.T, b *booth) {
			if got := paper(t, b).Language; got != "fr" {
				t.Errorf("the ticket is in %s", got)
			}
			if b.s.Language != "nl" {
				t.Errorf("the next one is greeted in %s", b.s.Language)
			}
		},
	}}
}

// before is an appointment that was checked in to before; the ticket is none where
// that was at a desk.
func before(ticket string) kiosk.Appointment {
	a := in(1)
	a.CheckedIn, a.Ticket = true, ticket
	return a
}

func cardOut() []visit {
	return []visit{{
		name: "while reading",
		acts: []act{insert, remove, pass(8 * time.Second)},
		seen: "reading card-removed welcome", asked: "ReadCard Forget Forget",
	}, {
		name: "while reading, and the read says it first",
		acts: []act{insert, readFails(kiosk.ErrCardRemoved), remove, pass(8 * time.Second)},
		seen: "reading card-removed welcome", asked: "ReadCard Forget",
	}, {
		name: "while fetching",
		acts: []act{insert, read, remove, fetched(1), pass(8 * time.Second)},
		seen: "reading fetching card-removed welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "while choosing",
		acts: []act{insert, read, fetched(0.5, 1), remove, pass(8 * time.Second)},
		seen: "reading fetching choose card-removed welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "while asked whether to print again",
		acts: []act{insert, read, brings(before("K1-007")), remove, pass(8 * time.Second)},
		seen: "reading fetching confirm checked-in welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "while choosing what to print again",
		acts: []act{insert, read, brings(before("K1-007"), before("K1-008")), remove, pass(8 * time.Second)},
		seen: "reading fetching choose checked-in welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "while choosing, with one left to check in to",
		acts: []act{insert, read, brings(before("K1-007"), in(1)), remove, pass(8 * time.Second)},
		seen: "reading fetching choose card-removed welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "while confirming, and in again",
		acts: []act{toConfirm, remove, pass(time.Second), toConfirm, confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching confirm card-removed reading fetching confirm saving printing ticket-printed welcome", asked: "ReadCard Fetch Forget Forget " + whole,
	}, {
		name: "while committing",
		acts: []act{toConfirm, confirm, remove, committed, delivered(true), ticket, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
	}, {
		name: "while waiting for the portal",
		acts: []act{toConfirm, confirm, committed, remove, delivered(true), ticket, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
	}, {
		name: "while printing",
		acts: []act{toConfirm, confirm, committed, delivered(true), remove, ticket, pass(end)},
		seen: "reading fetching confirm saving printing ticket-printed welcome", asked: whole,
	}, {
		name: "while committing, which fails",
		acts: []act{toConfirm, confirm, remove, commitFails(errFull), pass(25 * time.Second)},
		seen: "reading fetching confirm saving commit-failed welcome", asked: "ReadCard Fetch Commit Forget",
	}, {
		name: "with the reader",
		acts: []act{toConfirm, happens(kiosk.ReaderLost, "left"), pass(8 * time.Second)},
		seen: "reading fetching confirm card-removed closed", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "with the service",
		acts: []act{toConfirm, happens(kiosk.CardsDown, ""), pass(8 * time.Second), happens(kiosk.CardsUp, ""), happens(kiosk.ReaderReady, "left"), insert, pass(time.Minute)},
		seen: "reading fetching confirm card-removed closed welcome take-card welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "to another program",
		acts: []act{toConfirm, happens(kiosk.ReaderClaimed, "left"), pass(8 * time.Second)},
		seen: "reading fetching confirm card-removed closed", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "to another program, which gives it back with the card in it",
		acts: []act{toConfirm, happens(kiosk.ReaderClaimed, "left"), pass(8 * time.Second), happens(kiosk.ReaderReady, "left"), pass(time.Second)},
		seen: "reading fetching confirm card-removed closed welcome", asked: "ReadCard Fetch Forget Forget",
		checked: func(t *testing.T, b *booth) { outOfOrder(t, b, "card-left") },
	}, {
		name: "and another in, its removal unheard of",
		acts: []act{toConfirm, insert, pass(time.Second), remove, pass(8 * time.Second)},
		seen: "reading fetching confirm reading card-removed welcome", asked: "ReadCard Fetch Forget Forget ReadCard Forget Forget",
	}}
}

func badCards() []visit {
	refused := func(name, key string, mend func(*eid.Record)) visit {
		return visit{
			name: name, acts: []act{insert, reads(mend), remove, pass(8 * time.Second)},
			seen: "reading " + key + " welcome", asked: "ReadCard Forget",
		}
	}
	return []visit{{
		name: "foreign",
		acts: []act{insert, readFails(kiosk.ErrCardForeign), remove, pass(8 * time.Second)},
		seen: "reading card-foreign welcome", asked: "ReadCard Forget",
	}, {
		name: "unreadable",
		acts: []act{insert, readFails(kiosk.ErrCardUnreadable), remove},
		seen: "reading card-unreadable welcome", asked: "ReadCard Forget",
	}, {
		name: "mute",
		acts: []act{happens(kiosk.CardMute, "left"), remove},
		seen: "card-mute welcome", asked: "Forget",
	}, {
		name: "mute and left in",
		acts: []act{happens(kiosk.CardMute, "left"), pass(2 * time.Minute), remove},
		seen: "card-mute card-mute? take-card welcome", asked: "Forget",
	},
		refused("not signed", "card-not-genuine", func(r *eid.Record) { r.Checks.IdentitySignature = eid.Invalid }),
		refused("signed by a stranger", "card-not-genuine", func(r *eid.Record) { r.Checks.Chain = eid.Invalid }),
		refused("another chip", "card-not-genuine", func(r *eid.Record) { r.Checks.ChipNumber = eid.Invalid }),
		refused("a copy", "card-not-genuine", func(r *eid.Record) { r.Checks.Genuine = eid.Invalid }),
		refused("the address of another card", "card-not-genuine", func(r *eid.Record) { r.Checks.AddressSignature = eid.Invalid }),
		refused("nothing checked", "card-not-genuine", func(r *eid.Record) { r.Checks = eid.Checks{} }),
		refused("expired", "card-expired", func(r *eid.Record) { r.Checks.Validity = eid.Invalid }),
		{
			name: "of a test root",
			acts: []act{insert, reads(func(r *eid.Record) { r.Checks.Chain = eid.Test }), fetched(1), confirm, committed, delivered(true), ticket, remove},
			seen: "reading fetching confirm saving printing ticket-printed", asked: strings.TrimSuffix(whole, " Forget"),
			checked: func(t *testing.T, b *booth) {
				if !commitOf(t, b).Test || !b.s.View().Test {
					t.Error("a test is not called a test")
				}
			},
		}, {
			name: "of a test root, as the proof has it",
			acts: []act{insert, reads(func(r *eid.Record) { r.Proof.TestTrusted = true }), fetched(1), confirm},
			seen: "reading fetching confirm saving", asked: "ReadCard Fetch Commit",
			checked: func(t *testing.T, b *booth) {
				if !commitOf(t, b).Test {
					t.Error("a test is not called a test")
				}
			},
		}, {
			name: "too old to prove that it is no copy",
			acts: []act{insert, reads(func(r *eid.Record) { r.Checks.Genuine, r.Checks.Validity = eid.Absent, eid.Absent }), fetched(1)},
			seen: "reading fetching confirm", asked: "ReadCard Fetch",
		},
	}
}

var errFull = errors.New("disk is full")

func portalSays() []visit {
	says := func(name, key string, err error) visit {
		return visit{
			name: name, acts: []act{insert, read, fetchFails(err), remove, pass(8 * time.Second)},
			seen: "reading fetching " + key + " welcome", asked: "ReadCard Fetch Forget",
		}
	}
	return []visit{
		says("portal away", "portal-away", kiosk.ErrPortalAway),
		says("portal says something else", "portal-away", errors.New("teapot")),
		says("patient unknown", "patient-unknown", kiosk.ErrPatientUnknown),
		says("refused", "card-refused", kiosk.ErrCardRefused),
		{
			name: "portal does not answer, and answers later",
			acts: []act{insert, read, pass(15 * time.Second), fetched(1), remove, pass(8 * time.Second)},
			seen: "reading fetching portal-away welcome", asked: "ReadCard Fetch Forget Forget",
		},
		{
			name: "no appointments",
			acts: []act{insert, read, fetched(), remove, pass(8 * time.Second)},
			seen: "reading fetching no-appointments welcome", asked: "ReadCard Fetch Forget",
		},
	}
}

func standings() []visit {
	one := func(name, key string, a kiosk.Appointment) visit {
		return visit{
			name: name, acts: []act{insert, read, brings(a), remove, pass(8 * time.Second)},
			seen: "reading fetching " + key + " welcome", asked: "ReadCard Fetch Forget",
		}
	}
	video, elsewhere := in(1), in(1)
	video.Video, elsewhere.Campus = true, "Pellenberg"
	return []visit{
		one("too early", "too-early", in(3)),
		one("too late", "too-late", in(-2)),
		one("by video", "video", video),
		one("elsewhere", "elsewhere", elsewhere),
		one("checked in at a desk", "checked-in", before("")),
		{
			name: "none of several",
			acts: []act{insert, read, brings(in(3), video, elsewhere, before("")), remove, pass(8 * time.Second)},
			seen: "reading fetching none-now welcome", asked: "ReadCard Fetch Forget",
		}, {
			name: "one of several",
			acts: []act{insert, read, brings(in(3), in(1), video, elsewhere, before(""), before("K1-007"), in(-2))},
			seen: "reading fetching choose", asked: "ReadCard Fetch",
			checked: func(t *testing.T, b *booth) {
				var offered, states []string
				v := b.s.View()
				for _, x := range v.Buttons {
					offered = append(offered, x.Do+x.Choice)
				}
				for _, a := range v.Appointments {
					states = append(states, a.State)
				}
				if got := strings.Join(offered, " "); got != "choose1 choose5 later more stop help" {
					t.Errorf("offered %s", got)
				}
				if got := strings.Join(states, ","); got != "too-early,,video,elsewhere,checked-in,checked-in,too-late" {
					t.Errorf("they stand %s", got)
				}
			},
		}, {
			name: "any time that day",
			hang: func(s *kiosk.Settings) { s.Early, s.Late = 0, 0 },
			acts: []act{insert, read, fetched(10, -8)},
			seen: "reading fetching choose", asked: "ReadCard Fetch",
		},
	}
}

func commits() []visit {
	return []visit{{
		name: "disk full",
		acts: []act{toConfirm, confirm, commitFails(errFull), remove, pass(25 * time.Second)},
		seen: "reading fetching confirm saving commit-failed welcome", asked: "ReadCard Fetch Commit Forget",
	}, {
		name: "commit does not end, and ends later",
		acts: []act{toConfirm, confirm, pass(25 * time.Second), committed, remove, pass(25 * time.Second)},
		seen: "reading fetching confirm saving commit-failed welcome", asked: "ReadCard Fetch Commit Forget",
	}, {
		name: "refused by the portal",
		acts: []act{toConfirm, confirm, committed, refusedForGood, remove, pass(25 * time.Second)},
		seen: "reading fetching confirm saving not-accepted welcome", asked: "ReadCard Fetch Commit AwaitDelivery Forget",
	}, {
		name: "refused by the portal, the card out before",
		acts: []act{toConfirm, confirm, remove, committed, refusedForGood, pass(25 * time.Second)},
		seen: "reading fetching confirm saving not-accepted welcome", asked: "ReadCard Fetch Commit AwaitDelivery Forget",
	}, {
		name: "no id to be had",
		acts: []act{toConfirm, func(b *booth) {
			b.event(kiosk.Event{At: b.now, Input: kiosk.Pressed{Press: kiosk.Press{Seq: b.s.Seq, Do: "confirm"}}})
		}},
		seen: "reading fetching confirm commit-failed", asked: "ReadCard Fetch",
	}, {
		name: "confirmed twice",
		acts: []act{toConfirm, func(b *booth) {
			p := kiosk.Pressed{Press: kiosk.Press{Seq: b.s.Seq, Do: "confirm"}}
			b.do(p)
			b.do(p)
		}},
		seen: "reading fetching confirm saving", asked: "ReadCard Fetch Commit",
	}, {
		name: "committed twice",
		acts: []act{toConfirm, confirm, committed, func(b *booth) {
			b.do(kiosk.Committed{Visit: b.s.Visit.ID, Ticket: "K1-043"})
		}},
		seen: "reading fetching confirm saving", asked: "ReadCard Fetch Commit AwaitDelivery",
		checked: func(t *testing.T, b *booth) {
			if got := b.s.View().Ticket; got != "K1-042" {
				t.Errorf("ticket %s", got)
			}
		},
	}}
}

func commitOf(t *testing.T, b *booth) kiosk.CheckIn {
	t.Helper()
	for _, e := range b.effects {
		if c, ok := e.(kiosk.Commit); ok {
			return c.CheckIn
		}
	}
	t.Fatal("nothing was committed")
	return kiosk.CheckIn{}
}

func paper(t *testing.T, b *booth) printer.Document {
	t.Helper()
	for _, e := range b.effects {
		if p, ok := e.(kiosk.PrintTicket); ok {
			return p.Ticket
		}
	}
	t.Fatal("nothing was printed")
	return printer.Document{}
}

func onPaper(t *testing.T, b *booth, number string) {
	t.Helper()
	for _, block := range paper(t, b).Blocks {
		if h, ok := block.(printer.Heading); ok && h.Level == 1 && h.Text == number {
			return
		}
	}
	t.Errorf("%s is not on the ticket", number)
}
