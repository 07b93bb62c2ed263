package outbox

import (
	"crypto/rand"
	"errors"
	"os"
)

// ballastSize is room for the log of many small transactions, in bytes.
const ballastSize = 512 << 10

// ballast is a file that holds some disk back. On a full disk SQLite cannot even
// delete: it writes its log first. Then the ballast goes, and what the portal has
// can be noted and removed. It comes back when there is room.
type ballast struct{ path string }

// keep makes the ballast where it is missing and there is room. Its bytes are
// random, because a file system may not store zeros.
func (b ballast) keep() {
	if info, err := os.Stat(b.path); err == nil && info.Size() == ballastSize {
		return
	}
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return
	}
	raw := make([]byte, ballastSize)
	_, _ = rand.Read(raw) // never fails: crypto/rand
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync() // until now no block may have been taken
	}
	if errors.Join(err, f.Close()) != nil {
		b.drop()
	}
}

// drop gives the room back; it tells whether there was any.
func (b ballast) drop() bool { return os.Remove(b.path) == nil }
