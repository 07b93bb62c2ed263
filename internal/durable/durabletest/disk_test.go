package durabletest_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"balie/internal/durable"
	"balie/internal/durable/durabletest"
)

func TestMain(m *testing.M) {
	durabletest.Main()
	os.Exit(m.Run())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content reads a file of the disk; "-" where there is none.
func content(d *durabletest.Disk, name string) string {
	raw, err := os.ReadFile(d.Path(name))
	if err != nil {
		return "-"
	}
	return string(raw)
}

// put writes a file and, where asked, syncs it.
func put(t *testing.T, d *durabletest.Disk, name, text string, sync bool) {
	t.Helper()
	f, err := os.OpenFile(d.Path(name), os.O_CREATE|os.O_RDWR, 0o600)
	must(t, err)
	_, err = f.WriteAt([]byte(text), 0)
	must(t, err)
	if sync {
		must(t, f.Sync())
	}
	must(t, f.Close())
}

func TestWhatWasNotSyncedIsLost(t *testing.T) {
	d := durabletest.New(t)
	put(t, d, "a", "old", true)
	put(t, d, "nameless", "synced, but for its name", true)
	must(t, durable.SyncDir(d.Path(".")))
	put(t, d, "a", "new and longer", false)
	put(t, d, "b", "b", true)
	must(t, os.Rename(d.Path("nameless"), d.Path("renamed")))
	if got := content(d, "a") + content(d, "b") + content(d, "nameless"); got != "new and longerb-" {
		t.Fatalf("before the cut: %q", got)
	}
	d.PowerCycle(t)
	if got := content(d, "a") + content(d, "b") + content(d, "renamed") + content(d, "nameless"); got != "old--synced, but for its name" {
		t.Errorf("after it: %q", got)
	}
}

// durable.WriteFile promises all of the old bytes or all of the new, wherever it is
// cut, whatever of it reaches the disk.
func TestWriteFileIsWholeWhereverItIsCut(t *testing.T) {
	oldText, newText := strings.Repeat("old", 700), strings.Repeat("newer", 700)
	d := durabletest.New(t)
	for n, old, done := 1, 0, 0; done == 0; n++ {
		for seed := range uint64(8) {
			must(t, durable.WriteFile(d.Path("x"), []byte(oldText)))
			d.TearAt(t, d.Changes(t)+n, seed)
			err := durable.WriteFile(d.Path("x"), []byte(newText))
			d.PowerCycle(t)
			switch got := content(d, "x"); {
			case err == nil && got == newText:
				done++
			case err != nil && got == oldText:
				old++
			case err == nil || got != newText:
				t.Fatalf("cut at change %d, seed %d: %v, and there are %d bytes", n, seed, err, len(got))
			}
		}
		if n > 20 || done > 0 && old == 0 {
			t.Fatalf("%d cuts, %d left the old bytes: the cuts are in the wrong place", n, old)
		}
	}
}

func TestFaults(t *testing.T) {
	d := durabletest.New(t)
	put(t, d, "a", "1", true)
	d.FailAt(t, d.Changes(t)+2, 1, syscall.ENOSPC)
	put(t, d, "a", "2", false)
	if err := os.WriteFile(d.Path("b"), nil, 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	put(t, d, "a", "3", true)
	d.FailAt(t, d.Changes(t)+1, 1000, syscall.EIO)
	for range 2 {
		if err := durable.SyncDir(d.Path(".")); !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v", err)
		}
	}
	d.FailAt(t, 0, 0, 0)
	must(t, durable.SyncDir(d.Path(".")))
	d.PowerCycle(t)
	if got := content(d, "a"); got != "3" {
		t.Errorf("got %q", got)
	}
}
