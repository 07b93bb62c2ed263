package reference

import (
	"context"
	"database/sql"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// act is an action that was opened.
type act struct {
	api.Action
	kiosk string
	card  *verdict // of the card in it, where one was judged
	codes *hashed  // of the card that it issues
}

// verdict is what the verifier says of a card.
type verdict struct {
	person Person
	err    error
}

// claim is for what the person of an action must be shown to be known.
func (a act) claim(matter string) claim {
	return claim{kiosk: a.kiosk, purpose: a.Type, matter: matter, at: a.OccurredAt, judged: a.card}
}

// prepared is an action with what does it. All that takes time and needs no lock was
// done: it is opened and read, its card judged, its codes hashed.
type prepared struct {
	act
	do func(context.Context, *sql.Tx) (outcome, error)
}

// prepareAll prepares actions, as many at a time as there are processors.
func (s *Server) prepareAll(ctx context.Context, kiosk string, actions []api.Action) []prepared {
	all := make([]prepared, len(actions))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, a := range actions {
		group.Go(func() error {
			all[i] = s.prepare(ctx, act{Action: a, kiosk: kiosk})
			return nil
		})
	}
	_ = group.Wait() // none gives an error
	return all
}

// types are those of actions that this portal knows.
var types = []string{
	portal.TypeCheckIn, portal.TypeCardIssued, portal.TypeCardVoid, portal.TypeCardBlocked, portal.TypeLink, portal.TypeUnlink,
}

// prepare opens an action and finds what does it.
func (s *Server) prepare(ctx context.Context, a act) prepared {
	opener := s.opener(a.KeyId)
	switch {
	case !slices.Contains(types, a.Type):
		return refusing(a, "unknown-type")
	case a.Test && !s.o.Test:
		return refusing(a, "test-refused")
	case opener == nil:
		return refusing(a, "unknown-key")
	}
	body, err := opener.Open(seal.Context{Kiosk: a.kiosk, Action: a.Id.String(), Counter: a.Counter, Type: a.Type}, a.Sealed)
	if err != nil {
		return refusing(a, doesNotOpen)
	}
	defer clear(body)
	switch a.Type {
	case portal.TypeCheckIn:
		return read(s, a, "CheckIn", body, s.judgeCheckIn, s.checkIn)
	case portal.TypeCardIssued:
		return read(s, a, "CardIssued", body, func(a *act, c api.CardIssued) { s.hashCodes(ctx, a, c) }, s.cardIssued)
	case portal.TypeCardVoid:
		return read(s, a, "CardVoid", body, nil, s.cardVoid)
	case portal.TypeCardBlocked:
		return read(s, a, "CardBlocked", body, nil, s.cardBlocked)
	case portal.TypeLink:
		return read(s, a, "Link", body, nil, s.link)
	default:
		return read(s, a, "Unlink", body, nil, s.unlink)
	}
}

func refusing(a act, code string) prepared {
	return prepared{act: a, do: func(context.Context, *sql.Tx) (outcome, error) { return refused(code), nil }}
}

// read reads the body of an action as what the API calls name.
func read[T any](s *Server, a act, name string, body []byte, before func(*act, T), do func(context.Context, *sql.Tx, act, T) (outcome, error)) prepared {
	var said T
	if !s.decode(name, body, &said) {
		return refusing(a, "bad-body")
	}
	if before != nil {
		before(&a, said)
	}
	return prepared{act: a, do: func(ctx context.Context, tx *sql.Tx) (outcome, error) { return do(ctx, tx, a, said) }}
}
