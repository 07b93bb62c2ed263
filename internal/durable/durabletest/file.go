package durabletest

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// sector is what a disk writes whole, in bytes.
const sector = 512

// file is the content of a file, as it is and as it was last synced.
type file struct {
	ino     uint64
	now     []byte
	synced  []byte
	pending []write // since it was last synced
}

// write is a change of content; one without bytes sets the size.
type write struct {
	at   int
	data []byte
}

func (w write) apply(to []byte) []byte {
	if w.data == nil {
		return resize(to, w.at)
	}
	if end := w.at + len(w.data); end > len(to) {
		to = resize(to, end)
	}
	copy(to[w.at:], w.data)
	return to
}

func resize(b []byte, size int) []byte {
	if size <= len(b) {
		return b[:size:size]
	}
	return append(b, make([]byte, size-len(b))...)
}

func (f *file) change(w write) {
	f.now, f.pending = w.apply(f.now), append(f.pending, w)
}

func (f *file) sync() {
	f.synced, f.pending = append([]byte(nil), f.now...), nil
}

// tear writes about half of what was not synced, by sectors and in any order.
func (f *file) tear(random *rand.Rand) {
	for _, w := range f.pending {
		for _, part := range w.sectors() {
			if random.IntN(2) == 0 {
				f.synced = part.apply(f.synced)
			}
		}
	}
}

// sectors splits a write where the sectors of the disk end.
func (w write) sectors() (parts []write) {
	if w.data == nil {
		return []write{w}
	}
	for at, data := w.at, w.data; len(data) > 0; {
		n := min(len(data), sector-at%sector)
		parts = append(parts, write{at, data[:n]})
		at, data = at+n, data[n:]
	}
	return parts
}

// names gives the names in any of the folders, in order.
func names(folders ...map[string]*file) []string {
	all := map[string]bool{}
	for _, f := range folders {
		for name := range f {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
