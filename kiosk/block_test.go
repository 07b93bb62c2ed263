package kiosk_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/printer"
)

// enters presses a button that sends several things that were typed.
func enters(do string, pairs ...string) act {
	return func(b *booth) {
		b.t.Helper()
		v := b.s.View()
		p := kiosk.Press{Seq: v.Seq, Do: do, Values: map[string]secret.Text{}}
		for i := 0; i < len(pairs); i += 2 {
			p.Values[pairs[i]] = secret.NewText(pairs[i+1])
		}
		if !v.Sends(p) || len(v.Fields) != len(p.Values) {
			b.t.Fatalf("%s cannot be sent on %s with %d fields", do, word(v), len(v.Fields))
		}
		b.do(kiosk.Pressed{Press: p})
	}
}

func kept(err error) act {
	return func(b *booth) {
		b.do(kiosk.BlockKept{Visit: answer[kiosk.CommitBlock](b).Visit, Err: err})
	}
}

var (
	byName     = with(press("block", ""), press("block-by", "name"))
	blockTyped = with(byName, enters("block-now", "user", "84051799897"), enters("block-now", "birth", "17/05/1984"))
)

func blocks() []visit {
	const toNamed = "block-by block-name block-birth"
	list := []visit{{
		name: "a code card is blocked by its holder, who takes a slip",
		acts: []act{toMenu, press("block", ""), press("block-now", ""), kept(nil), delivered(true), press("print", ""), slipDone(printer.Confirmed), remove},
		seen: "reading fetching confirm more block block-done", asked: "ReadCard Fetch CommitBlock AwaitDelivery PrintSlip",
		checked: func(t *testing.T, b *booth) {
			if c := blockOf(t, b); c.Proof.Identity.Len() == 0 || !c.UserName.Empty() {
				t.Error("it is not told whose card is to be blocked")
			}
			if v := b.s.View(); v.Slip != "slip-printed" || !v.Person.Empty() {
				t.Errorf("the slip: %q", v.Slip)
			}
		},
	}, {
		name: "a code card is blocked, and the identity card goes meanwhile",
		acts: []act{toMenu, press("block", ""), press("block-now", ""), remove, kept(nil), delivered(true), pass(25 * time.Second)},
		seen: "reading fetching confirm more block block-done welcome", asked: "ReadCard Fetch CommitBlock AwaitDelivery Forget",
	}, {
		name: "a code card is blocked while the portal is away",
		acts: []act{insert, read, fetchFails(kiosk.ErrPortalAway), press("more", ""), press("block", ""), press("block-now", ""), kept(nil), pass(5 * time.Second)},
		seen: "reading fetching portal-away more block block-queued", asked: "ReadCard Fetch CommitBlock AwaitDelivery",
	}, {
		name: "a code card is not blocked after all", acts: []act{toMenu, press("block", ""), press("back", "")},
		seen: "reading fetching confirm more block confirm", asked: "ReadCard Fetch",
	}, {
		name: "blocked by user name and birth date", acts: []act{blockTyped, kept(nil), delivered(true), pass(45 * time.Second)},
		seen: toNamed + " block block-typed welcome", asked: "CommitBlock AwaitDelivery Forget",
		checked: func(t *testing.T, b *booth) {
			if c := blockOf(t, b); c.UserName.Reveal() != "84051799897" || c.Birth.Reveal() != "1984-05-17" || c.Proof.Identity.Len() > 0 {
				t.Error("something else is to be blocked than was typed")
			}
		},
	}, {
		name: "blocked by number", acts: []act{press("block", ""), press("block-by", "number"), enters("block-now", "number", "7KQ2-XW9M-3ABC"), kept(nil), delivered(true)},
		seen: "block-by block-number block block-typed", asked: "CommitBlock AwaitDelivery",
	}, {
		name: "what cannot be is asked anew", acts: []act{
			byName, enters("block-now", "user", "123"), enters("block-now", "user", "84051799897"), enters("block-now", "birth", "31/02/1984"), enters("block-now", "birth", ""),
			press("block-by", "by"), press("block-by", "number"), enters("block-now", "number", "7KQ2"), press("stop", ""),
		},
		seen: toNamed + " block-by block-number welcome", asked: "Forget",
		checked: func(t *testing.T, b *booth) {
			var wrong []string
			for _, v := range b.views {
				for _, f := range v.Fields {
					if f.Wrong != "" {
						wrong = append(wrong, f.Wrong)
					}
				}
			}
			if want := []string{"field.user-wrong", "field.birth-wrong", "field.birth-wrong", "field.number-wrong"}; !reflect.DeepEqual(wrong, want) {
				t.Errorf("wrong were %v", wrong)
			}
		},
	}, {
		name: "an identity card is put in meanwhile", acts: []act{byName, toConfirm},
		seen: "block-by block-name reading fetching confirm", asked: "Forget ReadCard Fetch",
	}, {
		name: "somebody tries out numbers", acts: []act{tries, tries, tries, tries, tries, blockTyped, press("stop", ""), pass(10 * time.Minute), blockTyped},
		seen: "*", asked: "*",
		checked: func(t *testing.T, b *booth) {
			n := 0
			for _, e := range b.effects {
				if _, is := e.(kiosk.CommitBlock); is {
					n++
				}
			}
			waits := false
			for _, v := range b.views {
				waits = waits || v.Notice == "block-wait"
			}
			if n != 6 || !waits {
				t.Errorf("%d blocks, told to wait: %v", n, waits)
			}
		},
	}}
	for _, c := range []struct {
		name string
		in   act
		end  string
	}{
		{"the disk is full", kept(errFull), "block-failed"},
		{"the disk does not answer", pass(25 * time.Second), "block-failed"},
		{"the portal refuses it", with(kept(nil), refusedForGood), "block-failed"},
		{"the portal is slow", with(kept(nil), delivered(false)), "block-queued"},
	} {
		list = append(list, visit{name: "blocked: " + c.name, acts: []act{blockTyped, c.in}, seen: toNamed + " block " + c.end, asked: "*"})
	}
	return append(list, visit{
		name: "a child wants to block", acts: []act{insert, reads(child), fetched(1), press("more", ""), press("block", "")},
		seen: "reading fetching confirm more under-15", asked: "ReadCard Fetch",
	})
}

// tries is one block of something that was typed, and the way back.
var tries = with(blockTyped, kept(nil), delivered(true), press("stop", ""))

func slipDone(o printer.Outcome) act {
	return func(b *booth) {
		b.do(kiosk.SlipDone{Visit: answer[kiosk.PrintSlip](b).Visit, Result: printer.Result{Outcome: o}})
	}
}

func blockOf(t *testing.T, b *booth) kiosk.Block {
	t.Helper()
	for _, e := range b.effects {
		if c, ok := e.(kiosk.CommitBlock); ok {
			return c.Block
		}
	}
	t.Fatal("nothing is blocked")
	return kiosk.Block{}
}

// TestBlockAnswersAlike: what was typed has the same screens and the same words, whoever
// it is of.
func TestBlockAnswersAlike(t *testing.T) {
	seen := func(user string) string {
		b := visit{acts: []act{byName, enters("block-now", "user", user), enters("block-now", "birth", "17/05/1984"), kept(nil), delivered(true)}}.play(t)
		return fmt.Sprintf("%s %+v", b.trail(), b.s.View())
	}
	if a, b := seen("84051799897"), seen("E0000000001"); a != b {
		t.Errorf("one is told\n%s\nthe other\n%s", a, b)
	}
	if b := (visit{hang: func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitBlock} }}).play(t); b.s.View().Offers(kiosk.Press{Do: "block"}) {
		t.Error("it is offered where the hospital does not want it")
	}
}
