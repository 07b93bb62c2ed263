package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"balie/internal/secret"
	"balie/sync/seal"
)

// OrderKey gives the order key of a matter of some people, such as "link" of a parent and
// a child: the same for their link and their unlink, so that the two arrive in order.
// It is drawn from what only this process knows, and so tells nobody who they are, also
// not whoever has the disk and every key of the device; a hash of a national number, or
// one under a key that lies on the disk, would be found by trying all numbers.
//
// After a restart the keys are others. What was appended before may then be overtaken;
// the portal goes by the counter: a link that comes after an unlink that was asked for
// after it is refused.
func (b *Outbox) OrderKey(matter string, people ...secret.Text) string {
	fields := []string{matter}
	for _, p := range people {
		fields = append(fields, p.Reveal())
	}
	h := hmac.New(sha256.New, b.ordering[:])
	_, _ = h.Write(seal.Fields(fields...)) // never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}
