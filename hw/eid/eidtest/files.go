package eidtest

import "fmt"

// Path names a file of the card, by its short name or as "DF01/4031".
type Path string

// The files: "Belgian Electronic Identity Card content" §5.
const (
	FileDirectory         Path = "2F00"
	FileObjects           Path = "DF00/5031"
	FileToken             Path = "DF00/5032"
	FileAuthObjects       Path = "DF00/5034"
	FilePrivateKeys       Path = "DF00/5035"
	FileCertificates      Path = "DF00/5037"
	FileAuthentication    Path = "DF00/5038"
	FileSignature         Path = "DF00/5039"
	FileCA                Path = "DF00/503A"
	FileRoot              Path = "DF00/503B"
	FileRRN               Path = "DF00/503C"
	FileIdentity          Path = "DF01/4031"
	FileIdentitySignature Path = "DF01/4032"
	FileAddress           Path = "DF01/4033"
	FileAddressSignature  Path = "DF01/4034"
	FilePhoto             Path = "DF01/4035"
	FileRole              Path = "DF01/4038"
	FilePreferences       Path = "DF01/4039"
	FilePublicKey         Path = "DF01/4040"
)

// maxFile is the largest file that READ BINARY can reach: its offset has 15 bits.
const maxFile = 0x7FFF + 256

// names are how a description calls the files.
func names() map[string]Path {
	return map[string]Path{
		"directory": FileDirectory, "objects": FileObjects, "token": FileToken, "authobjects": FileAuthObjects,
		"privatekeys": FilePrivateKeys, "certificates": FileCertificates, "authentication": FileAuthentication,
		"signature": FileSignature, "ca": FileCA, "root": FileRoot, "rrn": FileRRN,
		"identity": FileIdentity, "identity_signature": FileIdentitySignature, "address": FileAddress,
		"address_signature": FileAddressSignature, "photo": FilePhoto, "role": FileRole,
		"preferences": FilePreferences, "public_key": FilePublicKey,
	}
}

// String is the short name of the file, or its path where it has none.
func (p Path) String() string {
	for name, path := range names() {
		if path == p {
			return name
		}
	}
	return string(p)
}

// MarshalText gives the short name.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes a short name or a path.
func (p *Path) UnmarshalText(text []byte) error {
	for name, path := range names() {
		if string(text) == name || string(text) == string(path) {
			*p = path
			return nil
		}
	}
	return fmt.Errorf("no file %q on a card", text)
}

// last is the last byte of the identifier of a file.
func (p Path) last() byte {
	var id byte
	_, _ = fmt.Sscanf(string(p[len(p)-2:]), "%x", &id)
	return id
}
