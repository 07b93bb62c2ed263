// Package conformance holds a portal against what openapi.yaml and docs/portal.md say,
// from outside: over HTTP, as two kiosks with cards of a test root. It puts nothing
// into the portal beforehand and reads nothing but its answers, so a hospital can run
// it against a test system of its own; the reference portal's tests run it too.
//
// It may run again and again against the same portal. What it leaves behind is of
// invented people ([People]): check-ins, cards, links.
package conformance

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// Cards makes cards of invented people under a root that the portal believes.
type Cards interface {
	// Card is what the card of someone gives.
	Card(p Person) (portal.Proof, error)
	// Forged is such a card that the national register did not sign.
	Forged(p Person) (portal.Proof, error)
	// Holder is what it gives besides after the PIN, for a challenge.
	Holder(p Person, challenge []byte) (portal.Proof, portal.HolderProof, error)
}

// Kiosk is one that the portal has enrolled, in whatever way it proves itself.
type Kiosk struct {
	ID   string
	Root ed25519.PublicKey              // of the portal, pinned
	Open func() (*portal.Client, error) // a client, which the suite closes
	Send http.RoundTripper              // calls made by hand, as this kiosk
}

// Target is a portal, and what it is asked with.
type Target struct {
	URL   string
	TLS   *tls.Config // of whoever is no kiosk; nil: the system's roots
	Kiosk Kiosk
	Other Kiosk               // another one
	Clerk string              // on the staff list
	Badge func() secret.Bytes // of that clerk
	Cards Cards
}

// Check is one thing that a portal must do.
type Check struct {
	Name string
	do   func(*run) error
}

// Checks are all of them, in the order in which they are run.
func Checks() []Check {
	var all []Check
	for _, some := range [][]Check{callChecks(), actionChecks(), lookupChecks(), cardChecks(), linkChecks(), deskChecks()} {
		all = append(all, some...)
	}
	return all
}

// Result is what became of a check: nil is good.
type Result struct {
	Name string
	Err  error
}

// Run runs the checks one after the other, and tells each as it ends.
func Run(ctx context.Context, t Target, tell func(Result)) error {
	for _, c := range Checks() {
		err := c.Run(ctx, t)
		tell(Result{Name: c.Name, Err: err})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Run runs one check.
func (c Check) Run(ctx context.Context, t Target) (err error) {
	r := &run{ctx: ctx, t: t, outside: &http.Transport{TLSClientConfig: t.TLS}}
	defer r.close()
	if r.one, err = r.open(t.Kiosk); err != nil {
		return err
	}
	if r.two, err = r.open(t.Other); err != nil {
		return err
	}
	return errors.Join(c.do(r), errors.Join(r.errs...))
}

// run is a check that runs.
type run struct {
	ctx      context.Context //nolint:containedctx // of one call of Run
	t        Target
	one, two *booth
	outside  *http.Transport // of who is no kiosk
	errs     []error
}

// booth is one of the two kiosks.
type booth struct {
	*portal.Client
	kiosk   string
	send    http.RoundTripper
	key     seal.Key
	counter uint64
	ahead   time.Duration // the portal's clock
}

func (r *run) open(k Kiosk) (*booth, error) {
	client, err := k.Open()
	if err != nil {
		return nil, err
	}
	b := &booth{Client: client, kiosk: k.ID, send: k.Send}
	self, err := client.Self(r.ctx)
	if err != nil {
		return nil, fmt.Errorf("kiosk %s is not let in: %w", k.ID, err)
	}
	keys, err := self.Keys.Verify(k.Root)
	if err != nil {
		return nil, fmt.Errorf("the portal's keys: %w", err)
	}
	health, err := client.Health(r.ctx)
	if err != nil {
		return nil, err
	}
	b.key, b.counter, b.ahead = keys.Keys[0], self.LastCounter, time.Until(health.Time)
	return b, nil
}

func (r *run) close() {
	r.outside.CloseIdleConnections()
	for _, b := range []*booth{r.one, r.two} {
		if b != nil {
			b.Close()
		}
	}
}

// now is the portal's clock.
func (b *booth) now() time.Time { return time.Now().Add(b.ahead) }

// wrong notes what is not so; the check goes on.
func (r *run) wrong(format string, args ...any) { r.errs = append(r.errs, fmt.Errorf(format, args...)) }

// body is what an action says.
type body interface{ Body() ([]byte, error) }

// action seals what was done at some time.
func (b *booth) action(kind string, at time.Time, what body) (api.Action, error) {
	plain, err := what.Body()
	if err != nil {
		return api.Action{}, err
	}
	b.counter++
	id, err := uuid.NewV7()
	if err != nil {
		return api.Action{}, err
	}
	sealed, err := b.key.Seal(seal.Context{Kiosk: b.kiosk, Action: id.String(), Counter: b.counter, Type: kind}, plain)
	return api.Action{Id: id, Counter: b.counter, Type: kind, OccurredAt: at, Test: true, KeyId: b.key.ID, Sealed: sealed}, err
}

// tell sends an action and wants a result, written as the status and the code.
func (r *run) tell(b *booth, what string, a api.Action, err error, want string) {
	if err != nil {
		r.wrong("%s: %w", what, err)
		return
	}
	results, err := b.Send(r.ctx, []api.Action{a})
	if err != nil || len(results) != 1 || results[0].Id != a.Id {
		r.wrong("%s: %d results, %w", what, len(results), err)
		return
	}
	got := string(results[0].Status)
	if results[0].Code != "" {
		got += " " + results[0].Code
	}
	if got != want {
		r.wrong("%s is %q, not %q", what, got, want)
	}
}

// do tells what was done just now.
func (r *run) do(b *booth, what, kind string, said body, want string) {
	a, err := b.action(kind, b.now(), said)
	r.tell(b, what, a, err, want)
}

// refused wants an error with a code of the API.
func (r *run) refused(what string, err error, code string) {
	var e *portal.Error
	if !errors.As(err, &e) || e.Code != code {
		r.wrong("%s: %v, not %s", what, err, code)
	}
}

// unique is a new id of something: an idempotency key, a card.
func unique() string { return uuid.NewString() }
