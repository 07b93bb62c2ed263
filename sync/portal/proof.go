package portal

import (
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
	return plainBody("a check-in", api.CheckIn{
		Appointment: c.Appointment, Ticket: c.Ticket, Proof: c.Proof.wire(),
		Reading: api.Reading{Method: api.Chip, Document: c.Document, ReadAt: c.ReadAt},
	})
}
