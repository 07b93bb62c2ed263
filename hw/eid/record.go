package eid

import (
	"balie/internal/age"
	"balie/internal/secret"
)

// Date is a date as cards have them: day and month may be unknown.
type Date = age.Date

// Identity is the identity file (EF 3F00/DF01/4031) of a card, decoded and not
// judged: what it says is true only as far as [Checks] says so.
type Identity struct {
	CardNumber     secret.Text
	ChipNumber     []byte // 16 bytes; of the chip, not of the person
	ValidFrom      Date
	ValidTo        Date
	Municipality   string // that issued the card
	NationalNumber secret.Text
	FamilyName     secret.Text
	GivenNames     secret.Text // first two
	Initial        secret.Text // of the third
	Nationality    string
	BirthPlace     secret.Text
	BirthDate      secret.Text // as Date.String
	BirthDateRaw   secret.Text // as the card wrote it
	Sex            string      // "F", "M" or ""
	Noble          string
	DocumentType   string // as on the card, leading zeros cut: "6"
	PhotoHash      []byte // 20, 32 or 48 bytes
	PublicKeyHash  []byte // SHA-384 of EF 4040; 1.8 only
	// Warnings says what contradicts itself, in words without personal data.
	Warnings []string

	damaged bool // the file is none from some element on; what came before is here
	noEnd   bool // the date of its end is there, and cannot be read
}

// Address is the address file (EF 3F00/DF01/4033).
type Address struct {
	Street       secret.Text
	PostalCode   secret.Text
	Municipality secret.Text
}

// Check is the outcome of one check. The zero Check is NotAsked.
type Check int

// The outcomes.
const (
	NotAsked Check = iota
	Valid
	Invalid
	Absent // the card has nothing to check: no such file, applet too old
	Test   // of Checks.Chain only: valid, to a test root that was explicitly allowed
)

// String is as kioskctl prints it: "valid", "invalid", "absent", "not_asked", "test".
func (c Check) String() string {
	switch c {
	case Valid:
		return "valid"
	case Invalid:
		return "invalid"
	case Absent:
		return "absent"
	case Test:
		return "test"
	}
	return "not_asked"
}

// Checks says of each thing that can be proved whether it was. There is no
// single verdict: what a visit needs is the visit's decision.
type Checks struct {
	IdentitySignature Check // by the RRN certificate
	AddressSignature  Check
	PhotoHash         Check
	ChipNumber        Check // identity file against GET CARD DATA
	Chain             Check // RRN certificate to a pinned root; Test under a test root
	Genuine           Check // the chip holds the key that the identity file names (1.8)
	Validity          Check // the card's own dates, on the day of reading in Brussels
}

// Verified tells whether who the card names is proved: the identity is signed
// by a trusted RRN certificate and the chip number is that of this chip.
func (c Checks) Verified() bool {
	return c.IdentitySignature == Valid && (c.Chain == Valid || c.Chain == Test) && c.ChipNumber != Invalid
}

// Proof is what a third party needs to judge the identity by itself: the signed
// files as they came off the card. It is personal data as a whole.
type Proof struct {
	Identity    secret.Bytes // EF 4031, exactly as read
	Signature   []byte       // EF 4032
	RRN         []byte       // RRN certificate, DER
	Root        []byte       // root certificate, DER, as the card brought it or as kept
	Challenge   []byte       // what the chip signed; empty where not asked
	Answer      []byte       // r‖s, 96 bytes
	PublicKey   []byte       // EF 4040, SPKI
	TestTrusted bool         // verified under a test root
	// Holder is the holder's authentication certificate, which nothing here proves;
	// zero where there is none, or it was not asked for.
	Holder CertificateID
}

// Record is all that one read of a card gave.
type Record struct {
	Applet   string // "1.1", "1.7", "1.8"
	Identity Identity
	Address  *Address // nil where not asked
	Photo    []byte   // JPEG; nil where not asked
	Checks   Checks
	Proof    Proof
	// Certificates is nil where they were not asked for.
	Certificates *Certificates
	Exchanges    int // commands sent, those sent again included
	Bytes        int // of commands and responses together
}

// Certificates are the certificates of a card, DER; empty where there is none.
// Those of the holder have the name and the national number in them.
type Certificates struct {
	Authentication, Signature secret.Bytes
	CA, Root, RRN             []byte
}
