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

// CheckIn is what the portal is told of a check-in: by chip where there is a Proof,
// by the letter where there is one, or by what a clerk attests.
type CheckIn struct {
	Appointment string
	Ticket      string // as printed
	Proof       Proof
	Letter      secret.Text // what its barcode says
	Birth       secret.Text // with Letter: "1984-05-17"
	Attested    *Attested
	Document    string      // kind of document: as on the card, or "passport"
	Serial      secret.Text // number of the card
	Reason      string      // why it was typed
	ReadAt      time.Time
}

// Body is the plain body of the action. It is personal data: to be sealed at once,
// and wiped.
func (c CheckIn) Body() ([]byte, error) {
	w := api.CheckIn{
		Appointment: c.Appointment, Ticket: c.Ticket, Letter: c.Letter.Reveal(), Birth: c.Birth.Reveal(),
		Reading: api.Reading{Method: api.Manual, Document: c.Document, Serial: c.Serial.Reveal(), Reason: c.Reason, ReadAt: c.ReadAt},
	}
	switch {
	case c.Proof.Identity.Len() > 0:
		w.Proof, w.Reading.Method = c.Proof.wire(), api.Chip
	case !c.Letter.Empty():
		w.Reading.Method = api.Barcode
	}
	if c.Attested != nil {
		w.Attested = c.Attested.wire
	}
	return plainBody("a check-in", w)
}
