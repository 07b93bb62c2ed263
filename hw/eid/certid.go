package eid

import (
	"context"
	"encoding/asn1"
	"fmt"

	"balie/internal/secret"
)

// CertificateID says which certificate is meant: RFC 5280 §4.1.2.2. The zero
// CertificateID is none.
type CertificateID struct {
	Issuer []byte      // distinguished name, DER
	Serial secret.Text // hexadecimal; as good as a name to whoever has a list
}

// holder reads which the authentication certificate is. The first chunk has it: a
// certificate opens with its serial number and its issuer.
func (r *reader) holder(ctx context.Context) error {
	data, err := r.optional(ctx, fileAuthentication(), shape{first: chunk, length: func(data []byte) int {
		if _, ok := certificateID(data); ok || allZero(data) {
			return len(data)
		}
		return derValue(chunk).length(data)
	}})
	if err != nil {
		return err
	}
	r.record.Proof.Holder, _ = certificateID(data)
	return nil
}

// CertificateIDOf says which certificate a DER text is; zero where it is none.
func CertificateIDOf(der []byte) CertificateID {
	id, _ := certificateID(der)
	return id
}

// certificateID finds serial number and issuer in the beginning of a certificate:
// RFC 5280 §4.1, two sequences opened, a version, the serial number, an algorithm,
// and the issuer.
func certificateID(data []byte) (id CertificateID, ok bool) {
	for range 2 {
		if data, ok = opened(data); !ok {
			return id, false
		}
	}
	var version, serial, algorithm, issuer asn1.RawValue
	for _, part := range []struct {
		into *asn1.RawValue
		is   func(asn1.RawValue) bool
	}{
		{&version, func(v asn1.RawValue) bool { return v.Class == asn1.ClassContextSpecific && v.Tag == 0 }},
		{&serial, func(v asn1.RawValue) bool { return v.Tag == asn1.TagInteger && len(v.Bytes) > 0 && len(v.Bytes) <= 32 }},
		{&algorithm, func(v asn1.RawValue) bool { return v.Tag == asn1.TagSequence }},
		{&issuer, func(v asn1.RawValue) bool { return v.Tag == asn1.TagSequence && len(v.FullBytes) <= 512 }},
	} {
		rest, err := asn1.Unmarshal(data, part.into)
		if err != nil || !part.is(*part.into) {
			return id, false
		}
		data = rest
	}
	return CertificateID{Issuer: issuer.FullBytes, Serial: secret.NewText(fmt.Sprintf("%x", serial.Bytes))}, true
}

// opened is the content of a sequence, as far as it is there.
func opened(data []byte) (content []byte, ok bool) {
	if len(data) < 2 || data[0] != 0x30 {
		return nil, false
	}
	head := 2
	if n := data[1]; n > 0x80 {
		head += int(n - 0x80)
	}
	if head > 4 || len(data) <= head {
		return nil, false
	}
	return data[head:], true
}
