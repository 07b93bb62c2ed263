package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/control"
)

func (d *daemon) Audit(context.Context, int) ([]control.AuditRecord, error) { return d.audit, nil }

func (d *daemon) VerifyAudit(_ context.Context, heads ...string) (control.AuditVerdict, error) {
	d.done = append(d.done, heads...)
	return d.verdict, nil
}

func TestAuditCommands(t *testing.T) {
	d := &daemon{}
	if code, said, _ := ctl(t, d, "audit", "list"); code != 0 || said != "nothing\n" {
		t.Errorf("an empty log: %d, %q", code, said)
	}
	d.audit = []control.AuditRecord{
		{Number: 2, At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.Local), Clerk: "kaat", What: "link", Matter: "L-1", Action: "0194d0a0"},
		{Number: 1, What: "log-broken", Matter: "record-0-unknown"},
	}
	code, said, _ := ctl(t, d, "audit", "list")
	for _, part := range []string{"kaat", "link", "L-1", "0194d0a0", "2026-03-02 10:00:00", "(kiosk)"} {
		if code != 0 || !strings.Contains(said, part) {
			t.Errorf("the list lacks %q: %d, %s", part, code, said)
		}
	}
	d.verdict = control.AuditVerdict{Records: 2, Head: "2:5f"}
	if code, said, _ := ctl(t, d, "audit", "verify", "--head", "1:00"); code != 0 || !strings.Contains(said, "2 records hold") || !strings.Contains(said, "2:5f") || d.done[0] != "1:00" {
		t.Errorf("a log that holds: %d, %q, asked %q", code, said, d.done)
	}
	for why, want := range map[string]string{
		"changed": "record 7, or the one before it, was changed", "missing": "record 7 is missing",
		"truncated": "cut off: record 7", "unknown": "not of this device",
	} {
		d.verdict = control.AuditVerdict{Records: 9, Why: why, Broken: 7}
		if code, _, complained := ctl(t, d, "audit", "verify"); code != exitOutOfOrder || !strings.Contains(complained, want) {
			t.Errorf("%s: %d, %q", why, code, complained)
		}
	}
	if code, said, _ := ctl(t, d, "audit", "verify", "--json"); code != exitOutOfOrder || !strings.Contains(said, `"broken": 7`) {
		t.Errorf("as JSON: %d, %q", code, said)
	}
}
