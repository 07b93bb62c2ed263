package main

import (
	"context"
	"encoding/json"
	"errors"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/hw/eid"
	"balie/kiosk"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/worklist"
)

// buildWorklist opens today's appointments of this site. They are kept over a restart
// only where the device's key is in a TPM: elsewhere it would lie on the same disk.
func (b *booth) buildWorklist() error {
	key, err := b.keys.Secret(b.state("worklist.key"))
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	o := worklist.Options{Portal: b.portal, DeviceKey: key, Log: b.log}
	if b.keys[0].Kind() == "tpm" {
		o.Path, o.Chipless = b.state("worklist"), true
	}
	if b.worklist, err = worklist.Open(o); err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	return nil
}

// fallback answers look-ups while the portal is away.
type fallback struct {
	list  *worklist.List
	trust *eid.Trust
}

// appointments gives today's of whom the card proves, where the portal cannot: why is
// what it said. The error is why where the list has nothing, since the list may be
// older than what the portal knows.
func (f fallback) appointments(ctx context.Context, proof eid.Proof, why error) ([]api.Appointment, error) {
	if !errors.Is(why, portal.ErrAway) {
		return nil, why
	}
	who, checks, err := eid.VerifyProof(proof, f.trust)
	if err != nil || !checks.Verified() || who.NationalNumber.Empty() {
		return nil, why
	}
	return f.entry(ctx, worklist.Subject("ssin", who.NationalNumber.Reveal()), why)
}

// ofLetter gives the one appointment of a letter and its birth date, where the portal
// cannot. Such entries are there only where the device's key is in a TPM.
func (f fallback) ofLetter(ctx context.Context, l kiosk.Letter, why error) ([]api.Appointment, error) {
	if !errors.Is(why, portal.ErrAway) {
		return nil, why
	}
	return f.entry(ctx, worklist.Letter(l.Code.Reveal(), l.Birth.Reveal()), why)
}

// entry opens what the list has for a subject.
func (f fallback) entry(ctx context.Context, subject []byte, why error) ([]api.Appointment, error) {
	body, err := f.list.Lookup(ctx, subject)
	if err != nil {
		return nil, why
	}
	defer clear(body)
	var list []api.Appointment
	if json.Unmarshal(body, &list) != nil {
		return nil, why
	}
	return list, nil
}

func (b *booth) worklistStatus() control.Worklist {
	s := b.worklist.Status()
	return control.Worklist{Day: s.Day, Entries: s.Entries, AsOf: control.Moment(s.AsOf), OnDisk: s.OnDisk, Error: s.Trouble}
}
