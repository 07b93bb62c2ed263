package outbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable/durabletest"
	"balie/sync/outbox"
	"balie/sync/seal"
)

// The environment that makes this test binary a child: one that appends until it is
// killed, or one that runs its tests on a small disk.
const (
	envAppend = "BALIE_TEST_APPEND" // path of the outbox
	envKey    = "BALIE_TEST_KEY"    // of the portal, hex
	envTimes  = "BALIE_TEST_TIMES"  // how often to append; unset: for ever
	envDisk   = "BALIE_TEST_DISK"   // folder to mount a small disk on
)

func TestMain(m *testing.M) {
	durabletest.Main()
	if path := os.Getenv(envAppend); path != "" {
		if err := appendForEver(path, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// appendForEver appends and acknowledges until it is killed, or as often as it is told, and says each thing once it is promised:
// "append ID COUNTER", "settle ID".
func appendForEver(path string, out io.Writer) error {
	runtime.LockOSThread() // strace counts the syncs of each thread by itself
	raw, err := hex.DecodeString(os.Getenv(envKey))
	if err != nil {
		return err
	}
	opener, err := seal.LoadOpener("k1", raw)
	if err != nil {
		return err
	}
	b, err := outbox.Open(context.Background(), path, outbox.Options{Kiosk: "K1", Keys: keys{opener}, MACKey: bytes.Repeat([]byte{7}, 32)})
	times, _ := strconv.Atoi(os.Getenv(envTimes)) // 0 where it is unset
	for n := 1; err == nil && (times == 0 || n <= times); n++ {
		err = appendOne(b, n, out)
	}
	if err == nil {
		err = b.Close()
	}
	return err
}

func appendOne(b *outbox.Outbox, n int, out io.Writer) error {
	ctx := context.Background()
	a := action()
	r, err := b.Append(ctx, a)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "append %s %d\n", a.ID, r.Counter)
	if n%7 == 0 { // to where the counter's mark is written anew
		err = b.SkipTo(ctx, r.Counter+1000)
	}
	if err == nil && n%3 == 0 {
		if err = b.Acknowledge(ctx, a.ID); err == nil {
			fmt.Fprintf(out, "settle %s\n", a.ID)
		}
	}
	return err
}

// promises are what a child said before it was killed.
type promises struct {
	counters map[uuid.UUID]uint64
	settled  map[uuid.UUID]bool
	highest  uint64
}

func (p *promises) read(t *testing.T, line string) {
	t.Helper()
	var what, id string
	var counter uint64
	if _, err := fmt.Sscan(line, &what, &id, &counter); what == "append" && err == nil {
		if counter <= p.highest {
			t.Errorf("counter %d after %d", counter, p.highest)
		}
		p.counters[uuid.MustParse(id)], p.highest = counter, max(p.highest, counter)
	} else if what == "settle" {
		p.settled[uuid.MustParse(id)] = true
	} else {
		t.Fatalf("the child said %q", line)
	}
}

// What a process promised is there after kill -9, wherever it strikes. (A power cut
// takes more than that: see internal/durable.)
func TestKilledWhileAppending(t *testing.T) {
	f := open(t)
	key, err := f.keys.Bytes()
	f.must(err)
	p := &promises{counters: map[uuid.UUID]uint64{}, settled: map[uuid.UUID]bool{}}
	random := rand.New(rand.NewPCG(1, 2))
	for range 12 {
		f.must(f.Close())
		f.Outbox = nil
		killed(t, f.path, hex.EncodeToString(key), 1+random.IntN(40), time.Duration(random.IntN(3000))*time.Microsecond, p)
		f.reopen()
		p.check(f)
	}
	if len(p.counters) < 12 || len(p.settled) == 0 {
		t.Errorf("only %d appended and %d settled", len(p.counters), len(p.settled))
	}
}

// killed runs a child until it has said some lines and a little longer.
func killed(t *testing.T, path, key string, lines int, longer time.Duration, p *promises) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), envAppend+"="+path, envKey+"="+key)
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 1; said.Scan(); n++ {
		p.read(t, said.Text())
		if n == lines {
			time.AfterFunc(longer, func() { _ = child.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v: %s", err, complaint.String())
	}
}

// check compares the outbox with what was promised. What was appended and not yet
// promised may be there too.
func (p *promises) check(f *fixture) {
	f.t.Helper()
	there := map[uuid.UUID]outbox.Row{}
	rows, err := f.List(f.t.Context(), 1<<20)
	f.must(err)
	for _, row := range rows {
		there[row.ID] = row
		p.highest = max(p.highest, row.Counter)
	}
	for id, counter := range p.counters {
		if row := there[id]; row.Counter != counter || p.settled[id] && row.State != outbox.Acknowledged {
			f.t.Errorf("action %d was promised (settled: %v), there is %+v", counter, p.settled[id], row)
		}
	}
	for _, s := range f.next(1 << 20) {
		if _, err := f.keys.Open(seal.Context{Kiosk: "K1", Action: s.ID.String(), Counter: s.Counter, Type: s.Type}, s.Body); err != nil {
			f.t.Errorf("action %d does not open: %v", s.Counter, err)
		}
	}
	if stats, err := f.Stats(f.t.Context()); err != nil || stats.Parked != 0 {
		f.t.Errorf("%+v, %v", stats, err)
	}
}

func TestANewerQueueIsLeftAsItIs(t *testing.T) {
	f := open(t)
	id := f.keyed("", 0)
	f.sql("INSERT INTO schema_version VALUES (99, 99, '0099_later', '')")
	f.must(f.Close())
	before, err := os.ReadFile(f.path)
	f.must(err)
	_, err = outbox.Open(t.Context(), f.path, f.o)
	if !errors.Is(err, outbox.ErrNewer) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{filepath.Base(f.path), "99", "install"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
	if after, err := os.ReadFile(f.path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was changed, or %v", err)
	}
	f.Outbox = nil
	f.sql("DELETE FROM schema_version WHERE version = 99")
	f.reopen()
	if got := f.nextIDs(10); len(got) != 1 || got[0] != id {
		t.Errorf("got %v", got)
	}
}
