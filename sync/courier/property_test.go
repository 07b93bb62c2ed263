package courier_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/sync/outbox"
	"balie/sync/portal/api"
)

// act is one thing that happens in a life of a booth.
type act struct {
	kind     string
	key      string
	priority int
	wait     time.Duration
}

// life is drawn by rapid before the clock of a bubble runs.
type life struct {
	acts    []act
	answers []string // of the portal, one for each batch; then it is well again
	seed    uint64
}

func draw(t *rapid.T) life {
	acts := rapid.Custom(func(t *rapid.T) act {
		return act{
			kind:     rapid.SampledFrom([]string{"add", "add", "add", "add", "wait", "restart", "try"}).Draw(t, "kind"),
			key:      rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "key"),
			priority: rapid.SampledFrom([]int{0, 0, 0, 100}).Draw(t, "priority"),
			wait:     time.Duration(rapid.IntRange(1, 400).Draw(t, "wait")) * time.Second,
		}
	})
	return life{
		acts: rapid.SliceOfN(acts, 1, 25).Draw(t, "acts"),
		answers: rapid.SliceOfN(rapid.SampledFrom([]string{
			"well", "well", "lost before", "lost after", "lost halfway", "503", "410", "bad-request", "none", "mixed", "mixed", "shuffled", "alien",
		}), 0, 40).Draw(t, "answers"),
		seed: rapid.Uint64().Draw(t, "seed"),
	}
}

// fate answers as a life says.
type fate struct {
	answers []string
	random  *rand.Rand
	refused map[uuid.UUID]bool // for good
}

func (f *fate) handle(d *double, actions []api.Action) ([]api.ActionResult, error) {
	answer := "well"
	if len(f.answers) > 0 {
		answer, f.answers = f.answers[0], f.answers[1:]
	}
	switch answer {
	case "lost before":
		return nil, errAway
	case "lost after":
		f.all(d, actions)
		return nil, errAway
	case "lost halfway":
		f.all(d, actions[:len(actions)/2])
		return nil, errAway
	case "503":
		return says(503, "unavailable", 20*time.Second)(d, actions)
	case "410":
		return says(410, "kiosk-stopped", 0)(d, actions)
	case "bad-request":
		return says(400, "bad-request", 0)(d, actions)
	case "none":
		f.all(d, actions)
		return nil, nil
	case "mixed":
		return f.mixed(d, actions), nil
	case "shuffled":
		results := f.all(d, actions)
		f.random.Shuffle(len(results), func(i, j int) { results[i], results[j] = results[j], results[i] })
		return results[:f.random.IntN(len(results)+1)], nil
	case "alien":
		return append(f.all(d, actions), api.ActionResult{Id: uuid.New(), Status: api.Refused}), nil
	}
	return f.all(d, actions), nil
}

// one takes an action, unless it was refused before: that is for good.
func (f *fate) one(d *double, a api.Action) api.ActionResult {
	if f.refused[a.Id] {
		return api.ActionResult{Id: a.Id, Status: api.Refused, Code: "patient-unknown"}
	}
	return d.take(a)
}

func (f *fate) all(d *double, actions []api.Action) (results []api.ActionResult) {
	for _, a := range actions {
		results = append(results, f.one(d, a))
	}
	return results
}

// mixed handles each action in a way of its own.
func (f *fate) mixed(d *double, actions []api.Action) (results []api.ActionResult) {
	for _, a := range actions {
		switch f.random.IntN(5) {
		case 0:
			results = append(results, api.ActionResult{Id: a.Id, Status: api.Retry, Code: "busy", RetryAfter: f.random.IntN(100)})
		case 1:
			if !slices.ContainsFunc(d.effects, func(e api.Action) bool { return e.Id == a.Id }) {
				f.refused[a.Id] = true
			}
			results = append(results, f.one(d, a))
		case 2:
			results = append(results, api.ActionResult{Id: a.Id, Status: api.ActionResultStatus("perhaps")})
		default:
			results = append(results, f.one(d, a))
		}
	}
	return results
}

// play plays a life out and then lets a day go by with the portal well.
func (l life) play(t *testing.T, dir string) error {
	b := newBooth(t, dir)
	defer b.close()
	random := rand.New(rand.NewPCG(l.seed, 1))
	b.jitter = func(limit time.Duration) time.Duration { return 1 + time.Duration(random.Int64N(int64(limit))) }
	f := &fate{answers: l.answers, random: rand.New(rand.NewPCG(l.seed, 2)), refused: map[uuid.UUID]bool{}}
	b.portal.answer(f.handle)
	b.start()
	appended := map[uuid.UUID]act{}
	for _, a := range l.acts {
		switch a.kind {
		case "add":
			appended[b.add(a.key, a.priority)] = a
		case "wait":
			later(a.wait)
		case "restart": // in the middle of whatever it does
			b.close()
			b.open()
			b.start()
		case "try":
			b.courier.Try()
		}
	}
	later(24 * time.Hour)
	return errors.Join(b.once(appended, f), b.inOrder(appended))
}

// once tells where an action is not, or not once, where it should be.
func (b *booth) once(appended map[uuid.UUID]act, f *fate) error {
	b.opens()
	if len(b.portal.effects)+len(f.refused) != len(appended) {
		return fmt.Errorf("%d appended, %d arrived, %d refused", len(appended), len(b.portal.effects), len(f.refused))
	}
	for id := range appended {
		want := outbox.Acknowledged
		if f.refused[id] {
			want = outbox.Parked
		}
		if row := b.show(id); row.State != want {
			return fmt.Errorf("action %d is %s, want %s", row.Counter, row.State, want)
		}
	}
	return nil
}

// inOrder tells where an action arrived before an older one of its key that is as
// urgent. In a batch the more urgent ones come first.
func (b *booth) inOrder(appended map[uuid.UUID]act) error {
	for i, late := range b.portal.effects {
		for _, early := range b.portal.effects[:i] {
			x, y := appended[early.Id], appended[late.Id]
			if x.key != "" && x.key == y.key && early.Counter > late.Counter && y.priority >= x.priority {
				return fmt.Errorf("action %d arrived before %d, both of %q", early.Counter, late.Counter, x.key)
			}
		}
	}
	return nil
}

// Whatever the portal answers, whatever is lost on the way and whenever the booth
// restarts: every action has its effect once or is parked, in the order of its key.
func TestEveryActionArrivesOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l, dir := draw(r), t.TempDir()
		var err error
		synctest.Test(t, func(t *testing.T) { err = l.play(t, dir) })
		if err != nil {
			r.Fatal(err)
		}
	})
}

// The property must be able to fail: a courier that takes a batch that was lost for
// delivered loses actions, and the test sees it.
func TestThePropertyCanFail(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t, dir)
		defer b.close()
		a := act{kind: "add", key: "a"}
		first, second := b.add("a", 0), b.add("a", 0)
		appended := map[uuid.UUID]act{first: a, second: a}
		if b.once(appended, &fate{}) == nil {
			t.Error("nothing arrived, and that was well")
		}
		list, err := b.Next(t.Context(), 2)
		must(t, err)
		must(t, b.Acknowledge(t.Context(), first))
		more, err := b.Next(t.Context(), 2)
		must(t, err)
		for _, s := range append(more, list...) {
			b.portal.take(api.Action{Id: s.ID, Counter: s.Counter, Type: s.Type, Sealed: s.Body})
		}
		if b.inOrder(appended) == nil {
			t.Error("the second arrived before the first, and that was well")
		}
	})
}
