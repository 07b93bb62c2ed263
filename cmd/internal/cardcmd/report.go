package cardcmd

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"balie/hw/eid"
	"balie/internal/age"
)

// report is what card read prints. It is all personal data, and goes to stdout only.
type report struct {
	Reader       string        `json:"reader"`
	ATR          string        `json:"atr"`
	Applet       string        `json:"applet"`
	Identity     identity      `json:"identity"`
	Address      *address      `json:"address"` // null where not asked
	Photo        *photo        `json:"photo"`   // null where not asked
	Certificates *certificates `json:"certificates,omitempty"`
	Checks       checks        `json:"checks"`
	Child        bool          `json:"child"`
	Under15      *bool         `json:"under_15"`
	Exchanges    int           `json:"exchanges"`
	Bytes        int           `json:"bytes"`
	Took         int64         `json:"took_ms"`
}

type identity struct {
	CardNumber     string   `json:"card_number"`
	ChipNumber     string   `json:"chip_number"`
	ValidFrom      string   `json:"valid_from"`
	ValidTo        string   `json:"valid_to"`
	Municipality   string   `json:"municipality"`
	NationalNumber string   `json:"national_number"`
	FamilyName     string   `json:"family_name"`
	GivenNames     string   `json:"given_names"`
	Initial        string   `json:"initial"`
	Nationality    string   `json:"nationality"`
	BirthPlace     string   `json:"birth_place"`
	BirthDate      string   `json:"birth_date"`
	BirthDateRaw   string   `json:"birth_date_raw"`
	Sex            string   `json:"sex"`
	Noble          string   `json:"noble"`
	DocumentType   string   `json:"document_type"`
	Document       string   `json:"document"`
	PhotoHash      string   `json:"photo_hash"`
	PublicKeyHash  string   `json:"public_key_hash"`
	Warnings       []string `json:"warnings"`
}

type address struct {
	Street       string `json:"street"`
	PostalCode   string `json:"postal_code"`
	Municipality string `json:"municipality"`
}

type photo struct {
	Bytes  int    `json:"bytes"`
	Type   string `json:"type"`
	SHA384 string `json:"sha384"`
}

// certificates are DER, in base64; null where the card has none.
type certificates struct {
	Authentication []byte `json:"authentication"`
	Signature      []byte `json:"signature"`
	CA             []byte `json:"ca"`
	Root           []byte `json:"root"`
	RRN            []byte `json:"rrn"`
}

// newReport says what was read, on a day.
func newReport(r eid.Record, asked eid.Want, now time.Time) report {
	out := report{
		Applet: r.Applet, Identity: newIdentity(r.Identity), Checks: newChecks(r.Checks), Child: r.Identity.ChildCard(),
		Exchanges: r.Exchanges, Bytes: r.Bytes,
	}
	if under, known := age.Under15(r.Identity.Birth(), age.Today(now)); known {
		out.Under15 = &under
	}
	if a := r.Address; a != nil {
		out.Address = &address{a.Street.Reveal(), a.PostalCode.Reveal(), a.Municipality.Reveal()}
	}
	if asked.Photo {
		out.Photo = newPhoto(r.Photo)
	}
	if c := r.Certificates; c != nil {
		out.Certificates = &certificates{c.Authentication.Reveal(), c.Signature.Reveal(), c.CA, c.Root, c.RRN}
	}
	return out
}

func newIdentity(i eid.Identity) identity {
	out := identity{
		CardNumber: i.CardNumber.Reveal(), ChipNumber: upperHex(i.ChipNumber),
		ValidFrom: i.ValidFrom.String(), ValidTo: i.ValidTo.String(), Municipality: i.Municipality,
		NationalNumber: i.NationalNumber.Reveal(), FamilyName: i.FamilyName.Reveal(), GivenNames: i.GivenNames.Reveal(),
		Initial: i.Initial.Reveal(), Nationality: i.Nationality, BirthPlace: i.BirthPlace.Reveal(),
		BirthDate: i.BirthDate.Reveal(), BirthDateRaw: i.BirthDateRaw.Reveal(), Sex: i.Sex, Noble: i.Noble,
		DocumentType: i.DocumentType, Document: i.Document(),
		PhotoHash: hex.EncodeToString(i.PhotoHash), PublicKeyHash: hex.EncodeToString(i.PublicKeyHash), Warnings: []string{},
	}
	out.Warnings = append(out.Warnings, i.Warnings...)
	return out
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// String is as the table has it.
func (p photo) String() string {
	if p.Bytes == 0 {
		return p.Type
	}
	return fmt.Sprintf("%d bytes, %s", p.Bytes, p.Type)
}

func newPhoto(picture []byte) *photo {
	p := &photo{Bytes: len(picture), Type: "unknown"}
	if len(picture) == 0 {
		p.Type = "none"
		return p
	}
	if bytes.HasPrefix(picture, []byte{0xFF, 0xD8, 0xFF}) { // SOI and the next marker: ISO/IEC 10918-1 B.2.1
		p.Type = "image/jpeg"
	}
	sum := sha512.Sum384(picture)
	p.SHA384 = hex.EncodeToString(sum[:])
	return p
}
