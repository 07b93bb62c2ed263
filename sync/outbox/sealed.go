package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Sealed is an action as it lies on disk and goes over the wire: the body closed,
// the same bytes at every try.
type Sealed struct {
	ID         uuid.UUID
	Counter    uint64
	Type       string
	Priority   int
	OrderKey   string
	OccurredAt time.Time // to the millisecond, UTC
	Test       bool
	KeyID      string
	Body       []byte
	Attempts   int // answers of the portal so far that settled nothing; not sent
}

const keyLen = 32

// mac covers every field that the portal acts on, each after its length.
func (b *Outbox) mac(s Sealed) []byte {
	h := hmac.New(sha256.New, b.o.MACKey)
	for _, field := range []string{
		"balie/row/1", b.o.Kiosk, s.ID.String(), strconv.FormatUint(s.Counter, 10), s.Type, strconv.Itoa(s.Priority), s.OrderKey,
		strconv.FormatInt(s.OccurredAt.UnixMilli(), 10), strconv.FormatBool(s.Test), s.KeyID, string(s.Body),
	} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}
