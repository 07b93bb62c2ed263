package durabletest

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Disk is a folder on a disk that can lose power and can fail. It is safe for use
// by several goroutines.
type Disk struct {
	dir string

	mu   sync.Mutex // one order at a time
	to   *json.Encoder
	from *json.Decoder
}

// order is what a disk is told, and what it answers.
type order struct {
	Do    string
	At    int           // of a cut, of a fault
	Count int           // of a fault
	Errno syscall.Errno // of a fault
	Torn  bool          // of a cut
	Seed  uint64        // of a torn cut

	Changes int    `json:",omitempty"`
	Err     string `json:",omitempty"`
}

// New mounts an empty disk. It is gone when the test ends.
func New(t testing.TB) *Disk {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Fatal("there is no /dev/fuse: apt-get install fuse3, and modprobe fuse (a container is given it by --device /dev/fuse)")
	}
	d := &Disk{dir: t.TempDir()}
	server := exec.Command(os.Args[0])
	server.Env, server.Stderr = append(os.Environ(), envServe+"="+d.dir), os.Stderr
	in, err := server.StdinPipe()
	out, other := server.StdoutPipe()
	if err := errors.Join(err, other, server.Start()); err != nil {
		t.Fatalf("starting a disk: %v", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), server.Wait()); err != nil { // it unmounts
			t.Errorf("ending a disk: %v", err)
		}
	})
	d.to, d.from = json.NewEncoder(in), json.NewDecoder(out)
	d.tell(t, order{Do: "nothing"})
	return d
}

// tell tells the disk something.
func (d *Disk) tell(t testing.TB, o order) order {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	var answer order
	if err := errors.Join(d.to.Encode(o), d.from.Decode(&answer)); err != nil || answer.Err != "" {
		t.Fatalf("telling the disk to %s: %v %s", o.Do, err, answer.Err)
	}
	return answer
}

// Path is where a file of that name is on the disk.
func (d *Disk) Path(name string) string { return filepath.Join(d.dir, name) }

// Changes is how often the disk was written to or synced since it was mounted: what
// CutAt and FailAt count. Shared memory of SQLite is left out.
func (d *Disk) Changes(t testing.TB) int {
	t.Helper()
	return d.tell(t, order{Do: "nothing"}).Changes
}

// CutAt cuts the power at the n-th change since the disk was mounted. From then on
// every change fails, and nothing that was not synced is left.
func (d *Disk) CutAt(t testing.TB, n int) {
	t.Helper()
	d.tell(t, order{Do: "cut", At: n})
}

// TearAt cuts the power as CutAt does, but of the sectors and names that were not
// synced about half reach the disk; seed chooses them.
func (d *Disk) TearAt(t testing.TB, n int, seed uint64) {
	t.Helper()
	d.tell(t, order{Do: "cut", At: n, Torn: true, Seed: seed})
}

// FailAt has count changes fail with err, beginning with the n-th since the disk was
// mounted. A sync that fails has synced nothing. A count of 0 ends all faults.
func (d *Disk) FailAt(t testing.TB, n, count int, err syscall.Errno) {
	t.Helper()
	d.tell(t, order{Do: "fail", At: n, Count: count, Errno: err})
}

// PowerCycle cuts the power, if that was not done, and mounts what was left. No file
// may be open.
func (d *Disk) PowerCycle(t testing.TB) {
	t.Helper()
	d.tell(t, order{Do: "cycle"})
}
