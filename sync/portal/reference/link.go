package reference

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/internal/age"
	"balie/sync/portal/api"
)

// pair is a parent and a child, as a clerk names them.
type pair struct {
	parent, child known
	statement     api.Statement
	clerk         string
}

// pair finds out who the two are: by their cards, and by what a clerk typed where
// there is none.
func (s *Server) pair(ctx context.Context, tx *sql.Tx, a act, attested api.Attested, parentCard, childCard api.Proof, matter string) (p pair, err error) {
	if p.statement, err = s.statement(ctx, tx, attested, a.claim(matter)); err != nil {
		return p, err
	}
	p.clerk = attested.Shift.Clerk
	if p.parent, err = s.party(ctx, tx, p.statement.Patient, parentCard); err != nil {
		return p, err
	}
	if p.child, err = s.party(ctx, tx, p.statement.Child, childCard); err != nil {
		return p, err
	}
	subjects := []string{p.parent.subject, p.child.subject}
	slices.Sort(subjects) // so that two pairs do not wait for one another
	for _, subject := range subjects {
		if err := lockPerson(ctx, tx, subject); err != nil {
			return p, err
		}
	}
	return p, nil
}

// party is one of the two. The clerk's statement is of the card that is shown here.
func (s *Server) party(ctx context.Context, tx *sql.Tx, n api.Named, card api.Proof) (k known, err error) {
	if len(card.Identity) == 0 {
		if err := s.typed(ctx, tx, &k, n); err != nil {
			return k, err
		}
	} else {
		if k, err = s.card(proofOf(card)); err != nil {
			return k, err
		}
		if !sameCard(n, card.Identity) {
			return k, clerkRefused("statement")
		}
		k.how = byClerkCard
	}
	if err := s.register(ctx, tx, &k); err != nil {
		return k, err
	}
	if !k.registered {
		return k, patientUnknown()
	}
	return k, nil
}

// link gives a parent a child's record until the 15th birthday, unless an unlink of
// the two was asked for after it, or may have been.
func (s *Server) link(ctx context.Context, tx *sql.Tx, a act, l api.Link) (outcome, error) {
	if !l.ClockKnown || a.OccurredAt.After(s.o.Now().Add(clockTolerance)) {
		return refused("clock-unsure"), nil
	}
	p, err := s.pair(ctx, tx, a, l.Attested, l.ParentCard, l.ChildCard, l.Link)
	o := outcome{test: p.parent.test || p.child.test}
	if err != nil {
		return asOutcome(err, o)
	}
	if o.code = p.hinders(s.dayOf(a.OccurredAt)); o.code != "" {
		return o, nil
	}
	unlinked, err := exists(ctx, tx, `SELECT 1 FROM unlinks WHERE parent = $1 AND child = $2
		AND (kiosk = $3 AND counter > $4 OR kiosk <> $3 AND until >= $5)`, p.parent.subject, p.child.subject, a.kiosk, int64(a.Counter), a.OccurredAt.UnixMilli())
	if err != nil || unlinked {
		o.code = "unlinked"
		return o, err
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO links (id, parent, child, kiosk, counter, requested_at, ends_on, clerk, documents, verified, unlinked, test)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE, $11) ON CONFLICT (id) DO NOTHING`,
		l.Link, p.parent.subject, p.child.subject, a.kiosk, int64(a.Counter), a.OccurredAt.UnixMilli(), age.Fifteenth(p.child.birth).String(),
		p.clerk, strings.Join(p.statement.Documents, ","), p.verified(), o.test)
	if err != nil {
		return o, err
	}
	n, err := done.RowsAffected()
	if o.accepted = n == 1; !o.accepted {
		o.code = "bad-body" // the id is of another link
	}
	return o, err
}

// hinders is why the two cannot be linked on a day; empty: they can.
func (p pair) hinders(day age.Date) string {
	under, certain := age.Under15(p.child.birth, day)
	switch {
	case p.statement.Authority != api.Parent:
		return "bad-body"
	case p.parent.subject == p.child.subject:
		return "same-person"
	case !under || !certain:
		return "not-under-15"
	case p.parent.under15(day):
		return "parent-under-15"
	}
	return ""
}

func (p pair) verified() bool { return p.parent.how == byClerkCard && p.child.how == byClerkCard }

// unlink ends every link of the two that was requested before it, known or not.
func (s *Server) unlink(ctx context.Context, tx *sql.Tx, a act, u api.Unlink) (outcome, error) {
	p, err := s.pair(ctx, tx, a, u.Attested, u.ParentCard, u.ChildCard, "")
	o := outcome{test: p.parent.test || p.child.test}
	if err != nil {
		return asOutcome(err, o)
	}
	until := s.upTo(a, u.ClockKnown).UnixMilli()
	_, err = tx.ExecContext(ctx, "INSERT INTO unlinks (action, parent, child, kiosk, counter, until) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (action) DO NOTHING",
		a.Id.String(), p.parent.subject, p.child.subject, a.kiosk, int64(a.Counter), until)
	if err != nil {
		return o, err
	}
	o.accepted = true
	_, err = tx.ExecContext(ctx, `UPDATE links SET unlinked = TRUE WHERE parent = $1 AND child = $2
		AND (kiosk = $3 AND counter < $4 OR kiosk <> $3 AND requested_at <= $5)`, p.parent.subject, p.child.subject, a.kiosk, int64(a.Counter), until)
	return o, err
}

// upTo is the latest time at which an action may have been done: what was asked for
// before it is ended by it, in doubt.
func (s *Server) upTo(a act, clockKnown bool) time.Time {
	now := s.o.Now()
	if latest := a.OccurredAt.Add(clockTolerance); clockKnown && latest.Before(now) {
		return latest
	}
	return now
}

// GetLink says what became of a link of this kiosk.
func (s *Server) GetLink(ctx context.Context, r api.GetLinkRequestObject) (api.GetLinkResponseObject, error) {
	var ends string
	var unlinked bool
	l := api.LinkStatus{Link: r.Link, State: api.LinkActive}
	err := s.o.Store.db.QueryRowContext(ctx, "SELECT ends_on, verified, unlinked FROM links WHERE id = $1 AND kiosk = $2", r.Link, kioskOf(ctx).ID).
		Scan(&ends, &l.Verified, &unlinked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, linkUnknown()
	}
	on, wrong := time.Parse(time.DateOnly, ends)
	if errors.Join(err, wrong) != nil {
		return nil, unavailable(retryLater)
	}
	l.EndsOn = openapi_types.Date{Time: on}
	switch {
	case unlinked:
		l.State = api.LinkUnlinked
	case s.today().String() >= ends:
		l.State = api.LinkEnded
	}
	return api.GetLink200JSONResponse(l), nil
}
