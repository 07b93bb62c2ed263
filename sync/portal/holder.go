package portal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// HolderProof is what proves that the holder of a card is there.
type HolderProof struct {
	Challenge   []byte       // a [HolderChallenge]
	Signature   []byte       // by the card's authentication key
	Certificate secret.Bytes // of that key, DER
	CA, Root    []byte       // above it, DER
}

// wire has an empty text where the card lacks something: the portal says what that
// means.
func (p HolderProof) wire() api.HolderProof {
	return api.HolderProof{
		Challenge: p.Challenge, Signature: append([]byte{}, p.Signature...), Certificate: append([]byte{}, p.Certificate.Reveal()...),
		Ca: append([]byte{}, p.CA...), Root: append([]byte{}, p.Root...),
	}
}

// LaterAppointments gives the appointments after today of the person whom proof and
// holder prove, in order of start. The error is one of [Client.Appointments], or wraps
// [ErrHolderRefused].
func (c *Client) LaterAppointments(ctx context.Context, proof Proof, holder HolderProof) ([]api.Appointment, error) {
	const doing = "asking for later appointments"
	r, err := call[api.LookupResult](ctx, c, c.o.LookupTime, doing, func(ctx context.Context) (*http.Response, error) {
		return c.api.LookupHolderAppointments(ctx, api.HolderLookup{Proof: proof.wire(), Holder: holder.wire()})
	})
	if err == nil && !complete(r) {
		return nil, fmt.Errorf("%s: %w", doing, errNotAPI)
	}
	return r.Appointments, err
}

// HolderTime is how far the time in a challenge may be from the portal's own.
const HolderTime = 5 * time.Minute

// HolderChallenge is what the holder's card is to sign: of one kiosk and one moment, so
// that a signature serves nobody else, nor later.
type HolderChallenge struct {
	Kiosk  string
	At     time.Time // in whole seconds
	Random string    // 16 bytes in hexadecimal
}

// holderProtocol separates these challenges from any others.
const holderProtocol = "balie/holder/1"

// NewHolderChallenge is a challenge of now, by the portal's clock where that is known.
func (c *Client) NewHolderChallenge(kiosk string) HolderChallenge {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails: crypto/rand
	return HolderChallenge{Kiosk: kiosk, At: time.Now().Add(c.Skew().Ahead), Random: hex.EncodeToString(random)}
}

// Bytes are the fields, each after its length.
func (h HolderChallenge) Bytes() []byte {
	var b strings.Builder
	for _, field := range []string{holderProtocol, h.Kiosk, h.At.UTC().Format(time.RFC3339), h.Random} {
		fmt.Fprintf(&b, "%d:%s,", len(field), field)
	}
	return []byte(b.String())
}

var errChallenge = errors.New("not a challenge for a card's holder")

// ParseHolderChallenge reads what Bytes wrote.
func ParseHolderChallenge(raw []byte) (HolderChallenge, error) {
	rest := string(raw)
	var fields [4]string
	for i := range fields {
		length, after, found := strings.Cut(rest, ":")
		n, err := strconv.ParseUint(length, 10, 8)
		if !found || err != nil || int(n) >= len(after) || after[n] != ',' {
			return HolderChallenge{}, errChallenge
		}
		fields[i], rest = after[:n], after[n+1:]
	}
	at, err := time.Parse(time.RFC3339, fields[2])
	h := HolderChallenge{Kiosk: fields[1], At: at, Random: fields[3]}
	if err != nil || fields[0] != holderProtocol || len(h.Random) != 32 || string(h.Bytes()) != string(raw) {
		return HolderChallenge{}, errChallenge
	}
	return h, nil
}
