package main

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/desk"
	"balie/sync/audit"
	"balie/sync/courier"
	"balie/sync/identity"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// How long a shift is good for at the portal, and for how long a staff list is, where the
// portal gives no newer one.
const (
	shiftLength = 9 * time.Hour
	listLife    = 12 * time.Hour
)

// office is the portal, the queue and the audit trail, to whoever is signed in. The key of
// the shift is in it and nowhere else.
type office struct {
	identity *identity.Identity
	portal   *portal.Client
	queue    *outbox.Outbox
	courier  *courier.Courier
	audit    *audit.Log
	cards    *codeCards

	mu      sync.Mutex
	shift   *portal.Shift // guarded by mu; nil: nobody is signed in
	coming  *portal.Shift // guarded by mu; whose card has not signed yet
	clerk   desk.Clerk    // guarded by mu; of shift, or of coming
	list    []api.StaffMember
	fetched time.Time // guarded by mu, as list
}

var _ desk.Office = (*office)(nil)

func (b *booth) newOffice() *office {
	return &office{identity: b.identity, portal: b.portal, queue: b.queue, courier: b.courier, audit: b.audit, cards: b.codeCards}
}

// staff is the staff list: of now, or the last one for some hours.
func (o *office) staff(ctx context.Context) ([]api.StaffMember, error) {
	list, err := o.portal.Staff(ctx, o.identity.Root())
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil:
		o.list, o.fetched = list.Staff, time.Now()
	case time.Since(o.fetched) > listLife:
		return nil, fmt.Errorf("%w: %w", desk.ErrNoList, err)
	}
	return o.list, nil
}

// find gives who of the staff list fits. All of it is looked at, whoever it is.
func (o *office) find(ctx context.Context, fits func(api.StaffMember) bool) (desk.Clerk, error) {
	list, err := o.staff(ctx)
	if err != nil {
		return desk.Clerk{}, err
	}
	var c desk.Clerk
	for _, m := range list {
		if fits(m) {
			c = desk.Clerk{ID: m.Id, Name: plain(m.Name)}
		}
	}
	if c.ID == "" {
		if _, err := o.audit.Append(ctx, audit.Entry{At: time.Now(), What: "sign-in-refused"}); err != nil {
			return c, fmt.Errorf("%w: %w", desk.ErrNotRecorded, err)
		}
		return c, desk.ErrNotStaff
	}
	return c, nil
}

func same(a, b string) bool { return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Badge begins the shift of whom a badge is of: 16 bytes or more, in hexadecimal.
func (o *office) Badge(ctx context.Context, badge secret.Text) (desk.Clerk, error) {
	raw, err := hex.DecodeString(badge.Reveal())
	if err != nil || len(raw) < portal.MinBadge {
		raw = nil // looked for all the same: it takes as long
	}
	c, err := o.find(ctx, func(m api.StaffMember) bool {
		return raw != nil && same(portal.BadgeHash(m.BadgeSalt, raw), m.BadgeHash)
	})
	if err != nil {
		return c, err
	}
	shift, err := o.newShift(c)
	if err != nil {
		return c, err
	}
	shift.ByBadge(secret.NewBytes(raw))
	return c, o.begin(ctx, c, shift)
}

func (o *office) newShift(c desk.Clerk) (*portal.Shift, error) {
	now := time.Now()
	return portal.NewShift(c.ID, o.identity.Kiosk(), now.Add(-time.Minute), now.Add(shiftLength))
}

// Own says whose card it is, by its authentication certificate.
func (o *office) Own(ctx context.Context, r eid.Record) (desk.Clerk, []byte, error) {
	key := ""
	if r.Certificates != nil {
		key = portal.CardKey(r.Certificates.Authentication.Reveal())
	}
	c, err := o.find(ctx, func(m api.StaffMember) bool { return key != "" && same(key, m.CardKey) })
	if err != nil {
		return c, nil, err
	}
	shift, err := o.newShift(c)
	if err != nil {
		return c, nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.coming != nil { // whose PIN never came
		o.coming.End()
	}
	o.coming, o.clerk = shift, c
	return c, shift.Challenge(), nil
}

// Signed begins the shift that the clerk's card has signed for.
func (o *office) Signed(ctx context.Context, p eid.Proof, h eid.HolderProof) error {
	o.mu.Lock()
	shift, c := o.coming, o.clerk
	o.coming = nil
	o.mu.Unlock()
	if shift == nil {
		return desk.ErrNotStaff
	}
	shift.ByCard(wireProof(p), wireHolder(h))
	return o.begin(ctx, c, shift)
}

// begin records that a shift begins, and then lets it.
func (o *office) begin(ctx context.Context, c desk.Clerk, shift *portal.Shift) error {
	if _, err := o.record(ctx, audit.Entry{At: time.Now(), Clerk: c.ID, What: "sign-in"}); err != nil {
		shift.End()
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shift != nil {
		o.shift.End()
	}
	o.shift, o.clerk = shift, c
	return nil
}

func (o *office) record(ctx context.Context, e audit.Entry) (audit.Head, error) {
	h, err := o.audit.Append(ctx, e)
	if err != nil {
		return h, fmt.Errorf("%w: %w", desk.ErrNotRecorded, err)
	}
	return h, nil
}

// End ends the shift, and forgets its key.
func (o *office) End(ctx context.Context, why string) {
	o.mu.Lock()
	shift, c := o.shift, o.clerk
	o.shift, o.coming, o.clerk = nil, nil, desk.Clerk{}
	o.mu.Unlock()
	if shift == nil {
		return
	}
	shift.End()
	// It has ended, recorded or not: the next thing that cannot be recorded is not done.
	_, _ = o.record(ctx, audit.Entry{At: time.Now(), Clerk: c.ID, What: "sign-out-" + why})
}

// onShift is who is signed in, and their shift.
func (o *office) onShift() (*portal.Shift, desk.Clerk, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shift == nil {
		return nil, o.clerk, desk.ErrNotStaff
	}
	return o.shift, o.clerk, nil
}

// ClockKnown tells whether the clock is right.
func (o *office) ClockKnown() bool { return clockKnown(o.portal) }

// Delivered waits until the portal has an action.
func (o *office) Delivered(ctx context.Context, id uuid.UUID) (code string, err error) {
	err = o.courier.Delivered(ctx, id)
	if !errors.Is(err, outbox.ErrParked) {
		return "", err
	}
	row, wrong := o.queue.Show(context.WithoutCancel(ctx), id)
	if code = row.Reason; wrong != nil || code == "" {
		code = "unknown"
	}
	return code, fmt.Errorf("%w: %w", kiosk.ErrActionRefused, err)
}

// pair is what orders what is done of one parent and child.
func (o *office) pair(l desk.Link) string {
	return o.queue.OrderKey("link", l.Parent.Number, l.Parent.EAD, l.Child.Number, l.Child.EAD)
}
