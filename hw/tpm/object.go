package tpm

import (
	"crypto/ecdsa"
	"encoding/binary"
	"errors"

	"github.com/google/go-tpm/tpm2"
)

// object is what is kept of something that a TPM made: its private half, closed by the
// TPM, and its public half.
type object struct {
	private tpm2.TPM2BPrivate
	public  tpm2.TPM2BPublic
}

var errNoObject = errors.New("it is not what this program kept")

// pack writes both halves, each with its length before it, as the TPM itself does
// (TPM 2.0 Library, Part 2: Structures, 12.3.7 TPM2B_PRIVATE, 12.2.5 TPM2B_PUBLIC).
func pack(private tpm2.TPM2BPrivate, public tpm2.TPM2BPublic) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(private.Buffer)))
	out = append(out, private.Buffer...)
	return append(out, tpm2.Marshal(public)...)
}

// unpack reads what pack wrote.
func unpack(kept []byte) (o object, err error) {
	if len(kept) < 2 {
		return o, errNoObject
	}
	n := int(binary.BigEndian.Uint16(kept))
	if len(kept) < 2+n {
		return o, errNoObject
	}
	o.private.Buffer = kept[2 : 2+n]
	public, err := tpm2.Unmarshal[tpm2.TPM2BPublic](kept[2+n:])
	if err != nil {
		return o, errNoObject
	}
	if _, err := public.Contents(); err != nil {
		return o, errNoObject
	}
	o.public = *public
	return o, nil
}

// publicOf is the public key of an object that is one.
func publicOf(public tpm2.TPM2BPublic) (*ecdsa.PublicKey, error) {
	contents, err := public.Contents()
	if err != nil {
		return nil, errNoObject
	}
	key, err := tpm2.Pub(*contents)
	if err != nil {
		return nil, errNoObject
	}
	ec, is := key.(*ecdsa.PublicKey)
	if !is {
		return nil, errNoObject
	}
	return ec, nil
}
