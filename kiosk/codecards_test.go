package kiosk_test

import (
	"slices"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/kiosk/kiosktest"
	"balie/printer"
)

// made is the outcome of what was asked for last for a code card.
func made(in codecard.Input) act {
	return func(b *booth) { b.do(kiosk.CardStep{Visit: answer[kiosk.ForCard](b).Visit, In: in}) }
}

// types presses a button that sends what was typed.
func types(do, key, value string) act {
	return func(b *booth) {
		b.t.Helper()
		v := b.s.View()
		p := kiosk.Press{Seq: v.Seq, Do: do, Values: map[string]secret.Text{key: secret.NewText(value)}}
		if !v.Sends(p) || !slices.ContainsFunc(v.Fields, func(f kiosk.Field) bool { return f.Key == key }) {
			b.t.Fatalf("%s of %s cannot be sent on %s: %v", key, do, word(v), v.Buttons)
		}
		b.do(kiosk.Pressed{Press: p})
	}
}

var (
	// toMenu is a visit of someone who wants something else than to check in.
	toMenu = with(toConfirm, press("more", ""))
	// toOffer is one of someone who asked for a code card, and may have one.
	toOffer  = with(toMenu, press("codecard", ""), typing(3, nil), made(codecard.Account{}))
	toPrint  = with(toOffer, press("make-card", ""), made(codecard.Reserved{Number: 17, New: true}))
	toType   = with(toPrint, made(codecard.Paper{Held: true}), made(codecard.Paper{Outcome: printer.Taken}))
	toSlip   = with(toType, types("code", "code", kiosktest.Code), made(codecard.Checked{Right: true}))
	toIssue  = with(toSlip, made(codecard.Paper{Held: true}), made(codecard.Paper{Outcome: printer.Taken}))
	toActive = with(toIssue, made(codecard.Kept{}))
)

const (
	toOffered = "reading fetching confirm more holder pin holder code-new"
	toTyped   = toOffered + " holder code-print code-take code-back"
	toIssued  = toTyped + " holder slip-print slip-take holder"
	holderAsk = "ReadCard Fetch PrepareHolder ProveHolder ForCard"
)

func codeCards() []visit {
	list := []visit{{
		name: "a code card, for the first time",
		acts: []act{toActive, made(codecard.Active{Delivered: true}), remove, pass(25 * time.Second)},
		seen: toIssued + " code-issued welcome", asked: holderAsk + " ForCard ForCard ForCard ForCard ForCard ForCard ForCard ForCard Forget",
		checked: func(t *testing.T, b *booth) {
			for _, v := range b.views {
				if v.Asks == "code-back" && (v.Number != 17 || len(v.Fields) != 1 || !v.Fields[0].Masked) {
					t.Errorf("asks for code %d, in %+v", v.Number, v.Fields)
				}
			}
		},
	}, {
		name: "a code card in place of another, on a printer without a mouth, from a day without appointments",
		acts: []act{insert, read, fetched(), press("more", ""), press("codecard", ""), typing(3, nil), made(codecard.Account{Exists: true, HasCard: true}),
			press("make-card", ""), made(codecard.Reserved{Number: 3}), made(codecard.Paper{Outcome: printer.Confirmed}),
			types("code", "code", "1"), made(codecard.Checked{}), types("code", "code", kiosktest.Code), made(codecard.Checked{Right: true}), made(codecard.Kept{}), pass(10 * time.Second)},
		seen:  "reading fetching no-appointments more holder pin holder code-replace holder code-print code-back holder code-back holder code-issued-soon",
		asked: holderAsk + " ForCard ForCard ForCard ForCard ForCard ForCard",
		checked: func(t *testing.T, b *booth) {
			last := b.views[len(b.views)-4]
			if last.Asks != "code-back" || last.Fields[0].Wrong != "field.code-wrong" {
				t.Errorf("after a wrong code: %+v", last.Fields)
			}
		},
	}, {
		name: "a code card that is not wanted after all, and one's appointments in its place, without another PIN",
		acts: []act{toMenu, press("codecard", ""), typing(3, nil), made(codecard.Account{Exists: true}), press("back", ""), press("later", ""), laterBrings(in(24))},
		seen: "reading fetching confirm more holder pin holder code-more confirm holder later", asked: holderAsk + " FetchLater",
	}, {
		name: "a code card, and the proof of the holder is too old", acts: []act{toOffer, press("back", ""), pass(55 * time.Second), press("help", ""), press("back", ""), pass(55 * time.Second), press("help", ""), press("back", ""),
			pass(55 * time.Second), press("more", ""), pass(55 * time.Second), press("back", ""), pass(55 * time.Second), press("more", ""), pass(55 * time.Second), press("back", ""), pass(55 * time.Second), press("more", ""),
			pass(55 * time.Second), press("back", ""), pass(55 * time.Second), press("more", ""), press("codecard", "")},
		asked: holderAsk + " PrepareHolder", seen: "*",
	}, {
		name: "a child wants a code card", acts: []act{insert, reads(child), fetched(1), press("more", ""), press("codecard", "")},
		seen: "reading fetching confirm more under-15", asked: "ReadCard Fetch",
	}, {
		name: "a code card, and the card is pulled when it is offered", acts: []act{toOffer, remove, pass(25 * time.Second)},
		seen: toOffered + " code-pulled welcome", asked: holderAsk + " Forget Forget",
	}, {
		name: "a code card, and the card is pulled while it is kept", acts: []act{toIssue, remove, made(codecard.Kept{}), made(codecard.Active{Delivered: true})},
		seen: toIssued + " code-issued", asked: holderAsk + " ForCard ForCard ForCard ForCard ForCard ForCard ForCard ForCard",
	}, {
		name: "a code card in German", acts: []act{press("language", "de"), toPrint},
		seen: toOffered + " holder code-print", asked: holderAsk + " ForCard ForCard",
		checked: func(t *testing.T, b *booth) {
			if got := b.effects[len(b.effects)-1].(kiosk.ForCard).Of.Language; got != "de" {
				t.Errorf("it is printed in %s", got)
			}
		},
	}}
	for _, c := range []struct {
		name string
		acts act
		in   act
		seen string
		end  string
	}{
		{"the portal is away", with(toMenu, press("codecard", ""), typing(3, nil)), made(codecard.Account{Err: codecard.ErrAway}), "reading fetching confirm more holder pin holder", "away"},
		{"the portal does not answer", with(toMenu, press("codecard", ""), typing(3, nil)), pass(15 * time.Second), "reading fetching confirm more holder pin holder", "away"},
		{"not a patient", with(toMenu, press("codecard", ""), typing(3, nil)), made(codecard.Account{Err: codecard.ErrUnknown}), "reading fetching confirm more holder pin holder", "unknown"},
		{"refused", with(toMenu, press("codecard", ""), typing(3, nil)), made(codecard.Account{Err: codecard.ErrRefused}), "reading fetching confirm more holder pin holder", "refused"},
		{"locked", with(toMenu, press("codecard", ""), typing(3, nil)), made(codecard.Account{Locked: true}), "reading fetching confirm more holder pin holder", "locked"},
		{"dead", with(toMenu, press("codecard", ""), typing(3, nil)), made(codecard.Account{Deceased: true}), "reading fetching confirm more holder pin holder", "desk"},
		{"walked away from the offer", toOffer, pass(time.Minute), toOffered + " code-new?", "left"},
		{"no paper", toPrint, made(codecard.Paper{Outcome: printer.NotSent}), toOffered + " holder code-print", "unprinted"},
		{"nobody knows", toPrint, pass(90 * time.Second), toOffered + " holder code-print", "doubtful"},
		{"nobody takes it", with(toPrint, made(codecard.Paper{Held: true})), made(codecard.Paper{Outcome: printer.Retracted}), toOffered + " holder code-print code-take", "retracted"},
		{"stopped with the card in hand", toType, press("stop", ""), toTyped, "stopped"},
		{"cannot be read", toType, press("cannot-read", ""), toTyped, "illegible"},
		{"walked away with it", toType, pass(2 * time.Minute), toTyped + " code-back?", "left"},
		{"wrong three times", with(toType, wrongCode, wrongCode), wrongCode, toTyped + " holder code-back holder code-back holder", "wrong"},
		{"not kept", toIssue, made(codecard.Kept{Err: errFull}), toIssued, "unkept"},
		{"refused for good", toActive, made(codecard.Active{Refused: true}), toIssued, "refused"},
	} {
		list = append(list, visit{name: "a code card: " + c.name, acts: []act{c.acts, c.in}, seen: c.seen + " code-" + c.end, asked: "*"})
	}
	return list
}

var wrongCode = with(types("code", "code", "AAAAAA"), made(codecard.Checked{}))

// TestACodeCardAnyWay: wherever a visit ends after a card was reserved, it is issued or
// void, and the notice says so.
func TestACodeCardAnyWay(t *testing.T) {
	for _, v := range codeCards() {
		b := v.play(t)
		issued, void, reserved := false, false, false
		for _, e := range b.effects {
			if e, ok := e.(kiosk.ForCard); ok {
				switch e.Do.(type) {
				case codecard.Reserve:
					reserved = true
				case codecard.Issue:
					issued = true
				case codecard.Void:
					void = true
					if e.Of.Proof.Identity.Len() > 0 {
						t.Errorf("%s: what is void tells whose it was", v.name)
					}
				}
			}
		}
		if ended := b.s.Visit.Stage != kiosk.Making; ended && reserved && !issued && !void {
			t.Errorf("%s: neither issued nor void", v.name)
		}
	}
}

// TestCodeCardSwitchedOff: where the hospital wants none, or the booth cannot make any.
func TestCodeCardSwitchedOff(t *testing.T) {
	for _, hang := range []func(*kiosk.Settings){
		func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitCodeCard} },
		func(s *kiosk.Settings) { s.CodeCards = false },
	} {
		b := visit{hang: hang, acts: []act{toMenu}}.play(t)
		if b.s.View().Offers(kiosk.Press{Do: "codecard"}) {
			t.Error("it is offered")
		}
	}
}

// TestRunMakesACodeCard goes the whole way with parts that run.
func TestRunMakesACodeCard(t *testing.T) {
	made := &kiosktest.CodeCards{}
	inBubble(t, func(_ *kiosk.Settings, p *kiosk.Parts) { p.CodeCards = made }, func(r *running) {
		grown := kiosktest.Record()
		grown.Identity.BirthDate = secret.NewText("1965-03-04") // the bubble begins in 2000
		r.cards.Insert("left", kiosktest.Card{Record: grown})
		r.pass(3 * time.Second)
		for _, do := range []string{"more", "codecard", "pin", "make-card"} {
			r.kiosk.Press(kiosk.Press{Seq: r.view().Seq, Do: do})
			r.pass(3 * time.Second)
		}
		r.kiosk.Press(kiosk.Press{Seq: r.view().Seq, Do: "code", Values: map[string]secret.Text{"code": secret.NewText(kiosktest.Code)}})
		r.pass(3 * time.Second)
		r.sees("code-issued")
		if n := len(made.Done()); n != 7 {
			t.Errorf("%d things were done", n)
		}
	})
}
