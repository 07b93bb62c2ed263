package reference_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
)

// A link ends by itself at midnight in Brussels before the 15th birthday, which of 29
// February is 1 March.
func TestALinkEndsByItself(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.set(time.Date(2027, 2, 27, 9, 0, 0, 0, time.UTC))
		target := r.target()
		parent := conformance.People()[0]
		must(t, r.portal.Admit(t.Context(), []reference.Patient{{Number: secret.NewText(number), Birth: secret.NewText("2012-02-29")}}, nil))
		client, err := target.Kiosk.Open()
		must(t, err)
		defer client.Close()
		link := func(counter uint64) (id, got string) {
			id = uuid.NewString()
			mother, child := born(parent.Number, parent.Birth, "good"), born(number, "2012-02-29", "good")
			shift, err := portal.NewShift(target.Clerk, "K1", r.now().Add(-time.Hour), r.now().Add(time.Hour))
			must(t, err)
			shift.ByBadge(target.Badge())
			a, err := shift.Attest(portal.Statement{
				Purpose: portal.TypeLink, At: r.now(), Matter: id, Patient: portal.Named{Card: &mother}, Child: portal.Named{Card: &child}, Authority: true,
			})
			must(t, err)
			return id, r.tell(client, "K1", counter, portal.TypeLink, portal.Link{ID: id, Parent: &mother, Child: &child, Attested: a, ClockKnown: true})
		}
		id, got := link(1)
		if got != "accepted" {
			t.Fatal(got)
		}
		for at, want := range map[string]api.LinkStatusState{
			"2027-02-28T22:59:00Z": api.LinkActive, "2027-02-28T23:01:00Z": api.LinkEnded, "2027-03-01T12:00:00Z": api.LinkEnded,
		} {
			now, err := time.Parse(time.RFC3339, at)
			must(t, err)
			r.set(now)
			if l, err := client.Link(t.Context(), id); err != nil || l.State != want || l.EndsOn.Format(time.DateOnly) != "2027-03-01" {
				t.Errorf("at %s: %+v, %v", at, l, err)
			}
		}
		r.set(time.Date(2027, 2, 28, 22, 59, 0, 0, time.UTC))
		if _, got := link(2); got != "accepted" {
			t.Errorf("a minute before: %s", got)
		}
		r.set(time.Date(2027, 2, 28, 23, 0, 0, 0, time.UTC))
		if _, got := link(3); got != "refused not-under-15" {
			t.Errorf("on the day: %s", got)
		}
	})
}

// tie is a link or an unlink of one pair, at one of two kiosks.
type tie struct {
	unlink bool
	kiosk  int
	after  int // minutes since the one before
	late   int // place in the order of arrival
}

// Whatever the order of arrival, a link that an unlink was asked for after is never
// there in the end, and one that was asked for after all of them by a quarter of an
// hour always is.
func TestLateLinksNeverUndo(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, dir, dir+"/portal.db", "")
	target := r.target()
	mother := conformance.People()[0]
	clients, counters := []*portal.Client{}, []uint64{0, 0}
	for _, k := range []conformance.Kiosk{target.Kiosk, target.Other} {
		client, err := k.Open()
		must(t, err)
		t.Cleanup(client.Close)
		clients = append(clients, client)
	}
	children := 0
	rapid.Check(t, func(rt *rapid.T) {
		ties := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tie {
			return tie{
				rapid.Bool().Draw(t, "unlink"), rapid.IntRange(0, 1).Draw(t, "kiosk"), rapid.SampledFrom([]int{0, 1, 15}).Draw(t, "after"), rapid.IntRange(0, 9).Draw(t, "late"),
			}
		}), 1, 5).Draw(rt, "ties")
		children++
		child := reference.Patient{Number: secret.NewText(fmt.Sprintf("%011d", children)), Birth: secret.NewText("2020-01-01")}
		if err := r.portal.Admit(t.Context(), []reference.Patient{child}, nil); err != nil {
			rt.Fatal(err)
		}
		at, ids := r.now(), make([]string, len(ties))
		arriving := map[int][]int{}
		actions := make([]api.Action, len(ties))
		for i, tie := range ties {
			at = at.Add(time.Duration(tie.after) * time.Minute)
			counters[tie.kiosk]++
			ids[i] = uuid.NewString()
			actions[i] = r.tied(rt, target, tie, ids[i], counters[tie.kiosk], at, born(mother.Number, mother.Birth, "good"), born(child.Number.Reveal(), "2020-01-01", "good"))
			arriving[tie.late] = append(arriving[tie.late], i)
		}
		r.set(at.Add(time.Hour))
		for late := range 10 {
			for _, i := range arriving[late] {
				sent(t, clients[ties[i].kiosk], actions[i])
			}
		}
		for i, tie := range ties {
			if tie.unlink {
				continue
			}
			l, err := clients[tie.kiosk].Link(t.Context(), ids[i])
			active := err == nil && l.State == api.LinkActive
			must, never := outcomes(ties, actions, i)
			if active && never || !active && must {
				rt.Fatalf("%+v: link %d is active: %v", ties, i, active)
			}
		}
	})
}

// outcomes is whether a link must be there in the end, and whether it never may.
func outcomes(ties []tie, actions []api.Action, link int) (must, never bool) {
	must = true
	for i, other := range ties {
		if !other.unlink {
			continue
		}
		if i > link {
			must, never = false, true
		} else if other.kiosk != ties[link].kiosk && actions[link].OccurredAt.Sub(actions[i].OccurredAt) < 15*time.Minute {
			must = false // in doubt
		}
	}
	return must, never
}

// tied seals a link or an unlink.
func (r *rig) tied(rt *rapid.T, target conformance.Target, t tie, id string, counter uint64, at time.Time, mother, child portal.Proof) api.Action {
	kiosk := []string{"K1", "K2"}[t.kiosk]
	shift, err := portal.NewShift(target.Clerk, kiosk, at.Add(-time.Hour), at.Add(time.Hour))
	if err != nil {
		rt.Fatal(err)
	}
	shift.ByBadge(target.Badge())
	st := portal.Statement{Purpose: portal.TypeLink, At: at, Matter: id, Patient: portal.Named{Card: &mother}, Child: portal.Named{Card: &child}, Authority: true}
	if t.unlink {
		st.Purpose, st.Matter, st.Authority = portal.TypeUnlink, "", false
	}
	a, err := shift.Attest(st)
	if err != nil {
		rt.Fatal(err)
	}
	body, err := portal.Link{ID: id, Parent: &mother, Child: &child, Attested: a, ClockKnown: true}.Body()
	if t.unlink {
		body, err = portal.Unlink{Parent: &mother, Child: &child, Attested: a, ClockKnown: true}.Body()
	}
	if err != nil {
		rt.Fatal(err)
	}
	sealed := r.sealAs(st.Purpose, kiosk, counter, body)
	sealed.OccurredAt = at
	return sealed
}
