package portal

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// What a signature of a clerk begins with, and a zero byte.
const attestedBy = "balie/attested/1\x00"

// Shift is a clerk at a kiosk for some hours. Its key is made here, stays in memory,
// and signs what the clerk attests. Card or Badge says that it is that clerk.
type Shift struct {
	wire api.Shift
	key  secret.Bytes // Ed25519
}

// NewShift begins a shift of a clerk, of at most 12 hours. It is of no use before
// [Shift.ByCard] or [Shift.ByBadge].
func NewShift(clerk, kiosk string, from, until time.Time) (*Shift, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of a shift: %w", err)
	}
	return &Shift{
		wire: api.Shift{Clerk: clerk, Kiosk: kiosk, Key: public, From: from.UTC().Truncate(time.Second), Until: until.UTC().Truncate(time.Second)},
		key:  secret.NewBytes(private),
	}, nil
}

// Challenge is what the clerk's own card signs.
func (s *Shift) Challenge() []byte { return ShiftChallenge(s.wire) }

// ByCard says by the clerk's card, which signed [Shift.Challenge], who it is.
func (s *Shift) ByCard(p Proof, h HolderProof) { s.wire.Card, s.wire.Holder = p.wire(), h.wire() }

// ByBadge says by what a badge holds who it is.
func (s *Shift) ByBadge(badge secret.Bytes) { s.wire.Badge = badge.Reveal() }

// End forgets the key.
func (s *Shift) End() {
	s.key.Wipe()
	clear(s.wire.Badge)
}

// MinBadge is how many bytes a badge must hold at least: fewer could be tried out
// against the staff list.
const MinBadge = 16

// BadgeHash is how a badge is kept. It has 128 random bits or more, so a plain hash
// cannot be turned back.
func BadgeHash(salt string, badge []byte) string {
	sum := sha256.Sum256(append([]byte("balie/badge/1\x00"+salt+"\x00"), badge...))
	return hex.EncodeToString(sum[:])
}

// CardKey is how the card of a clerk stands on the staff list, by its authentication
// certificate (DER); empty where it is none.
func CardKey(certificate []byte) string {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// ShiftChallenge is what the card of a clerk signs for a shift: its fields, hashed.
func ShiftChallenge(s api.Shift) []byte {
	sum := sha256.Sum256(seal.Fields("balie/shift/1", s.Clerk, s.Kiosk, string(s.Key), fmt.Sprint(s.From.Unix()), fmt.Sprint(s.Until.Unix())))
	return sum[:]
}

// Named is of whom a clerk says something: Card where one was read, else a number, the
// birth date on the document and the kind of document.
type Named struct {
	Card           *Proof
	NationalNumber secret.Text
	EAD            secret.Text
	Birth          secret.Text // "1984-05-17"
	Document       string      // "passport"
	Reason         string      // why it was typed
}

func (n Named) wire() api.Named {
	w := api.Named{
		NationalNumber: n.NationalNumber.Reveal(), Ead: n.EAD.Reveal(), Birth: n.Birth.Reveal(), Document: n.Document, Reason: n.Reason,
	}
	if n.Card != nil {
		w.Card = CardHash(n.Card.Identity.Reveal())
	}
	return w
}

// CardHash names a card in a statement: by its identity file, as read.
func CardHash(identity []byte) []byte {
	sum := sha256.Sum256(identity)
	return sum[:]
}

// Statement is what a clerk attests. Purpose and Matter keep it from serving anything
// else.
type Statement struct {
	Purpose string // of the call or action: "reserve-card"
	At      time.Time
	Matter  string // id of the card, link or appointment
	Audit   string // head of the kiosk's audit log, with what the clerk does in it
	Patient Named
	// Of a link: Patient is the parent, and the clerk attests parental authority over
	// Child and which papers were shown.
	Child     Named
	Authority bool
	Documents []string
}

// Attested is a statement with the signature of a shift.
type Attested struct{ wire api.Attested }

// Attest signs a statement.
func (s *Shift) Attest(st Statement) (Attested, error) {
	w := api.Statement{
		Purpose: st.Purpose, At: st.At.UTC(), Matter: st.Matter, Audit: st.Audit, Patient: st.Patient.wire(), Child: st.Child.wire(), Documents: st.Documents,
	}
	if st.Authority {
		w.Authority = api.Parent
	}
	payload, err := json.Marshal(w)
	if err != nil || s.key.Len() != ed25519.PrivateKeySize {
		return Attested{}, fmt.Errorf("signing for the clerk: the shift has ended or the statement cannot be written")
	}
	return Attested{wire: api.Attested{
		Shift: s.wire, Payload: payload, Signature: ed25519.Sign(s.key.Reveal(), append([]byte(attestedBy), payload...)),
	}}, nil
}

// AttestedBy tells whether the key of the shift signed the payload.
func AttestedBy(a api.Attested) bool {
	return len(a.Shift.Key) == ed25519.PublicKeySize && ed25519.Verify(a.Shift.Key, append([]byte(attestedBy), a.Payload...), a.Signature)
}
