package outbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"balie/internal/durable"
	"balie/sync/outbox"
	"balie/sync/seal"
)

// before is the folder of what is frozen of the release before this one.
const before = "testdata/release-1"

// frozen is a queue as the release before left it.
func frozen(t *testing.T) *fixture {
	t.Helper()
	o, err := seal.LoadOpener("k1", bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "outbox.db"), keys: keys{o}}
	f.o = outbox.Options{Kiosk: "K1", Keys: f.keys, MACKey: bytes.Repeat([]byte{7}, 32)}
	f.sql("PRAGMA journal_mode=WAL; " + f.text("0001_actions.sql") + f.text("queue.sql"))
	f.reopen()
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func (f *fixture) text(name string) string {
	f.t.Helper()
	raw, err := os.ReadFile(filepath.Join(before, name))
	f.must(err)
	return string(raw)
}

// id is that of the n-th action of the frozen queue.
func id(n int) uuid.UUID {
	return uuid.MustParse("019b0000-0000-7000-8000-00000000000" + string(rune('0'+n)))
}

// opened fails unless the first due action is the n-th, and opens.
func (f *fixture) opened(n int) {
	f.t.Helper()
	due := f.next(10)
	if len(due) != 1 || due[0].ID != id(n) {
		f.t.Fatalf("due: %+v", due)
	}
	body, err := f.keys.Open(seal.Context{Kiosk: "K1", Action: id(n).String(), Counter: uint64(n), Type: "check-in"}, due[0].Body)
	if err != nil || !bytes.Contains(body, []byte(canary)) {
		f.t.Errorf("opened to %q, %v", body, err)
	}
}

func TestAQueueOfTheReleaseBefore(t *testing.T) {
	f := frozen(t)
	f.opened(3)
	rows, err := f.List(t.Context(), 10)
	f.must(err)
	var states []outbox.State
	for _, r := range rows {
		states = append(states, r.State)
	}
	if !slices.Equal(states, []outbox.State{outbox.Acknowledged, outbox.Parked, outbox.Pending}) || rows[1].Reason != "patient-unknown" {
		t.Errorf("%+v", rows)
	}
	if r := f.add(action()); r.Counter != 4 {
		t.Errorf("counter %d", r.Counter)
	}
}

// A program that is put back to the release before still finds its queue, and what
// it does is understood when the newer one comes again.
func TestTheReleaseBeforeOnThisQueue(t *testing.T) {
	f := frozen(t)
	f.must(f.Close())
	f.Outbox = nil
	known := fstest.MapFS{"migrations/0001_actions.sql": {Data: []byte(f.text("0001_actions.sql"))}}
	db, err := durable.Open(t.Context(), f.path, durable.Options{Application: "BalQ", Migrations: known})
	f.must(err)
	for statement := range strings.SplitSeq(f.text("program.sql"), ";\n") {
		rows, err := db.Query(statement)
		if err != nil {
			t.Errorf("%v: %s", err, statement)
			continue
		}
		for rows.Next() {
			continue
		}
		f.must(rows.Err())
		f.must(rows.Close())
	}
	f.must(db.Close())
	f.reopen()
	f.opened(4)
	rows, err := f.List(t.Context(), 10)
	if err != nil || len(rows) != 3 || rows[0].ID != id(2) || rows[0].State != outbox.Parked || rows[1].State != outbox.Acknowledged || rows[2].Attempts != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
}
