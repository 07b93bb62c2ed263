package eidtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// Description is a card in words: who is on it, what kind it is, what is wrong
// with it. What is left empty is filled in by [PKI.Mint]. It describes invented
// people only, so its fields are plain text.
type Description struct {
	ID             string `toml:"id" json:"id"` // stable name of the card, "an"; seeds its numbers and its face
	Given          string `toml:"given,omitempty" json:"given,omitempty"`
	Family         string `toml:"family,omitempty" json:"family,omitempty"`
	Initial        string `toml:"initial,omitempty" json:"initial,omitempty"`
	NationalNumber string `toml:"national_number,omitempty" json:"national_number,omitempty"`
	Birth          string `toml:"birth,omitempty" json:"birth,omitempty"`         // "2017-03-05", "2017-03", "2017" or ""
	BirthRaw       string `toml:"birth_raw,omitempty" json:"birth_raw,omitempty"` // written to the card as it is, instead of Birth
	BirthPlace     string `toml:"birth_place,omitempty" json:"birth_place,omitempty"`
	Nationality    string `toml:"nationality,omitempty" json:"nationality,omitempty"`
	Sex            string `toml:"sex,omitempty" json:"sex,omitempty"` // "F" or "M"; anything else is written as it is
	Noble          string `toml:"noble,omitempty" json:"noble,omitempty"`
	Street         string `toml:"street,omitempty" json:"street,omitempty"`
	PostalCode     string `toml:"postal_code,omitempty" json:"postal_code,omitempty"`
	Town           string `toml:"town,omitempty" json:"town,omitempty"`

	Type      string `toml:"type,omitempty" json:"type,omitempty"`             // a name of [Types] or the number as the card writes it: "06"
	Applet    Applet `toml:"applet,omitempty" json:"applet,omitempty"`         // "1.1", "1.7", "1.7-ec" or "1.8" (the default)
	Language  string `toml:"language,omitempty" json:"language,omitempty"`     // of the month and the nationality: "nl" (the default), "fr", "de"
	ValidFrom string `toml:"valid_from,omitempty" json:"valid_from,omitempty"` // ISO date; two years ago where empty
	ValidTo   string `toml:"valid_to,omitempty" json:"valid_to,omitempty"`     // ISO date; in eight years where empty
	PIN       string `toml:"pin,omitempty" json:"pin,omitempty"`               // 4 to 12 digits; 1234 where empty
	Tries     *int   `toml:"tries,omitempty" json:"tries,omitempty"`           // PIN tries left, 0 to 3; 3 where nil

	NoAuthentication bool `toml:"no_authentication,omitempty" json:"no_authentication,omitempty"` // no authentication certificate
	NoSignature      bool `toml:"no_signature,omitempty" json:"no_signature,omitempty"`           // no signature certificate

	// PhotoHash is the algorithm of tag 11 where it is not the applet's own:
	// "sha1", "sha256" or "sha384". Re-signed 1.7 cards have kept SHA-1
	// (Fedict/eid-mw#128).
	PhotoHash string `toml:"photo_hash,omitempty" json:"photo_hash,omitempty"`
	// ExactLe makes any applet answer 6Cxx to a read beyond the end of a file, as
	// 1.1 and 1.7 do here. A chip with T=0 may not answer less than was asked; the
	// virtual 1.8 does, as readers that exchange whole APDUs make it look.
	ExactLe bool `toml:"exact_le,omitempty" json:"exact_le,omitempty"`
	// SignatureSize is how long the two signature files are at least: zeros fill them
	// before the address is signed.
	SignatureSize int `toml:"signature_size,omitempty" json:"signature_size,omitempty"`
	// Tags are written to the identity file after the known ones, or instead of the
	// one with the same number.
	Tags []Tag `toml:"tags,omitempty" json:"tags,omitempty"`

	Flaws  Flaws  `toml:"flaws,omitempty" json:"flaws"`
	Faults Faults `toml:"faults,omitempty" json:"faults"`

	// Note says for whom the card is in the tray. It is not on the card.
	Note string `toml:"note,omitempty" json:"note,omitempty"`
}

// Tag is one element of the identity file.
type Tag struct {
	Tag  byte   `toml:"tag" json:"tag"`
	Text string `toml:"text,omitempty" json:"text,omitempty"`
}

// Flaws are what is wrong with the card itself, from the day it was minted.
type Flaws struct {
	Expired           bool   `toml:"expired,omitempty" json:"expired,omitempty"`                       // since yesterday
	IdentitySignature bool   `toml:"identity_signature,omitempty" json:"identity_signature,omitempty"` // by another key than the RRN certificate's
	AddressSignature  bool   `toml:"address_signature,omitempty" json:"address_signature,omitempty"`   // over another identity signature: the address file of another card
	Photo             bool   `toml:"photo,omitempty" json:"photo,omitempty"`                           // another face than the signed hash says
	Chip              bool   `toml:"chip,omitempty" json:"chip,omitempty"`                             // the signed files of another chip
	Clone             bool   `toml:"clone,omitempty" json:"clone,omitempty"`                           // every file right, and not the private key (1.8)
	ForeignRoot       bool   `toml:"foreign_root,omitempty" json:"foreign_root,omitempty"`             // minted whole by a root of its own
	RRNSubject        string `toml:"rrn_subject,omitempty" json:"rrn_subject,omitempty"`               // common name and organisation of the RRN certificate

	Flip  []Flip `toml:"flip,omitempty" json:"flip,omitempty"`   // bits turned over after signing
	Sizes []Size `toml:"sizes,omitempty" json:"sizes,omitempty"` // files cut or padded with zeros after signing
	Gone  []Path `toml:"gone,omitempty" json:"gone,omitempty"`   // files that cannot be selected: 6A82
}

// Flip is one bit turned over. Bit 0 is the highest of the first byte.
type Flip struct {
	File Path `toml:"file" json:"file"`
	Bit  int  `toml:"bit" json:"bit"`
}

// Size is a file cut, or padded with zeros, to so many bytes.
type Size struct {
	File  Path `toml:"file" json:"file"`
	Bytes int  `toml:"bytes" json:"bytes"`
}

// Decode reads one description from TOML, or from JSON where the text opens with
// a brace. An unknown key is an error.
func Decode(text []byte) (Description, error) {
	var d Description
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&d); err != nil {
			return d, fmt.Errorf("reading the card description: %w", err)
		}
		return d, d.Validate()
	}
	meta, err := toml.Decode(string(text), &d)
	if err != nil {
		return d, fmt.Errorf("reading the card description: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return d, fmt.Errorf("reading the card description: unknown key %q", unknown[0].String())
	}
	return d, d.Validate()
}

// Validate tells what in the description cannot be minted.
func (d Description) Validate() error {
	var errs []error
	if !d.Applet.known() {
		errs = append(errs, fmt.Errorf("applet %q is none of 1.1, 1.7, 1.7-ec, 1.8", d.Applet))
	}
	if _, err := documentType(d.Type); err != nil {
		errs = append(errs, err)
	}
	if d.PIN != "" && !isPIN(d.PIN) {
		errs = append(errs, errors.New("the PIN is not 4 to 12 digits"))
	}
	if d.Tries != nil && (*d.Tries < 0 || *d.Tries > maxTries) {
		errs = append(errs, fmt.Errorf("tries is %d, not 0 to %d", *d.Tries, maxTries))
	}
	if d.SignatureSize < 0 || d.SignatureSize > maxFile {
		errs = append(errs, fmt.Errorf("signature_size is %d, not 0 to %d", d.SignatureSize, maxFile))
	}
	if _, known := months()[d.Language]; !known {
		errs = append(errs, fmt.Errorf("language %q is none of nl, fr, de", d.Language))
	}
	if _, err := photoHash(d.PhotoHash, d.Applet); err != nil {
		errs = append(errs, err)
	}
	for _, date := range []string{d.ValidFrom, d.ValidTo} {
		if _, err := isoDate(date); err != nil {
			errs = append(errs, err)
		}
	}
	if _, err := birthOnCard(d.Birth, d.Language); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, d.Flaws.validate()...)...)
}

func (f Flaws) validate() (errs []error) {
	for _, flip := range f.Flip {
		if flip.Bit < 0 {
			errs = append(errs, fmt.Errorf("bit %d of %s is negative", flip.Bit, flip.File))
		}
	}
	for _, size := range f.Sizes {
		if size.Bytes < 0 || size.Bytes > maxFile {
			errs = append(errs, fmt.Errorf("size %d of %s is not 0 to %d", size.Bytes, size.File, maxFile))
		}
	}
	return errs
}

func isPIN(s string) bool {
	return len(s) >= 4 && len(s) <= 12 && strings.Trim(s, "0123456789") == ""
}
