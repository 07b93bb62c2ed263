package eidtest

import (
	"crypto/ecdsa"
	"slices"
)

// The classes of tag that PKCS #15 files use, and the universal tags.
const (
	derBoolean  = 0x01
	derInteger  = 0x02
	derBits     = 0x03
	derOctets   = 0x04
	derOID      = 0x06
	derEnum     = 0x0A
	derUTF8     = 0x0C
	derSequence = 0x30
	derContext0 = 0x80
	derContext  = 0xA0 // constructed
)

// der is one DER element of less than 64 kB.
func der(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	switch n := len(body); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, body...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	}
}

// derPath is the path of a file below DF00.
func derPath(file Path) []byte {
	return der(derSequence, der(derOctets, []byte{0x3F, 0x00, 0xDF, 0x00, 0x50, file.last()}))
}

// directories writes EF(DIR) and the PKCS #15 files (PKCS #15 v1.1 §6) as the
// content specification §5 lays them out: without the certificates that are absent.
func (w *press) directories() error {
	aid := der(0x4F, []byte(aidBelpic))
	path := der(0x51, []byte{0x3F, 0x00, 0xDF, 0x00})
	oid := der(0x73, der(derOID, []byte{0x60, 0x38, 0x02, 0x01, 0x01}))
	w.files[FileDirectory] = der(0x61, aid, der(0x50, []byte("BELPIC")), path, oid)
	w.files[FileObjects] = slices.Concat(der(derContext, derPath(FilePrivateKeys)),
		der(derContext|4, derPath(FileCertificates)), der(derContext|8, derPath(FileAuthObjects)))
	w.files[FileToken] = der(derSequence, der(derInteger, []byte{0}), der(derOctets, w.chip[:]), der(derContext0, []byte("BELPIC")),
		der(derBits, []byte{0x04, 0x30}), der(0x9E, w.personalisation()))
	w.files[FileAuthObjects] = pinObject()
	w.files[FilePrivateKeys] = w.privateKeys()
	w.files[FileCertificates] = w.certificateList()
	if w.applet != Applet18 {
		w.files[FileRole] = make([]byte, 20)
		w.files[FilePreferences] = make([]byte, 100)
	}
	return nil
}

// personalisation is graphical, electrical and interface version, and 0.
func (w *press) personalisation() []byte {
	if w.applet == Applet18 {
		return []byte{1, 2, 0, 0}
	}
	return []byte{1, 1, 0, 0}
}

// pinObject describes the one PIN: BCD, 4 to 12 digits in 8 bytes padded with FF.
func pinObject() []byte {
	common := der(derSequence, der(derUTF8, []byte("BASIC PIN")), der(derBits, []byte{0x06, 0xC0}))
	attributes := der(derSequence, der(derBits, []byte{0x02, 0x0C}), der(derEnum, []byte{0}),
		der(derInteger, []byte{4}), der(derInteger, []byte{8}), der(derInteger, []byte{12}),
		der(derContext0, []byte{1}), der(derOctets, []byte{0xFF}), der(derSequence, der(derOctets, []byte{0x3F, 0x00})))
	return der(derSequence, common, der(derSequence, der(derOctets, []byte{1})), der(derContext|1, attributes))
}

// privateKeys describes the authentication and the signature key, where there
// is one.
func (w *press) privateKeys() (file []byte) {
	for _, k := range []struct {
		ref   byte
		label string
		usage []byte
	}{{keyAuthentication, "Authentication", []byte{0x05, 0x20}}, {keySignature, "Signature", []byte{0x06, 0x00, 0x40}}} {
		if w.keys[k.ref] == nil {
			continue
		}
		common := der(derSequence, der(derUTF8, []byte(k.label)), der(derBits, []byte{0x06, 0xC0}), der(derOctets, []byte{1}))
		attributes := der(derSequence, der(derOctets, []byte{k.ref & 0x0F}), der(derBits, k.usage), der(derBits, []byte{0x03, 0xB8}), der(derInteger, []byte{0, k.ref}))
		tag, size := byte(derSequence), []byte{0x08, 0x00}
		if _, ec := w.keys[k.ref].(*ecdsa.PrivateKey); ec {
			tag, size = derContext, []byte{0x01, 0x80}
		} else if w.applet == Applet11 {
			size = []byte{0x04, 0x00}
		}
		value := der(derContext|1, der(derSequence, der(derSequence, der(derOctets, []byte{0x3F, 0x00, 0xDF, 0x00})), der(derInteger, size)))
		file = append(file, der(tag, common, attributes, value)...)
	}
	return file
}

// certificateList names the certificates that are there.
func (w *press) certificateList() (file []byte) {
	for _, c := range []struct {
		file  Path
		label string
		id    byte
		ref   byte
	}{
		{FileAuthentication, "Authentication", 2, keyAuthentication}, {FileSignature, "Signature", 3, keySignature},
		{FileCA, "CA", 4, 0}, {FileRoot, "Root", 6, 0},
	} {
		if c.ref != 0 && w.keys[c.ref] == nil {
			continue
		}
		common := der(derSequence, der(derUTF8, []byte(c.label)), der(derBits, []byte{0x06, 0x40}))
		attributes := der(derSequence, der(derOctets, []byte{c.id}))
		if c.ref == 0 {
			attributes = der(derSequence, der(derOctets, []byte{c.id}), der(derBoolean, []byte{0xFF}))
		}
		file = append(file, der(derSequence, common, attributes, der(derContext|1, der(derSequence, derPath(c.file))))...)
	}
	return file
}
