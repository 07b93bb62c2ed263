package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"balie/internal/durable"
)

// anchorDomain separates this MAC from others under the device's key.
const anchorDomain = "balie/audit-head/1\x00"

// errAnchor says that the file with the head is not of this device's making.
var errAnchor = errors.New("the head of the audit log is not of this device")

// anchor is the file that keeps the head: the head, a space, and a MAC over it.
type anchor struct {
	path string
	key  []byte
}

func (a anchor) mac(head string) []byte {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(anchorDomain + head))
	return m.Sum(nil)
}

func (a anchor) keep(h Head) error {
	return durable.WriteFile(a.path, fmt.Appendf(nil, "%s %x\n", h, a.mac(h.String())))
}

// begin makes the file for a log that has no records yet. One that is not there later
// was taken away.
func (a anchor) begin(empty func() (bool, error)) error {
	if _, err := os.Stat(a.path); !errors.Is(err, fs.ErrNotExist) {
		return durable.Explain(err)
	}
	if first, err := empty(); err != nil || !first {
		return err
	}
	return a.keep(Head{})
}

// load gives the head that was kept last.
func (a anchor) load() (Head, error) {
	raw, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, errAnchor
	}
	if err != nil {
		return Head{}, durable.Explain(err)
	}
	head, mac, _ := strings.Cut(strings.TrimSpace(string(raw)), " ")
	sum, err := hex.DecodeString(mac)
	if err != nil || !hmac.Equal(sum, a.mac(head)) {
		return Head{}, errAnchor
	}
	h, err := ParseHead(head)
	if err != nil {
		return Head{}, errAnchor
	}
	return h, nil
}
