package main

import (
	"context"
	"encoding/hex"
	"errors"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/internal/durable"
	"balie/sync/audit"
)

// buildAudit opens the log of what the staff do. One that is damaged is set aside: the
// new one goes on where its head was, and what is missing shows.
func (b *booth) buildAudit(ctx context.Context) error {
	key, err := b.keys.Secret(b.state("device.key"))
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	path := b.state("audit.db")
	var damaged *durable.CorruptError
	if b.audit, err = audit.Open(ctx, path, key); errors.As(err, &damaged) {
		b.log.Error("the audit log is damaged and was set aside: keep the file", "file", damaged.Aside)
		b.audit, err = audit.Open(ctx, path, key)
	}
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	return nil
}

// Audit lists what the staff did.
func (b *booth) Audit(ctx context.Context, limit int) ([]control.AuditRecord, error) {
	records, err := b.audit.List(ctx, limit)
	if err != nil {
		return nil, err
	}
	list := make([]control.AuditRecord, 0, len(records))
	for _, r := range records {
		c := control.AuditRecord{Number: r.Number, At: r.At, Clerk: r.Clerk, What: r.What, Matter: r.Matter, Hash: hex.EncodeToString(r.Hash[:])}
		if r.Action != [16]byte{} {
			c.Action = r.Action.String()
		}
		list = append(list, c)
	}
	return list, nil
}

// VerifyAudit looks through it.
func (b *booth) VerifyAudit(ctx context.Context, heads ...string) (control.AuditVerdict, error) {
	known := make([]audit.Head, 0, len(heads))
	for _, text := range heads {
		h, err := audit.ParseHead(text)
		if err != nil {
			return control.AuditVerdict{}, control.BadRequest(err)
		}
		known = append(known, h)
	}
	v, err := b.audit.Verify(ctx, known...)
	if err != nil {
		return control.AuditVerdict{}, err
	}
	out := control.AuditVerdict{Records: v.Records, Head: v.Last.String()}
	if v.Broken != nil {
		out.Why, out.Broken = v.Broken.Why, v.Broken.Number
	}
	return out, nil
}
