package outbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
	"balie/sync/outbox"
	"balie/sync/seal"
)

const canary = "85073003328"

// keys is a portal with one key.
type keys struct{ *seal.Opener }

func (k keys) Current() seal.Key { return k.Key() }

type fixture struct {
	*outbox.Outbox
	t    testing.TB
	path string
	o    outbox.Options
	keys keys
}

func newKeys(t testing.TB) keys {
	t.Helper()
	o, err := seal.NewOpener("k1")
	if err != nil {
		t.Fatal(err)
	}
	return keys{o}
}

func open(t testing.TB) *fixture {
	t.Helper()
	k := newKeys(t)
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "outbox.db"), keys: k}
	f.o = outbox.Options{Kiosk: "K1", Keys: k, MACKey: bytes.Repeat([]byte{7}, 32)}
	f.reopen()
	t.Cleanup(func() {
		if f.Outbox != nil {
			_ = f.Close()
		}
	})
	return f
}

func (f *fixture) reopen() {
	f.t.Helper()
	if f.Outbox != nil {
		f.must(f.Close())
	}
	b, err := outbox.Open(f.t.Context(), f.path, f.o)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Outbox = b
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func action() outbox.Action {
	return outbox.Action{
		ID: uuid.Must(uuid.NewV7()), Type: "check-in", OccurredAt: time.Now(),
		Body: func(uint64) ([]byte, error) { return []byte(`{"nn":"` + canary + `"}`), nil },
	}
}

func (f *fixture) add(a outbox.Action) outbox.Receipt {
	f.t.Helper()
	r, err := f.Append(f.t.Context(), a)
	f.must(err)
	return r
}

// keyed appends an action with an order key and a priority.
func (f *fixture) keyed(key string, priority int) uuid.UUID {
	f.t.Helper()
	a := action()
	a.OrderKey, a.Priority = key, priority
	f.add(a)
	return a.ID
}

func (f *fixture) next(n int) []outbox.Sealed {
	f.t.Helper()
	list, err := f.Next(f.t.Context(), n)
	f.must(err)
	return list
}

func (f *fixture) nextIDs(n int) []uuid.UUID {
	f.t.Helper()
	var ids []uuid.UUID
	for _, s := range f.next(n) {
		ids = append(ids, s.ID)
	}
	return ids
}

// sql changes the file behind the outbox's back.
func (f *fixture) sql(query string) {
	f.t.Helper()
	raw, err := sql.Open("sqlite3", f.path)
	f.must(err)
	defer raw.Close()
	_, err = raw.Exec(query)
	f.must(err)
}

func TestAppendedIsThereAfterReopening(t *testing.T) {
	f := open(t)
	a := action()
	r := f.add(a)
	f.reopen()
	list := f.next(10)
	if len(list) != 1 || list[0].ID != a.ID || list[0].Counter != r.Counter || r.Counter != 1 {
		t.Fatalf("got %+v", list)
	}
	body, err := f.keys.Open(seal.Context{Kiosk: "K1", Action: a.ID.String(), Type: "check-in", Counter: 1}, list[0].Body)
	if err != nil || !bytes.Contains(body, []byte(canary)) {
		t.Errorf("opened to %q, %v", body, err)
	}
}

func TestAppendIsIdempotent(t *testing.T) {
	f := open(t)
	a := action()
	first := f.add(a)
	before := f.next(1)[0].Body
	if second := f.add(a); second != first {
		t.Errorf("%+v, then %+v", first, second)
	}
	if list := f.next(10); len(list) != 1 || !bytes.Equal(list[0].Body, before) {
		t.Errorf("%d rows, or another ciphertext", len(list))
	}
	other := a
	other.Type = "block"
	if _, err := f.Append(t.Context(), other); !errors.Is(err, outbox.ErrMismatch) {
		t.Errorf("another action under the same id: %v", err)
	}
}

func TestWhatIsNotAppended(t *testing.T) {
	f := open(t)
	for name, spoil := range map[string]func(*outbox.Action){
		"no id":              func(a *outbox.Action) { a.ID = uuid.Nil },
		"no type":            func(a *outbox.Action) { a.Type = "" },
		"a type of words":    func(a *outbox.Action) { a.Type = "An Peeters" },
		"an order key of it": func(a *outbox.Action) { a.OrderKey = "85.07.30-033.28" },
		"no body":            func(a *outbox.Action) { a.Body = nil },
		"a body that fails":  func(a *outbox.Action) { a.Body = func(uint64) ([]byte, error) { return nil, errors.New("no") } },
	} {
		a := action()
		spoil(&a)
		if _, err := f.Append(t.Context(), a); err == nil {
			t.Errorf("%s: was appended", name)
		}
	}
	if r := f.add(action()); r.Counter != 1 || len(f.next(10)) != 1 {
		t.Errorf("counter %d; what failed left something", r.Counter)
	}
}

func TestThePlainBodyIsWiped(t *testing.T) {
	f := open(t)
	var kept []byte
	a := action()
	a.Body = func(uint64) ([]byte, error) { kept = []byte(canary); return kept, nil }
	f.add(a)
	if !bytes.Equal(kept, make([]byte, len(canary))) {
		t.Errorf("memory still holds %q", kept)
	}
}

func TestOrder(t *testing.T) {
	f := open(t)
	a1, free, b1 := f.keyed("a", 0), f.keyed("", 0), f.keyed("b", 0)
	a2, urgent, a3 := f.keyed("a", 0), f.keyed("b", 100), f.keyed("a", 100)
	steps := []struct {
		name   string
		settle []outbox.Result
		want   []uuid.UUID
	}{
		{"one of each key, and a block overtakes", nil, []uuid.UUID{urgent, a3, a1, free, b1}},
		{"a deferred head holds its own key only", []outbox.Result{{ID: a1, State: outbox.Pending, After: time.Hour, Reason: "x"}}, []uuid.UUID{urgent, a3, free, b1}},
		{"what was sent is gone", []outbox.Result{{ID: urgent, State: outbox.Acknowledged}, {ID: free, State: outbox.Acknowledged}}, []uuid.UUID{a3, b1}},
		{"a refused head lets the next one go", []outbox.Result{{ID: a1, State: outbox.Parked, Reason: "x"}}, []uuid.UUID{a3, b1, a2}},
	}
	for _, s := range steps {
		f.must(f.Settle(t.Context(), s.settle))
		if got := f.nextIDs(10); !slices.Equal(got, s.want) {
			t.Errorf("%s:\n got %v\nwant %v", s.name, got, s.want)
		}
	}
	if got := f.nextIDs(1); !slices.Equal(got, []uuid.UUID{a3}) {
		t.Errorf("a batch of one: %v", got)
	}
}

func TestDeferred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t)
		defer f.Close()
		id := f.keyed("", 0)
		f.must(f.Settle(t.Context(), []outbox.Result{{ID: id, State: outbox.Pending, Reason: "busy", After: time.Minute}}))
		if wait, pending, err := f.Due(t.Context()); wait != time.Minute || !pending || err != nil || len(f.next(1)) != 0 {
			t.Errorf("due in %v, %v, %v", wait, pending, err)
		}
		row, err := f.Show(t.Context(), id)
		if err != nil || row.Attempts != 1 || row.Reason != "busy" || !row.NotBefore.Equal(time.Now().Add(time.Minute)) {
			t.Errorf("%+v, %v", row, err)
		}
		<-time.After(time.Minute)
		if wait, _, _ := f.Due(t.Context()); wait != 0 || len(f.next(1)) != 1 {
			t.Errorf("still %v to wait", wait)
		}
	})
}

// What waits behind another of its key is not due: who believed it would ask for it
// again and again.
func TestWhatIsBehindAnotherIsNotDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t)
		defer f.Close()
		head := f.keyed("a", 0)
		f.keyed("a", 0)
		f.must(f.Settle(t.Context(), []outbox.Result{{ID: head, State: outbox.Pending, Reason: "busy", After: time.Minute}}))
		if wait, pending, err := f.Due(t.Context()); wait != time.Minute || !pending || err != nil {
			t.Errorf("due in %v, %v, %v", wait, pending, err)
		}
		f.must(f.Park(t.Context(), head, "x"))
		if wait, pending, err := f.Due(t.Context()); wait != 0 || !pending || err != nil {
			t.Errorf("due in %v, %v, %v", wait, pending, err)
		}
	})
}

func TestSkipTo(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	f.must(f.SkipTo(ctx, 5000))
	f.must(f.SkipTo(ctx, 17))
	if r := f.add(action()); r.Counter != 5001 {
		t.Errorf("counter %d", r.Counter)
	}
	f.reopen()
	if r := f.add(action()); r.Counter != 5002 {
		t.Errorf("counter %d after a restart", r.Counter)
	}
	if err := f.SkipTo(ctx, 1<<63); !errors.Is(err, outbox.ErrCounter) {
		t.Error("skipped to where no counter fits after it")
	}
	if r := f.add(action()); r.Counter != 5003 {
		t.Errorf("counter %d", r.Counter)
	}
}

// What is counted after the furthest skip is above it, and the portal says it again.
func TestSkipToWhatWasReached(t *testing.T) {
	f := open(t)
	f.must(f.SkipTo(t.Context(), 1<<62))
	r := f.add(action())
	f.must(f.SkipTo(t.Context(), r.Counter))
	if next := f.add(action()); next.Counter != 1<<62+2 {
		t.Errorf("counter %d", next.Counter)
	}
}

// A restart makes everything due: no time on the wall is kept, and nothing that was
// being sent is lost.
func TestARestartMakesEverythingDue(t *testing.T) {
	f := open(t)
	id := f.keyed("", 0)
	f.must(f.Settle(t.Context(), []outbox.Result{{ID: id, State: outbox.Pending, Reason: "busy", After: 1000 * time.Hour}}))
	f.reopen()
	if got := f.nextIDs(1); len(got) != 1 || got[0] != id {
		t.Errorf("got %v", got)
	}
	f.must(f.Settle(t.Context(), []outbox.Result{{ID: id, State: outbox.Acknowledged}}))
	if _, pending, err := f.Due(t.Context()); pending || err != nil {
		t.Errorf("something is pending: %v", err)
	}
}

func TestACounterIsNeverGivenTwice(t *testing.T) {
	tests := map[string]func(f *fixture){
		"rows deleted": func(f *fixture) { f.sql("DELETE FROM actions") },
		"database lost": func(f *fixture) {
			f.must(f.Close())
			files, _ := filepath.Glob(f.path + "*")
			for _, file := range files {
				if file != f.path+".counter" {
					f.must(os.Remove(file))
				}
			}
			f.Outbox = nil
			f.reopen()
		},
		"an old copy put back": func(f *fixture) {
			f.sql("UPDATE counter SET last = 3; DELETE FROM actions WHERE counter > 3")
			f.must(os.WriteFile(f.path+".counter", []byte("5000\n"), 0o600))
			f.reopen()
		},
		"database corrupt": func(f *fixture) {
			f.must(f.Close())
			f.must(os.WriteFile(f.path, bytes.Repeat([]byte("x"), 9000), 0o600))
			if _, err := outbox.Open(f.t.Context(), f.path, f.o); !errors.Is(err, durable.ErrCorrupt) {
				f.t.Errorf("got %v", err)
			}
			f.Outbox = nil
			f.reopen()
		},
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			var last uint64
			for range 7 {
				last = f.add(action()).Counter
			}
			lose(f)
			if r := f.add(action()); r.Counter <= last {
				t.Errorf("counter %d after %d", r.Counter, last)
			}
		})
	}
}

func TestWait(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	got, refused := f.keyed("", 0), f.keyed("", 0)
	done := make(chan error, 1)
	go func() { done <- f.Wait(ctx, got) }()
	f.must(f.Settle(ctx, []outbox.Result{{ID: got, State: outbox.Pending, Reason: "503"}}))
	f.must(f.Acknowledge(ctx, got))
	if err := <-done; err != nil {
		t.Errorf("waiting: %v", err)
	}
	if err := f.Wait(ctx, got); err != nil {
		t.Errorf("waiting for what is there: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := f.Wait(ended, refused); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting without time: %v", err)
	}
	f.must(f.Park(ctx, refused, "patient-unknown"))
	if err := f.Wait(ctx, refused); !errors.Is(err, outbox.ErrParked) {
		t.Errorf("waiting for what was refused: %v", err)
	}
	if err := f.Wait(ctx, uuid.New()); !errors.Is(err, outbox.ErrUnknown) {
		t.Errorf("waiting for nothing: %v", err)
	}
}

func TestWhatATechnicianSees(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	a, b, c := f.keyed("", 0), f.keyed("", 0), f.keyed("", 0)
	f.must(f.Settle(ctx, []outbox.Result{{ID: a, State: outbox.Acknowledged}, {ID: b, State: outbox.Parked, Reason: "not-theirs"}}))
	stats, err := f.Stats(ctx)
	if err != nil || stats.Pending != 1 || stats.Parked != 1 || stats.Acknowledged != 1 || stats.Oldest.IsZero() {
		t.Errorf("%+v, %v", stats, err)
	}
	rows, err := f.List(ctx, 10)
	if err != nil || len(rows) != 3 || rows[0].State != outbox.Acknowledged || rows[0].Bytes != 0 || rows[0].SettledAt.IsZero() ||
		rows[1].Reason != "not-theirs" || rows[1].Attempts != 1 || rows[2].ID != c || rows[2].Bytes == 0 {
		t.Errorf("%+v, %v", rows, err)
	}
	if rows, err := f.List(ctx, 10, outbox.Parked, outbox.Pending); err != nil || len(rows) != 2 || rows[0].ID != b {
		t.Errorf("%+v, %v", rows, err)
	}
	f.must(f.Retry(ctx, b))
	if got := f.nextIDs(10); !slices.Equal(got, []uuid.UUID{b, c}) {
		t.Errorf("a parked action does not come back: %v", got)
	}
	for name, err := range map[string]error{
		"retry what the portal has": f.Retry(ctx, a), "park it": f.Park(ctx, a, "x"), "retry nothing": f.Retry(ctx, uuid.New()),
	} {
		if !errors.Is(err, outbox.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddedTells(t *testing.T) {
	f := open(t)
	told := func() bool {
		select {
		case <-f.Added():
			return true
		default:
			return false
		}
	}
	if told() {
		t.Error("told of nothing")
	}
	id := f.keyed("", 0)
	f.keyed("", 0)
	if !told() || told() {
		t.Error("not told once of two")
	}
	f.must(f.Park(t.Context(), id, "x"))
	f.must(f.Retry(t.Context(), id))
	if !told() {
		t.Error("not told of what is to be tried again")
	}
}

func TestARowThatWasChangedIsParked(t *testing.T) {
	for _, change := range []string{
		"type = 'block'", "counter = 9", "test = 1", "occurred_at = 0", "sealed = randomblob(100)", "mac = x''",
		"order_key = 'x'", "priority = 5", "key_id = 'k2'", "id = '018f0000-0000-7000-8000-000000000000'",
	} {
		t.Run(change, func(t *testing.T) {
			f := open(t)
			f.add(action())
			f.sql("UPDATE actions SET " + change)
			if list := f.next(10); len(list) != 0 {
				t.Error("it would be sent")
			}
			rows, err := f.List(t.Context(), 10)
			if err != nil || rows[0].State != outbox.Parked || rows[0].Reason != "row-changed" {
				t.Errorf("%+v, %v", rows, err)
			}
		})
	}
}

// A row that cannot even be read stops neither the others nor the list of them.
func TestARowThatCannotBeReadIsParked(t *testing.T) {
	for _, change := range []string{
		"id = 'no-uuid'", "occurred_at = 'long ago'", "counter = -9", "test = 'perhaps'", "priority = 'much'", "attempts = 'some'",
	} {
		t.Run(change, func(t *testing.T) {
			f := open(t)
			broken, whole := f.add(action()), f.add(action())
			f.sql("UPDATE actions SET " + change + " WHERE counter = " + strconv.FormatUint(broken.Counter, 10))
			if list := f.next(10); len(list) != 1 || list[0].ID != whole.ID {
				t.Errorf("%d are to be sent", len(list))
			}
			rows, err := f.List(t.Context(), 10)
			if err != nil || len(rows) != 2 || rows[0].State != outbox.Parked || rows[0].Reason != "row-changed" || rows[1].State != outbox.Pending {
				t.Errorf("%+v, %v", rows, err)
			}
			if s, err := f.Stats(t.Context()); err != nil || s.Parked != 1 || s.Pending != 1 {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestARowOfAnotherDeviceIsParked(t *testing.T) {
	f := open(t)
	f.add(action())
	f.o.MACKey = bytes.Repeat([]byte{8}, 32)
	f.reopen()
	if list := f.next(10); len(list) != 0 {
		t.Error("it would be sent")
	}
}

// flows are all that can happen to an action, each with the error that it gives, if
// any. What a technician is shown of it goes with the errors.
func flows() map[string]func(*fixture) error {
	ctx := context.Background()
	settle := func(r outbox.Result) func(*fixture) error {
		return func(f *fixture) error { r.ID = f.add(action()).ID; return f.Settle(ctx, []outbox.Result{r}) }
	}
	return map[string]func(*fixture) error{
		"appended":      func(f *fixture) error { f.add(action()); return nil },
		"acknowledged":  settle(outbox.Result{State: outbox.Acknowledged}),
		"refused":       settle(outbox.Result{State: outbox.Parked, Reason: "patient-unknown"}),
		"put off":       settle(outbox.Result{State: outbox.Pending, Reason: "busy", After: time.Hour}),
		"settled oddly": settle(outbox.Result{State: "lost"}),
		"retried": func(f *fixture) error {
			id := f.add(action()).ID
			return errors.Join(f.Park(ctx, id, "x"), f.Retry(ctx, id))
		},
		"not there": func(f *fixture) error { _, err := f.Show(ctx, uuid.New()); return err },
		"another's id": func(f *fixture) error {
			a := action()
			f.add(a)
			a.Type = "block"
			_, err := f.Append(ctx, a)
			return err
		},
		"a body's error": func(f *fixture) error {
			a := action()
			a.Body = func(uint64) ([]byte, error) { return []byte(canary), errors.New("no") }
			_, err := f.Append(ctx, a)
			return err
		},
		"changed outside": func(f *fixture) error {
			f.add(action())
			f.sql("UPDATE actions SET mac = x'' WHERE counter = (SELECT max(counter) FROM actions)")
			_, err := f.Next(ctx, 1000)
			return err
		},
		"at the quota": func(f *fixture) (err error) {
			f.o.MaxBytes = 128 << 10
			defer func() { f.o.MaxBytes = 0; f.reopen() }()
			for f.reopen(); err == nil; {
				_, err = f.Append(ctx, action())
			}
			return err
		},
		"purged": func(f *fixture) error {
			f.sql("UPDATE actions SET settled_at = 1 WHERE state = 'acknowledged'")
			return f.Purge(ctx)
		},
		"set aside": func(f *fixture) error {
			f.must(f.Close())
			raw, err := os.ReadFile(f.path)
			f.must(err)
			copy(raw[2*4096:3*4096], bytes.Repeat([]byte("x"), 4096))
			f.must(os.WriteFile(f.path, raw, 0o600))
			f.Outbox = nil
			_, err = outbox.Open(ctx, f.path, f.o)
			f.reopen()
			return err
		},
	}
}

// Neither the files nor what is said of an action tells what a person did, after each
// of the flows.
func TestNothingPersonalIsTold(t *testing.T) {
	for name, flow := range flows() {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			first := f.add(action())
			err := flow(f)
			rows, other := f.List(t.Context(), 100)
			f.must(other)
			stats, other := f.Stats(t.Context())
			f.must(other)
			if told := fmt.Sprintf("%v %+v %+v", err, rows, stats); strings.Contains(told, canary) {
				t.Errorf("it is told: %s", told)
			}
			files, err := filepath.Glob(f.path + "*")
			if err != nil || len(files) < 5 {
				t.Fatalf("files %v, %v", files, err)
			}
			found := false
			for _, file := range files {
				raw, err := os.ReadFile(file)
				f.must(err)
				if bytes.Contains(raw, []byte(canary)) {
					t.Errorf("the canary is in %s", filepath.Base(file))
				}
				found = found || bytes.Contains(raw, []byte(first.ID.String()))
			}
			if !found {
				t.Error("the action's own id is in no file: the test looks in the wrong place")
			}
		})
	}
}

func TestPurge(t *testing.T) {
	f := open(t)
	a, b := f.keyed("", 0), f.keyed("", 0)
	f.must(f.Acknowledge(t.Context(), a))
	f.must(f.Purge(t.Context()))
	if rows, err := f.List(t.Context(), 10); err != nil || len(rows) != 2 {
		t.Errorf("purged too early: %+v, %v", rows, err)
	}
	f.sql("UPDATE actions SET settled_at = 1 WHERE state = 'acknowledged'")
	f.must(f.Purge(t.Context()))
	if rows, err := f.List(t.Context(), 10); err != nil || len(rows) != 1 || rows[0].ID != b {
		t.Errorf("%+v, %v", rows, err)
	}
}

// With a year of parked rows, none goes by itself.
func TestParkedIsNeverPurged(t *testing.T) {
	f := open(t)
	id := f.keyed("", 0)
	f.must(f.Park(t.Context(), id, "x"))
	f.sql("UPDATE actions SET settled_at = 1")
	f.must(f.Purge(t.Context()))
	f.reopen()
	if row, err := f.Show(t.Context(), id); err != nil || row.State != outbox.Parked || row.Bytes == 0 {
		t.Errorf("%+v, %v", row, err)
	}
}

// Each query goes by an index, in order: what one action costs does not grow with
// what waits.
func TestQueriesGoByAnIndex(t *testing.T) {
	f := open(t)
	plans, err := f.Plans()
	f.must(err)
	oldest := "SCAN actions" // of what waits: it is behind a week of rows at most
	for _, plan := range plans {
		for line := range strings.Lines(plan) {
			line = strings.TrimSpace(line)
			if strings.Contains(line, "TEMP B-TREE") || strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "INDEX") && line != oldest && line != "SCAN CONSTANT ROW" {
				t.Errorf("in\n%s", plan)
			}
		}
	}
}

func TestAtTheQuotaTheQueueStillDrains(t *testing.T) {
	f := open(t)
	f.o.MaxBytes = 256 << 10
	f.reopen()
	big := action()
	big.Body = func(uint64) ([]byte, error) { return make([]byte, 8000), nil }
	var err error
	for err == nil {
		big.ID = uuid.Must(uuid.NewV7())
		_, err = f.Append(t.Context(), big)
	}
	if !errors.Is(err, outbox.ErrFull) {
		t.Fatalf("got %v", err)
	}
	list := f.next(100)
	if len(list) < 10 {
		t.Fatalf("only %d actions fitted", len(list))
	}
	for _, s := range list {
		f.must(f.Acknowledge(t.Context(), s.ID))
	}
	big.ID = uuid.Must(uuid.NewV7())
	f.add(big)
}

func TestOpenNeedsItsOptions(t *testing.T) {
	k := newKeys(t)
	for name, o := range map[string]outbox.Options{
		"no kiosk": {Keys: k, MACKey: make([]byte, 32)}, "no keys": {Kiosk: "K1", MACKey: make([]byte, 32)}, "short key": {Kiosk: "K1", Keys: k, MACKey: []byte("x")},
	} {
		if _, err := outbox.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), o); err == nil {
			t.Errorf("%s: was opened", name)
		}
	}
}
