package eid

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"balie/hw/card"
	"balie/hw/eid/eidtest"
	"balie/internal/age"
)

// TestTenThousandMutatedFiles puts 10,000 mutations of the files of a good card, of
// each kind, and as many files of noise, through what parses them. It is enough that
// nothing falls over; what is believed of such files is for the tests of whole reads.
func TestTenThousandMutatedFiles(t *testing.T) {
	pki, err := eidtest.NewQuickPKI()
	if err != nil {
		t.Fatal(err)
	}
	c, err := pki.Mint(eidtest.Description{ID: "an", Given: "An", Family: "Peeters", Birth: "1985-07-30", Street: "Bergstraat 1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]struct {
		good  []byte
		parse func([]byte)
	}{
		"identity":           {c.File(eidtest.FileIdentity), func(b []byte) { _, _ = decodeIdentity(b); elements().length(b) }},
		"address":            {c.File(eidtest.FileAddress), func(b []byte) { _, _ = decodeAddress(b); untilPadding(addressChunk).length(b) }},
		"identity signature": {c.File(eidtest.FileIdentitySignature), func(b []byte) { _, _, _ = cutDER(b); signature().length(b) }},
		"RRN certificate":    {c.File(eidtest.FileRRN), func(b []byte) { _, _ = parseCertificate(b); derValue(chunk).length(b) }},
		"root certificate":   {c.File(eidtest.FileRoot), func(b []byte) { (&Trust{}).learn(b) }},
		"public key":         {c.File(eidtest.FilePublicKey), func(b []byte) { genuine(Identity{PublicKeyHash: make([]byte, 48)}, Proof{PublicKey: b}) }},
		"card data":          {[]byte(alice), func(b []byte) { _, _ = parseCardData(b) }},
		"answer to reset":    {atr18(), func(b []byte) { _, _ = card.ParseATR(b); LooksBelgian(b) }},
		"response":           {[]byte{0x6C, 0x10}, func(b []byte) { _, _ = card.ParseResponse(b) }},
		"date":               {[]byte("08 SEP  1964"), func(b []byte) { _, _ = ParseDate(string(b)); _, _ = age.ParseDate(string(b)) }},
		"national number":    {[]byte("85073003427"), func(b []byte) { _, _ = ParseNumber(string(b)) }},
		"card number":        {[]byte("592443620689"), func(b []byte) { cardNumberChecks(string(b)) }},
	} {
		t.Run(name, func(t *testing.T) {
			source := rand.New(rand.NewPCG(1, 2))
			for range 10_000 {
				p.parse(mutate(source, bytes.Clone(p.good)))
				p.parse(noise(source))
			}
		})
	}
}

// noise is bytes that nobody wrote.
func noise(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(600))
	for i := range b {
		b[i] = byte(r.UintN(256))
	}
	return b
}

// mutate changes, cuts, doubles or pads a file.
func mutate(r *rand.Rand, file []byte) []byte {
	for range 1 + r.IntN(4) {
		at := r.IntN(len(file) + 1)
		switch r.IntN(5) {
		case 0:
			file = file[:at]
		case 1:
			file = append(file, make([]byte, r.IntN(300))...)
		case 2:
			file = append(file[:at:at], file[at/2:]...)
		case 3:
			file = append(file[:at:at], append([]byte{0xFF, 0xFF}, file[at:]...)...)
		default:
			if at < len(file) {
				file[at] = byte(r.UintN(256))
			}
		}
	}
	return file
}
