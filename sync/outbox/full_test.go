package outbox_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/sync/outbox"
)

// diskSize is that of the small disk: what others keep there, the ballast, each of
// half a megabyte, and as much again for a queue and its log.
const diskSize = "2048k"

// onSmallDisk gives a folder on a full-able disk, a tmpfs, to a test that runs again
// in a child of its own user and mount namespace. There no rights are needed to
// mount, and what is mounted goes with the child. It returns false in the parent.
func onSmallDisk(t *testing.T) (dir string, here bool) {
	t.Helper()
	if dir := os.Getenv(envDisk); dir != "" {
		if err := syscall.Mount("balie-test", dir, "tmpfs", 0, "size="+diskSize); err != nil {
			t.Fatalf("mounting a small disk: %v", err)
		}
		return dir, true
	}
	out, err := child(t, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNS).CombinedOutput()
	if errors.Is(err, syscall.EPERM) && os.Getuid() == 0 { // in a chroot there are no user namespaces
		out, err = child(t, syscall.CLONE_NEWNS).CombinedOutput()
	}
	if err != nil {
		t.Errorf("on a small disk (user namespaces must be allowed): %v\n%s", err, out)
	}
	return "", false
}

// child is this test again, in namespaces of its own.
func child(t *testing.T, namespaces uintptr) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), envDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if namespaces&syscall.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}

// smallBooth opens an outbox on the small disk.
func smallBooth(t *testing.T, dir string) *fixture {
	t.Helper()
	f := open(t)
	f.path = filepath.Join(dir, "outbox.db")
	f.reopen()
	return f
}

// fill appends until the disk is full, and gives what was appended.
func (f *fixture) fill() (ids []uuid.UUID) {
	f.t.Helper()
	for {
		a := action()
		a.Body = func(uint64) ([]byte, error) { return make([]byte, 6000), nil }
		switch _, err := f.Append(f.t.Context(), a); {
		case errors.Is(err, outbox.ErrFull):
			return ids
		case err != nil:
			f.t.Fatalf("on a full disk, after %d: %v", len(ids), err)
		}
		ids = append(ids, a.ID)
	}
}

// stuff takes what room is left on the disk, to the last byte.
func stuff(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	raw := make([]byte, 4096)
	_, _ = rand.Read(raw) // never fails: crypto/rand
	for err == nil {
		_, err = file.Write(raw)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// holds fails unless exactly these actions are in the queue.
func (f *fixture) holds(ids []uuid.UUID) {
	f.t.Helper()
	rows, err := f.List(f.t.Context(), 1<<20)
	f.must(err)
	if len(rows) != len(ids) {
		f.t.Errorf("%d actions in the queue, %d were promised", len(rows), len(ids))
	}
	for _, id := range ids {
		if _, err := f.Show(f.t.Context(), id); err != nil {
			f.t.Error(err)
		}
	}
}

func TestAFullDiskRefusesAndDrains(t *testing.T) {
	dir, here := onSmallDisk(t)
	if !here {
		return
	}
	f := smallBooth(t, dir)
	f.must(os.WriteFile(filepath.Join(dir, "others"), bytes.Repeat([]byte("x"), 512<<10), 0o600))
	ids := f.fill()
	if len(ids) < 10 {
		t.Fatalf("only %d actions fitted", len(ids))
	}
	f.holds(ids)
	stuff(t, filepath.Join(dir, "rest"))
	f.fill()
	for _, id := range ids {
		f.must(f.Settle(t.Context(), []outbox.Result{{ID: id, State: outbox.Pending, Reason: "busy", After: time.Second}}))
		f.must(f.Acknowledge(t.Context(), id))
	}
	f.must(os.Remove(filepath.Join(dir, "others")))
	f.must(os.Remove(filepath.Join(dir, "rest")))
	f.must(f.Purge(t.Context())) // makes the ballast again
	if info, err := os.Stat(f.path + ".ballast"); err != nil || info.Size() == 0 {
		t.Errorf("no ballast: %v", err)
	}
	f.holds(append(ids, f.add(action()).ID))
}

// The programs may be started again while the disk is full, also after a crash.
func TestAFullDiskAtTheStart(t *testing.T) {
	dir, here := onSmallDisk(t)
	if !here {
		return
	}
	f := smallBooth(t, dir)
	var ids []uuid.UUID
	for range 5 {
		ids = append(ids, f.keyed("", 0))
	}
	f.must(f.Close())
	f.Outbox = nil
	stuff(t, filepath.Join(dir, "other"))
	f.reopen()
	f.holds(ids)
	for _, id := range ids {
		f.must(f.Acknowledge(t.Context(), id))
	}
	f.must(os.Remove(filepath.Join(dir, "other")))
	f.reopen()
	f.add(action())
}

func TestNoRoomForAQueueAtAll(t *testing.T) {
	dir, here := onSmallDisk(t)
	if !here {
		return
	}
	f := open(t)
	stuff(t, filepath.Join(dir, "other"))
	if _, err := outbox.Open(t.Context(), filepath.Join(dir, "outbox.db"), f.o); !errors.Is(err, outbox.ErrFull) {
		t.Errorf("got %v", err)
	}
	f.must(os.Remove(filepath.Join(dir, "other")))
	f.path = filepath.Join(dir, "outbox.db")
	f.reopen()
	f.add(action())
}
