package audit

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
)

var key = []byte("0123456789abcdef0123456789abcdef")

func open(t *testing.T, path string) *Log {
	t.Helper()
	l, err := Open(t.Context(), path, key)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// written makes a log of n records and closes it. It gives the head after each.
func written(t *testing.T, n int) (path string, heads []Head) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "audit.db")
	l := open(t, path)
	heads = append(heads, l.Head())
	for i := range n {
		h, err := l.Append(t.Context(), Entry{
			At: time.Unix(1_800_000_000+int64(i), 0), Clerk: "kaat", What: "link", Matter: "L-" + uuid.NewString(), Action: uuid.New(),
		})
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return path, heads
}

// tamper changes a log as someone with the disk in their hands would.
func tamper(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, path string, heads ...Head) Verdict {
	t.Helper()
	l := open(t, path)
	defer func() { _ = l.Close() }() // only read
	v, err := l.Verify(t.Context(), heads...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestALogThatNobodyTouchedHolds(t *testing.T) {
	path, heads := written(t, 5)
	v := verify(t, path, heads...)
	if v.Broken != nil || v.Records != 5 || v.Last != heads[5] {
		t.Errorf("%+v", v)
	}
	l := open(t, path)
	defer func() { _ = l.Close() }() // only read
	list, err := l.List(t.Context(), 2)
	if err != nil || len(list) != 2 || list[0].Number != 5 || list[0].Clerk != "kaat" || list[0].What != "link" || list[1].Number != 4 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestTampering is each way to change a log, and where it is found, by the chain or by
// the head that is kept beside it.
func TestTampering(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		at        uint64
		why       string
	}{
		{"another clerk", "UPDATE records SET clerk = 'piet' WHERE number = 3", 3, Changed},
		{"another time", "UPDATE records SET at = at + 1000 WHERE number = 1", 1, Changed},
		{"another matter", "UPDATE records SET matter = 'L-other-one' WHERE number = 5", 5, Changed},
		{"another action", "UPDATE records SET action = '' WHERE number = 2", 2, Changed},
		{"no action at all", "UPDATE records SET action = 'nonsense' WHERE number = 2", 2, Changed},
		{"another hash", "UPDATE records SET hash = zeroblob(32) WHERE number = 4", 4, Changed},
		{"removed", "DELETE FROM records WHERE number = 3", 3, Missing},
		{"the first removed", "DELETE FROM records WHERE number = 1", 1, Missing},
		{"reordered", "UPDATE records SET number = 9 WHERE number = 2; UPDATE records SET number = 2 WHERE number = 3; UPDATE records SET number = 3 WHERE number = 9", 2, Changed},
		{"removed and closed up", "DELETE FROM records WHERE number = 2; UPDATE records SET number = number - 1 WHERE number > 2", 2, Changed},
		{"the tail cut off", "DELETE FROM records WHERE number > 3", 4, Truncated},
		{"all of it", "DELETE FROM records", 1, Truncated},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, _ := written(t, 5)
			tamper(t, path, c.sql)
			v := verify(t, path)
			if v.Broken == nil {
				t.Fatal("nobody notices")
			}
			// Opening it notes what is wrong, after the place where something is missing.
			if why := v.Broken.Why; v.Broken.Number != c.at || why != c.why && (c.why != Truncated || why != Missing) {
				t.Errorf("found at %d, %s", v.Broken.Number, why)
			}
		})
	}
}

// TestWhoHasTheWholeKioskIsFoundByThePortal: someone who can make every hash anew, and
// the head beside it, is found by a head that the portal was told.
func TestWhoHasTheWholeKioskIsFoundByThePortal(t *testing.T) {
	path, heads := written(t, 5)
	forged, _ := written(t, 5)
	if v := verify(t, forged); v.Broken != nil {
		t.Fatalf("a log that holds in itself: %+v", v.Broken)
	}
	if v := verify(t, forged, heads[3]); v.Broken == nil || v.Broken.Number != 3 || v.Broken.Why != Changed {
		t.Errorf("held against the portal's head: %+v", v.Broken)
	}
	short, _ := written(t, 2)
	if v := verify(t, short, heads[4]); v.Broken == nil || v.Broken.Number != 2+1 || v.Broken.Why != Truncated {
		t.Errorf("a short one against the portal's head: %+v", v.Broken)
	}
	if v := verify(t, path, heads[1], heads[4]); v.Broken != nil {
		t.Errorf("the true one: %+v", v.Broken)
	}
}

func TestAHeadThatIsNotOfThisDevice(t *testing.T) {
	for name, spoil := range map[string]func(string) error{
		"taken away": os.Remove,
		"made up":    func(path string) error { return os.WriteFile(path, []byte(Head{Number: 5}.String()+" 00\n"), 0o600) },
		"emptied":    func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		path, _ := written(t, 5)
		if err := spoil(path + ".head"); err != nil {
			t.Fatal(err)
		}
		l := open(t, path)
		list, err := l.List(t.Context(), 1)
		if err != nil || list[0].What != Broken || list[0].Matter != "record-0-unknown" {
			t.Errorf("%s: it is not noted: %+v, %v", name, list, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestABrokenLogGoesOn: it is noted once, the desk works on, and what is missing stays so.
func TestABrokenLogGoesOn(t *testing.T) {
	path, _ := written(t, 5)
	tamper(t, path, "DELETE FROM records WHERE number > 3")
	for range 3 {
		l := open(t, path)
		if _, err := l.Append(t.Context(), Entry{At: time.Now(), Clerk: "kaat", What: "sign-in"}); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	v := verify(t, path)
	if v.Broken == nil || v.Broken.Number != 4 || v.Broken.Why != Missing || v.Last.Number < 9 {
		t.Errorf("%+v, %+v", v, v.Broken)
	}
	l := open(t, path)
	defer func() { _ = l.Close() }() // only read
	list, err := l.List(t.Context(), 100)
	noted := 0
	for _, r := range list {
		if r.What == Broken {
			noted++
		}
	}
	if err != nil || noted > 2 { // as cut off when it was opened first, as missing from then on
		t.Errorf("noted %d times, %v", noted, err)
	}
}

func TestNothingPersonalIsRecorded(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "audit.db"))
	defer func() { _ = l.Close() }() // nothing is in it
	now := time.Now()
	for _, e := range []Entry{
		{At: now, What: "link", Matter: "84051799897"}, {At: now, What: "link", Matter: "84.05.17-998.97"}, {At: now, What: "link", Matter: "An Peeters"},
		{At: now, What: "Linked An"}, {At: now, Clerk: "Kaat D.", What: "link"}, {What: "link"}, {At: now, What: ""},
	} {
		if _, err := l.Append(t.Context(), e); !errors.Is(err, errPersonal) || strings.Contains(err.Error(), "An") {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// TestACommitThatFailed may be there all the same: the next record goes on after it.
func TestACommitThatFailed(t *testing.T) {
	path, _ := written(t, 2)
	l := open(t, path)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ended, Entry{At: time.Now(), What: "link"}); err == nil {
		t.Fatal("it is recorded for nobody")
	}
	if _, err := l.db.Exec("CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'no room'); END"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), Entry{At: time.Now(), What: "link"}); err == nil {
		t.Fatal("it is recorded nowhere")
	}
	if _, err := l.db.Exec("DROP TRIGGER full"); err != nil {
		t.Fatal(err)
	}
	if h, err := l.Append(t.Context(), Entry{At: time.Now(), What: "link"}); err != nil || h.Number != 3 {
		t.Errorf("%v, %v", h, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, path); v.Broken != nil {
		t.Errorf("%+v", v.Broken)
	}
}

func TestAFileThatIsNotOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.db")
	tamper(t, path, "CREATE TABLE t (x)")
	if _, err := Open(t.Context(), path, key); !errors.Is(err, durable.ErrForeign) {
		t.Errorf("%v", err)
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add(Head{Number: 17}.String())
	f.Add("1:")
	f.Add(":")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHead(text)
		if err != nil {
			return
		}
		if again, err := ParseHead(h.String()); err != nil || again != h {
			t.Errorf("%q: %v, %v", text, again, err)
		}
	})
}
