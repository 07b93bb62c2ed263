package worklist_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/worklist"
)

// Of someone who never was; neither may lie on a disk.
const (
	number = "85073003328"
	body   = `[{"label":"Raadpleging KANARIEVOGEL"}]`
)

// booth plays the portal's side of one list, in memory: what it makes it makes as
// sync/portal/reference does, whose own tests hold the wire.
type booth struct {
	mu      sync.Mutex
	err     error // answered to everything; nil: it is there
	day     string
	key     []byte
	salt    []byte
	entries []api.WorklistEntry
	change  func(*api.Worklist) // of an answer; nil: nothing
	keys    int                 // were set
	asked   int
}

func (b *booth) SetWorklistKey(_ context.Context, k portal.WorklistKey) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return nil, b.err
	}
	b.keys++
	b.day, b.key, b.salt, b.entries = k.Day, k.Key, bytes.Repeat([]byte{byte(b.keys)}, worklist.SaltLen), nil
	return b.salt, nil
}

func (b *booth) Worklist(_ context.Context, after int64) (api.Worklist, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	switch {
	case b.err != nil:
		return api.Worklist{}, b.err
	case b.key == nil:
		return api.Worklist{}, &portal.Error{Status: 409, Code: "no-worklist"}
	}
	day, err := time.Parse(time.DateOnly, b.day)
	if err != nil {
		return api.Worklist{}, err
	}
	page := api.Worklist{Day: openapi_types.Date{Time: day}, Revision: after}
	if int(after) < len(b.entries) { // one at a time
		page.Entries, page.Revision = b.entries[after:after+1], after+1
		page.More = int(page.Revision) < len(b.entries)
	}
	if b.change != nil {
		b.change(&page)
	}
	return page, nil
}

// put puts an entry on the list.
func (b *booth) put(t *testing.T, subject []byte, text string, chipless bool) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	made, err := worklist.Derive(subject, b.key, b.salt)
	must(t, err)
	sealed, err := made.Seal([]byte(text))
	must(t, err)
	index := made.Index()
	b.entries = append(b.entries, api.WorklistEntry{Index: index[:], Sealed: sealed, Chipless: chipless})
}

func (b *booth) set(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func ssin(n string) []byte { return worklist.Subject("ssin", n) }

// open opens a list, and runs it until the test ends.
func open(t *testing.T, b *booth, path string, chipless bool) *worklist.List {
	t.Helper()
	l, err := worklist.Open(worklist.Options{Portal: b, DeviceKey: bytes.Repeat([]byte{9}, 32), Path: path, Chipless: chipless})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-done)
	})
	synctest.Wait()
	return l
}

// later lets time pass, and what was due be done.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// has holds what is found for somebody; empty: nothing.
func has(t *testing.T, l *worklist.List, who []byte, want string) {
	t.Helper()
	got, err := l.Lookup(t.Context(), who)
	if string(got) != want || (want == "") != errors.Is(err, worklist.ErrNone) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

var errAway = fmt.Errorf("asking: %w", portal.ErrAway)

// What the portal has is found by who is on it, while it is away too, and says how old
// it is.
func TestAList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &booth{}
		l := open(t, b, "", false)
		has(t, l, ssin(number), "")
		b.put(t, ssin(number), body, false)
		b.put(t, ssin("70010112345"), "[]", false)
		b.put(t, worklist.Subject("ead", "123"), body, true)
		later(7 * time.Minute)
		has(t, l, ssin(number), body)
		has(t, l, ssin("70010112345"), "[]")
		has(t, l, ssin("70010154321"), "")
		has(t, l, worklist.Subject("ead", "123"), "") // no chip card, and no TPM
		b.put(t, ssin(number), "[changed]", false)
		later(7 * time.Minute)
		has(t, l, ssin(number), "[changed]")
		asOf := l.Status().AsOf
		b.set(errAway)
		later(3 * time.Hour)
		has(t, l, ssin(number), "[changed]")
		s := l.Status()
		if s.Trouble != "away" || s.Entries != 2 || s.Day != "2000-01-01" || s.AsOf.Before(asOf) || time.Since(s.AsOf) < 2*time.Hour || s.OnDisk {
			t.Errorf("%+v", s)
		}
		if b.asked > 300 {
			t.Errorf("asked %d times in three hours", b.asked)
		}
		b.set(nil)
		later(3 * time.Minute)
		if s := l.Status(); s.Trouble != "" || time.Since(s.AsOf) > 3*time.Minute {
			t.Errorf("%+v", s)
		}
	})
}

// Where the device's key cannot be taken, people without a chip card are kept, too.
func TestChipless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &booth{}
		l := open(t, b, "", true)
		b.put(t, worklist.Subject("ead", "123"), body, true)
		later(7 * time.Minute)
		has(t, l, worklist.Subject("ead", "123"), body)
	})
}

// At midnight in Brussels it is gone, from memory and disk, with the network away; and
// the next day has a list of its own.
func TestMidnight(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { // begins at 01:00 in Brussels
		b, path := &booth{}, filepath.Join(dir, "worklist")
		l := open(t, b, path, false)
		b.put(t, ssin(number), body, false)
		later(7 * time.Minute)
		b.set(errAway)
		later(22*time.Hour + 52*time.Minute) // 23:59
		has(t, l, ssin(number), body)
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
		later(90 * time.Second)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file: %v", err)
		}
		has(t, l, ssin(number), "")
		if s := l.Status(); s.Day != "" || s.Entries != 0 || !s.AsOf.IsZero() {
			t.Errorf("%+v", s)
		}
		b.set(nil)
		later(5 * time.Minute)
		b.put(t, ssin(number), "[tomorrow]", false)
		later(7 * time.Minute)
		has(t, l, ssin(number), "[tomorrow]")
		if b.keys != 2 || l.Status().Day != "2000-01-02" {
			t.Errorf("%d keys were set; %+v", b.keys, l.Status())
		}
	})
}

// With a path it is there after a restart, on the same day only; what lies there names
// nobody. Without one nothing lies anywhere.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b, path := &booth{}, filepath.Join(dir, "worklist")
		l := open(t, b, path, false)
		b.put(t, ssin(number), body, false)
		later(7 * time.Minute)
		raw, err := os.ReadFile(path)
		must(t, err)
		for _, canary := range []string{number, "KANARIEVOGEL", "Raadpleging"} {
			if strings.Contains(string(raw), canary) {
				t.Errorf("the file tells %q", canary)
			}
		}
		b.set(errAway)
		again := open(t, b, path, false)
		has(t, again, ssin(number), body)
		other, err := worklist.Open(worklist.Options{Portal: b, DeviceKey: bytes.Repeat([]byte{8}, 32), Path: path})
		must(t, err)
		has(t, other, ssin(number), "") // the disk in another machine
		must(t, l.Erase())
		later(24 * time.Hour)
		must(t, os.WriteFile(path, raw, 0o600)) // an old copy is put back
		late, err := worklist.Open(worklist.Options{Portal: b, DeviceKey: bytes.Repeat([]byte{9}, 32), Path: path})
		must(t, err)
		has(t, late, ssin(number), "")
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the old file: %v", err)
		}
		if s := late.Status(); s.Day != "" || !s.OnDisk {
			t.Errorf("%+v", s)
		}
	})
}

// What is wiped stays so, also where an answer is under way.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b, path := &booth{}, filepath.Join(dir, "worklist")
		l := open(t, b, path, false)
		b.put(t, ssin(number), body, false)
		later(7 * time.Minute)
		must(t, l.Erase())
		later(time.Hour)
		has(t, l, ssin(number), "")
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
			t.Errorf("%v, %v", files, err)
		}
	})
}

// A portal that lost the list is told the key again; one that says what it must not is
// not believed, and what was there stays.
func TestAnOddPortal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &booth{}
		l := open(t, b, "", false)
		b.put(t, ssin(number), body, false)
		later(7 * time.Minute)
		b.put(t, ssin(number), "[odd]", false)
		for name, change := range map[string]func(*api.Worklist){
			"a short index":       func(w *api.Worklist) { w.Entries = []api.WorklistEntry{{Index: []byte{1}, Sealed: []byte{1}}} },
			"an older revision":   func(w *api.Worklist) { w.Revision = 0 },
			"of another day":      func(w *api.Worklist) { w.Day.Time = w.Day.Add(24 * time.Hour) },
			"without an end":      func(w *api.Worklist) { w.More = true },
			"more than there are": func(w *api.Worklist) { w.Entries = many(w.Revision); w.More = true },
		} {
			b.mu.Lock()
			b.change = change
			b.mu.Unlock()
			later(10 * time.Minute)
			has(t, l, ssin(number), body)
			if s := l.Status(); s.Trouble != "away" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		b.mu.Lock()
		b.change, b.key = nil, nil // it lost its database
		b.mu.Unlock()
		later(10 * time.Minute)
		if b.keys != 2 {
			t.Errorf("%d keys were set", b.keys)
		}
		b.put(t, ssin(number), "[anew]", false)
		later(7 * time.Minute)
		has(t, l, ssin(number), "[anew]")
	})
}

// many are as many entries as no site has people, a page at a time.
func many(revision int64) (list []api.WorklistEntry) {
	for n := range 30000 {
		index := make([]byte, worklist.IndexLen)
		copy(index, fmt.Sprintf("%d-%d", revision, n))
		list = append(list, api.WorklistEntry{Index: index, Sealed: []byte{1}})
	}
	return list
}

// FuzzFile opens what lies on disk: it may be anything, and is gone where it is not a
// list of today.
func FuzzFile(f *testing.F) {
	day := time.Now().UTC().Format(time.DateOnly)
	good, err := json.Marshal(map[string]any{"day": day, "salt": make([]byte, 16), "revision": 1, "entries": map[string][]byte{strings.Repeat("00", 16): {1}}})
	must(f, err)
	f.Add(good)
	f.Add([]byte(`{}`))
	f.Add([]byte(`null`))
	f.Add(bytes.Replace(good, []byte("0000"), []byte("00"), 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "worklist")
		must(t, os.WriteFile(path, raw, 0o600))
		l, err := worklist.Open(worklist.Options{Portal: &booth{}, DeviceKey: make([]byte, 32), Path: path})
		must(t, err)
		s := l.Status()
		if _, err := os.Stat(path); (s.Day == "" && s.Entries == 0) != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %+v, and the file: %v", raw, s, err)
		}
	})
}

// FuzzPage is whatever a portal answers for a list: at worst it costs time.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"day":"2000-01-01","revision":1,"more":false,"entries":[{"index":"AAAAAAAAAAAAAAAAAAAAAA==","sealed":"AA=="}]}`))
	f.Add([]byte(`{"day":"2000-01-01","revision":9,"more":true,"entries":[]}`))
	f.Add([]byte(`{"entries":[{}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		var page api.Worklist
		if json.Unmarshal(answer, &page) != nil {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			l := open(t, &booth{change: func(w *api.Worklist) { *w = page }}, "", false)
			if s := l.Status(); s.Entries > len(page.Entries) || s.Day != "" && s.Day != "2000-01-01" {
				t.Errorf("%q: %+v", answer, s)
			}
			has(t, l, ssin(number), "")
		})
	})
}
