package portal

import (
	"encoding/json"
	"fmt"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// Proof is what a card gave to prove who it names: its signed files, as read.
type Proof struct {
	Identity  secret.Bytes
	Signature []byte
	RRN, Root []byte // DER
	Challenge []byte // empty where the chip was not asked
	Answer    []byte
	PublicKey []byte
	// Certificate is the holder's authentication certificate, for the portal to see
	// whether it was revoked; zero where there is none.
	Certificate CertificateID
}

// CertificateID says which certificate is meant.
type CertificateID struct {
	Issuer []byte      // distinguished name, DER
	Serial secret.Text // hexadecimal
}

func (id CertificateID) wire() *api.CertificateID {
	if len(id.Issuer) == 0 {
		return nil
	}
	return &api.CertificateID{Issuer: id.Issuer, Serial: id.Serial.Reveal()}
}

func (p Proof) wire() api.Proof {
	return api.Proof{
		Identity: p.Identity.Reveal(), Signature: p.Signature, Rrn: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}
}

// TypeCheckIn is the type of the action of a [CheckIn].
const TypeCheckIn = "check-in"

// CheckIn is what the portal is told of a check-in by chip.
type CheckIn struct {
	Appointment string
	Ticket      string // as printed
	Proof       Proof
	Document    string // kind of document, as on the card
	ReadAt      time.Time
}

// Body is the plain body of the action. It is personal data: to be sealed at once,
// and wiped.
func (c CheckIn) Body() ([]byte, error) {
	body, err := json.Marshal(api.CheckIn{
		Appointment: c.Appointment, Ticket: c.Ticket, Proof: c.Proof.wire(),
		Reading: api.Reading{Method: api.Chip, Document: c.Document, ReadAt: c.ReadAt},
	})
	if err != nil {
		return nil, fmt.Errorf("making the body of a check-in: %w", err)
	}
	return body, nil
}
