package cardcmd

import (
	"strings"

	"balie/cmd/internal/exit"
	"balie/hw/eid"
)

// checks are the outcomes, in words.
type checks struct {
	IdentitySignature string `json:"identity_signature"`
	AddressSignature  string `json:"address_signature"`
	PhotoHash         string `json:"photo_hash"`
	ChipNumber        string `json:"chip_number"`
	Chain             string `json:"chain"`
	Genuine           string `json:"genuine"`
	Validity          string `json:"validity"`
}

func newChecks(c eid.Checks) checks {
	return checks{
		c.IdentitySignature.String(), c.AddressSignature.String(), c.PhotoHash.String(), c.ChipNumber.String(),
		c.Chain.String(), c.Genuine.String(), c.Validity.String(),
	}
}

// check is one of them, with what it means that it is invalid.
type check struct{ name, label, outcome, advice string }

func (c checks) list() []check {
	const forged = "the card is forged or damaged"
	return []check{
		{"identity_signature", "Identity signed", c.IdentitySignature, forged},
		{"address_signature", "Address signed", c.AddressSignature, forged},
		{"photo_hash", "Photo unchanged", c.PhotoHash, forged},
		{"chip_number", "Chip of this card", c.ChipNumber, "the files are another card's"},
		{"chain", "Signer", c.Chain, "nobody known signed the card; a specimen needs --trust-test-root"},
		{"genuine", "Chip genuine", c.Genuine, "the chip is a copy"},
		{"validity", "Valid today", c.Validity, "the card has expired or is not valid yet, or this machine's clock is wrong"},
	}
}

// verdict is nil where no check is invalid.
func (c checks) verdict() error {
	var names, advice []string
	for _, one := range c.list() {
		if one.outcome != eid.Invalid.String() {
			continue
		}
		names = append(names, one.name)
		if len(advice) == 0 || advice[len(advice)-1] != one.advice {
			advice = append(advice, one.advice)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return exit.Errorf(exitInvalid, "invalid: %s: %s", strings.Join(names, ", "), strings.Join(advice, "; "))
}
