package conformance

import (
	"strings"

	"github.com/google/uuid"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

func actionChecks() []Check {
	return []Check{
		{"an id and a counter are taken once", takenOnce},
		{"what does not open, or is of no known type or key, is refused by itself", notOpened},
	}
}

func takenOnce(r *run) error {
	void := portal.CardVoid{Card: strings.ToUpper(unique()), Reason: "restart"}
	first, err := r.one.action(portal.TypeCardVoid, r.one.now(), void)
	r.tell(r.one, "an action", first, err, "accepted")
	r.tell(r.one, "the same", first, err, "duplicate")
	r.tell(r.two, "the same of another kiosk", first, err, "refused id-reused")
	other := first
	other.OccurredAt = other.OccurredAt.Add(hour)
	r.tell(r.one, "the same id with another time", other, nil, "refused id-reused")
	r.one.counter--
	again, err := r.one.action(portal.TypeCardVoid, r.one.now(), void)
	r.tell(r.one, "the same counter", again, err, "refused counter-reused")
	if s, err := r.one.Self(r.ctx); err != nil || s.LastCounter != first.Counter {
		r.wrong("the highest counter is %d, not %d: %v", s.LastCounter, first.Counter, err)
	}
	return nil
}

func notOpened(r *run) error {
	void := portal.CardVoid{Card: strings.ToUpper(unique()), Reason: "restart"}
	var batch []api.Action
	var want []string
	for _, c := range []struct {
		want  string
		spoil func(*api.Action)
	}{
		{"unknown-type", func(a *api.Action) { a.Type = "launch" }},
		{"unknown-key", func(a *api.Action) { a.KeyId = "of-nobody" }},
		{"does-not-open", func(a *api.Action) { a.Id = uuid.New() }},
		{"does-not-open", func(a *api.Action) { a.Counter++; r.one.counter++ }},
		{"does-not-open", func(a *api.Action) { a.Type = portal.TypeCardBlocked }},
		{"does-not-open", func(a *api.Action) { a.Sealed[len(a.Sealed)-1] ^= 1 }},
		{"", func(*api.Action) {}},
	} {
		a, err := r.one.action(portal.TypeCardVoid, r.one.now(), void)
		if err != nil {
			return err
		}
		c.spoil(&a)
		batch, want = append(batch, a), append(want, c.want)
	}
	results, err := r.one.Send(r.ctx, batch)
	if err != nil || len(results) != len(batch) {
		r.wrong("%d results of %d, %v", len(results), len(batch), err)
		return nil
	}
	for i, result := range results {
		if result.Id != batch[i].Id || result.Code != want[i] {
			r.wrong("action %d: %s, not %s", i+1, result.Code, want[i])
		}
	}
	return nil
}
