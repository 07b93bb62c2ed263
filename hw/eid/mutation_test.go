package eid

import (
	"math/rand/v2"
	"testing"

	"balie/hw/eid/eidtest"
)

// TestTenThousandMutatedFiles puts 10,000 mutations of the files of a good card, of
// each kind, through what parses them. It is enough that nothing falls over; what is
// believed of such files is for the tests of whole reads.
func TestTenThousandMutatedFiles(t *testing.T) {
	pki, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	c, err := pki.Mint(eidtest.Description{ID: "an", Given: "An", Family: "Peeters", Birth: "1985-07-30", Street: "Bergstraat 1"})
	if err != nil {
		t.Fatal(err)
	}
	for path, parse := range map[eidtest.Path]func([]byte){
		eidtest.FileIdentity:          func(b []byte) { _, _ = decodeIdentity(b) },
		eidtest.FileAddress:           func(b []byte) { _, _ = decodeAddress(b); untilPadding(addressChunk).length(b) },
		eidtest.FileIdentitySignature: func(b []byte) { _, _, _ = cutDER(b); signature().length(b) },
		eidtest.FileRRN:               func(b []byte) { _, _ = parseCertificate(b); derValue(chunk).length(b) },
		eidtest.FileRoot:              func(b []byte) { (&Trust{}).learn(b) },
		eidtest.FilePublicKey:         func(b []byte) { genuine(Identity{PublicKeyHash: make([]byte, 48)}, Proof{PublicKey: b}) },
	} {
		source := rand.New(rand.NewPCG(1, 2))
		for range 10_000 {
			parse(mutate(source, c.File(path)))
		}
	}
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
