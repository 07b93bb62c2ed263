// Package durabletest has a disk that loses power: a file system in memory, mounted
// through FUSE, that knows for every byte and every name whether it was synced. A
// kernel that goes on running keeps what a program wrote, so killing a program
// shows nothing of a missing fsync; here it is gone.
//
// What counts as synced is as little as POSIX promises: the bytes of a file by an
// fsync of that file, the names in the folder by an fsync of the folder.
//
// The file system is served by a process of its own, the test's binary started
// again: SQLite maps memory of its files, and a process that waits for a page that
// it would have to serve itself waits for ever. So [Main] is called by TestMain.
package durabletest

import (
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
)

// medium is what the disk holds.
type medium struct {
	mu      sync.Mutex // guards what follows
	now     map[string]*file
	synced  map[string]*file // the names that would be found after a power cut
	changes int              // since it was mounted
	cutAt   int              // the change that does not happen any more; 0: none
	dead    bool
	torn    *rand.Rand
	fault   fault
	nextIno uint64
}

// fault is an error that changes meet.
type fault struct {
	at    int // the first change that meets it; 0: none
	count int // how many meet it
	err   syscall.Errno
}

func newMedium() *medium { return &medium{now: map[string]*file{}, synced: map[string]*file{}} }

// cycle cuts the power, if that was not done, and goes on with what was left.
func (d *medium) cycle() {
	if !d.dead {
		d.lose()
	}
	d.now, d.changes, d.cutAt, d.torn, d.dead, d.fault = d.synced, 0, 0, nil, false, fault{}
	d.synced = map[string]*file{}
	for name, f := range d.now {
		f.now, f.pending = append([]byte(nil), f.synced...), nil
		d.synced[name] = f
	}
}

// change is asked before every change of a file or a name. Shared memory (-shm) is
// left out: the kernel writes it when it likes, and nothing of it is kept. It runs
// with mu held.
func (d *medium) change(name string) syscall.Errno {
	if strings.HasSuffix(name, "-shm") {
		return 0
	}
	d.changes++
	if !d.dead && d.changes == d.cutAt {
		d.lose()
	}
	switch {
	case d.dead:
		return syscall.EIO
	case d.fault.at > 0 && d.changes >= d.fault.at && d.changes < d.fault.at+d.fault.count:
		return d.fault.err
	}
	return 0
}

// lose settles what is left of everything. It runs with mu held.
func (d *medium) lose() {
	d.dead = true
	if d.torn == nil {
		return
	}
	for _, name := range names(d.now, d.synced) { // in order: the seed decides, not the map
		if d.torn.IntN(2) == 0 {
			continue // its name stays as it was
		}
		if f, there := d.now[name]; there {
			d.synced[name] = f
		} else {
			delete(d.synced, name)
		}
	}
	for _, name := range names(d.synced) {
		d.synced[name].tear(d.torn)
	}
}
