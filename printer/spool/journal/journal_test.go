package journal_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/printer"
	"balie/printer/spool"
	"balie/printer/spool/journal"
)

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestReopened: what was noted is there when the file is opened again, every stage and
// outcome as it was.
func TestReopened(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "print.db"), context.Background()
	j := open(t, path)
	var want []spool.Entry
	for o := printer.Unknown; o <= printer.Retracted; o++ {
		e := spool.Entry{ID: uuid.New(), Printer: "card", Secret: true, Stage: spool.Asked, At: time.UnixMilli(1_700_000_000_000)}
		if err := errors.Join(j.Begin(ctx, e), j.Reach(ctx, e.ID, printer.Held, "mouth"), j.End(ctx, e.ID, o, "by")); err != nil {
			t.Fatal(err)
		}
		e.Stage, e.By, e.Ended, e.Outcome = printer.Held, "by", true, o
		want = append(want, e)
	}
	begun := spool.Entry{ID: uuid.New(), Printer: "ticket", Stage: spool.Asked, At: time.UnixMilli(1_700_000_000_000)}
	if err := errors.Join(j.Begin(ctx, begun), j.Close()); err != nil {
		t.Fatal(err)
	}
	j = open(t, path)
	defer j.Close()
	got, err := j.Unsettled(ctx)
	if err != nil || len(got) != len(want)+1 {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	for i, e := range append(want, begun) {
		if e.Ended {
			e.At = got[i].At // that of the last change
		}
		if got[i] != e {
			t.Errorf("%+v became %+v", e, got[i])
		}
	}
}

// TestRefuses: a job is noted once, ends once, and is settled when it has ended.
func TestRefuses(t *testing.T) {
	j, ctx := open(t, filepath.Join(t.TempDir(), "print.db")), context.Background()
	defer j.Close()
	e := spool.Entry{ID: uuid.New(), Printer: "ticket", Stage: spool.Asked}
	if err := j.Begin(ctx, e); err != nil {
		t.Fatal(err)
	}
	if err := j.Begin(ctx, e); !errors.Is(err, spool.ErrKnown) {
		t.Errorf("noted twice: %v", err)
	}
	if j.Settle(ctx, e.ID) == nil {
		t.Error("settled before its end")
	}
	if err := j.End(ctx, e.ID, printer.Confirmed, "by"); err != nil {
		t.Error(err)
	}
	if j.End(ctx, e.ID, printer.Unknown, "by") == nil || j.Reach(ctx, e.ID, printer.Held, "by") == nil {
		t.Error("changed after its end")
	}
	if left, err := j.Unsettled(ctx); err != nil || len(left) > 0 {
		t.Errorf("a job that is no secret is left: %v, %v", left, err)
	}
}
