package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"balie/sync/seal"
)

// Head is the last record of a log at some moment. The zero Head is that of a log
// without records.
type Head struct {
	Number uint64
	Hash   [32]byte
}

// String is "17:5f…", as the portal is told it.
func (h Head) String() string {
	return strconv.FormatUint(h.Number, 10) + ":" + hex.EncodeToString(h.Hash[:])
}

// ParseHead reads what [Head.String] writes.
func ParseHead(text string) (Head, error) {
	number, hash, _ := strings.Cut(text, ":")
	n, err := strconv.ParseUint(number, 10, 63)
	raw, wrong := hex.DecodeString(hash)
	if err != nil || wrong != nil || len(raw) != sha256.Size {
		return Head{}, errors.New(`a head is a number, a colon and 64 hexadecimal digits: "17:5f…"`)
	}
	return Head{Number: n, Hash: [32]byte(raw)}, nil
}

// action is the id of the action as it is kept.
func (r Record) action() string {
	if r.Action == uuid.Nil {
		return ""
	}
	return r.Action.String()
}

// hash is over the record and the one before it.
func (r Record) hash(before [32]byte) [32]byte {
	return sha256.Sum256(seal.Fields("balie/audit/1", string(before[:]), strconv.FormatUint(r.Number, 10), strconv.FormatInt(r.At.UnixMilli(), 10),
		r.Clerk, r.What, r.Matter, r.action()))
}

// Why a log is not as it was written.
const (
	Changed   = "changed"   // the record, or the one before it, is another
	Missing   = "missing"   // it is not there
	Truncated = "truncated" // nor is anything after it
	Unknown   = "unknown"   // the file with the head is not of this device
)

// BrokenAt is the first record that is not as it was written.
type BrokenAt struct {
	Number uint64
	Why    string
}

// mark names the place in the log itself.
func (b BrokenAt) mark() string { return fmt.Sprintf("record-%d-%s", b.Number, b.Why) }

// Verdict is what a look through the whole log gave.
type Verdict struct {
	Records uint64
	Last    Head // of what is there
	Broken  *BrokenAt
}

// Verify looks through the log: at each record, at the head that is kept beside it, and
// at heads that were kept elsewhere, as the portal does. An error is that it could not be
// read.
func (l *Log) Verify(ctx context.Context, heads ...Head) (Verdict, error) {
	known, err := l.anchor.load()
	var v Verdict
	switch {
	case errors.Is(err, errAnchor):
		v.broken(0, Unknown)
	case err != nil:
		return v, fmt.Errorf("verifying the audit log: %w", err)
	default:
		heads = append(heads, known)
	}
	err = l.each(ctx, columns+" ORDER BY number", func(r Record) bool {
		v.look(r, heads)
		return true
	})
	if err != nil {
		return v, fmt.Errorf("verifying the audit log: %w", err)
	}
	for _, h := range heads {
		if h.Number > v.Last.Number {
			v.broken(v.Last.Number+1, Truncated)
		}
	}
	return v, nil
}

// look holds the next record against the one before, and against what is known of it.
func (v *Verdict) look(r Record, heads []Head) {
	if r.Number != v.Last.Number+1 {
		v.broken(v.Last.Number+1, Missing)
	}
	if r.hash(v.Last.Hash) != r.Hash {
		v.broken(r.Number, Changed)
	}
	for _, h := range heads {
		if h.Number == r.Number && h.Hash != r.Hash {
			v.broken(r.Number, Changed)
		}
	}
	v.Records++
	v.Last = Head{Number: r.Number, Hash: r.Hash}
}

// broken notes the first place only.
func (v *Verdict) broken(number uint64, why string) {
	if v.Broken == nil || v.Broken.Why == Unknown {
		v.Broken = &BrokenAt{Number: number, Why: why}
	}
}
