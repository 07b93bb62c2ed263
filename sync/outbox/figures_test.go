package outbox_test

import (
	"database/sql"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"maragu.dev/goqite"

	"balie/sync/outbox"
	"balie/sync/seal"
)

// full has the figures taken that docs/sync.md has, and held against what is asked of
// them: make bench-sync. Without it a few of each are done, to see that they can be.
var full = flag.Bool("full", false, "take the figures, and hold them against what is asked")

// bodyLen is about that of a check-in by chip, in bytes.
const bodyLen = 3500

// median is that of some times.
func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// quartile is what a quarter of the times were not above: what else a machine does
// shows least in it.
func quartile(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/4]
}

// durableFile opens a database as durable as the queue's, with nothing of its own.
func durableFile(t *testing.T, schema string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "x.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_secure_delete=1")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	var synchronous int
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("PRAGMA synchronous").Scan(&synchronous); err != nil || synchronous != 2 {
		t.Fatalf("synchronous is %d, %v", synchronous, err)
	}
	return db
}

// TestFigureAppend takes what a promise costs, beside the least that it could: a
// commit of one row, and a seal. The four take turns, so that the disk is the same.
func TestFigureAppend(t *testing.T) {
	times := 20
	if *full {
		times = 2000
	}
	f := open(t)
	bare := durableFile(t, "CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
	other := durableFile(t, goqiteSchema)
	queue := goqite.New(goqite.NewOpts{DB: other, Name: "actions"})
	body := make([]byte, bodyLen)
	var commit, sealing, appending, theirs []time.Duration
	timed := func(into *[]time.Duration, do func() error) {
		began := time.Now()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		*into = append(*into, time.Since(began))
	}
	for range times {
		var sealed []byte
		a := action()
		a.Body = func(uint64) ([]byte, error) { return slices.Clone(body), nil }
		timed(&sealing, func() (err error) {
			sealed, err = f.keys.Key().Seal(seal.Context{Kiosk: "K1", Action: a.ID.String(), Counter: 1, Type: a.Type}, body)
			return err
		})
		timed(&commit, func() error { _, err := bare.Exec("INSERT INTO bare (body) VALUES (?)", sealed); return err })
		timed(&appending, func() error { _, err := f.Append(t.Context(), a); return err })
		timed(&theirs, func() error { return queue.Send(t.Context(), goqite.Message{Body: sealed}) })
	}
	c, s, a, g := quartile(commit), quartile(sealing), quartile(appending), quartile(theirs)
	limit := c + s + 200*time.Microsecond
	t.Logf("append %v; bare commit %v + seal %v + 200µs = %v; goqite, not sealed, %v (lower quartiles of %d)", a, c, s, limit, g, times)
	t.Logf("medians: append %v, bare commit %v, seal %v, goqite %v", median(appending), median(commit), median(sealing), median(theirs))
	if *full && a > limit {
		t.Errorf("append takes %v, more than %v", a, limit)
	}
	if stats, err := f.Stats(t.Context()); err != nil || stats.Pending != times {
		t.Errorf("%+v, %v", stats, err)
	}
}

// TestFigureBacklog takes what carrying one action and adding one cost with more and
// more of them waiting. The queues take turns, so that the machine is the same.
func TestFigureBacklog(t *testing.T) {
	sizes := []int{1000, 2000}
	if *full {
		sizes = []int{1000, 10_000, 100_000, 1_000_000}
	}
	var queues []*backlog
	for _, size := range sizes {
		queues = append(queues, newBacklog(t, size))
	}
	for range carryable / batchLen {
		for _, q := range queues {
			q.carry()
			for range 6 {
				q.append()
			}
		}
	}
	carried, appended := quartile(queues[0].carried), quartile(queues[0].appended)
	for i, q := range queues {
		c, a := quartile(q.carried), quartile(q.appended)
		t.Logf("%8d waiting: %v to carry one, %v to add one", sizes[i], c, a)
		if *full && (c > carried*12/10 || a > appended*12/10) {
			t.Errorf("with %d waiting an action costs more than 20 %% more than with %d: %v, not %v; %v, not %v", sizes[i], sizes[0], c, carried, a, appended)
		}
		if stats, err := q.Stats(t.Context()); err != nil || stats.Acknowledged != carryable || stats.Pending != sizes[i]-carryable+len(q.appended) {
			t.Errorf("%+v, %v", stats, err)
		}
	}
}

// How many of a backlog can be carried, and how many are at a time.
const (
	carryable = 500
	batchLen  = 20
)

// backlog is a queue with much in it, and what it took to carry and to add one.
type backlog struct {
	*fixture
	carried, appended []time.Duration
}

// newBacklog fills a queue. Rows behind those that are carried are put in by SQL:
// nothing reads them.
func newBacklog(t *testing.T, size int) *backlog {
	t.Helper()
	f := open(t)
	f.o.MaxBytes = 16 << 30
	f.reopen()
	for range carryable {
		f.add(action())
	}
	f.sql(fmt.Sprintf(`PRAGMA synchronous=OFF; WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO actions (counter, id, type, priority, order_key, occurred_at, test, key_id, sealed, mac, state)
		SELECT i, printf('019b0000-0000-7000-8000-%%012d', i), 'check-in', 0, printf('k%%d', i), 0, 0, 'k1', zeroblob(600), x'', 'pending' FROM n WHERE i <= %d;
		UPDATE counter SET last = %d`, carryable+1, size+1, size, size))
	f.reopen()
	return &backlog{fixture: f}
}

func (q *backlog) carry() {
	q.t.Helper()
	began := time.Now()
	list := q.next(batchLen)
	var results []outbox.Result
	for _, s := range list {
		results = append(results, outbox.Result{ID: s.ID, State: outbox.Acknowledged})
	}
	q.must(q.Settle(q.t.Context(), results))
	q.carried = append(q.carried, time.Since(began)/batchLen)
}

func (q *backlog) append() {
	q.t.Helper()
	a := action()
	began := time.Now()
	q.add(a)
	q.appended = append(q.appended, time.Since(began))
}

// goqiteSchema is what goqite says to make, in schema_sqlite.sql of v0.4.0.
const goqiteSchema = `
create table goqite (
  id text primary key default ('m_' || lower(hex(randomblob(16)))),
  created text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  updated text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  queue text not null,
  body blob not null,
  timeout text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  received integer not null default 0,
  priority integer not null default 0
) strict;
create trigger goqite_updated_timestamp after update on goqite begin
  update goqite set updated = strftime('%Y-%m-%dT%H:%M:%fZ') where id = old.id;
end;
create index goqite_queue_priority_created_idx on goqite (queue, priority desc, created);`
