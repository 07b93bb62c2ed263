package eidtest

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// press holds what comes up while one card is minted.
type press struct {
	pki    *PKI
	d      Description
	applet Applet
	kind   Kind
	chip   [16]byte // the number of the chip
	named  [16]byte // the number that the signed files name: another one on a forgery
	from   time.Time
	to     time.Time
	files  map[Path][]byte
	keys   keys
}

// keys are the private keys of a card, by their reference: 81 basic, 82
// authentication, 83 signature (non-repudiation).
type keys map[byte]crypto.Signer

// Mint makes a card, not yet in any reader.
func (p *PKI) Mint(d Description) (*Card, error) {
	if err := d.Validate(); err != nil {
		return nil, fmt.Errorf("minting card %q: %w", d.ID, err)
	}
	w, err := p.press(d)
	if err == nil {
		err = w.damage()
	}
	if err != nil {
		return nil, fmt.Errorf("minting card %q: %w", d.ID, err)
	}
	return newCard(w), nil
}

// mostMinted is how many cards are remembered.
const mostMinted = 64

// press makes what is on a card, before it is damaged. What was made for the same
// description on the same day is made only once: it is the same card, keys and all,
// and what the copies share is never changed.
func (p *PKI) press(d Description) (*press, error) {
	plain := d
	plain.Faults, plain.Note, plain.PIN, plain.Tries = Faults{}, "", "", nil
	plain.Flaws.Flip, plain.Flaws.Sizes, plain.Flaws.Gone = nil, nil, nil
	name, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	key := time.Now().Format(time.DateOnly) + string(name)
	p.mu.Lock()
	made := p.minted[key]
	p.mu.Unlock()
	if made == nil {
		if made, err = p.pressNew(d); err != nil {
			return nil, err
		}
		p.mu.Lock()
		if len(p.minted) >= mostMinted {
			clear(p.minted)
		}
		p.minted[key] = made
		p.mu.Unlock()
	}
	copied := *made
	copied.d, copied.files = d, map[Path][]byte{}
	copied.fillIn()
	for path, file := range made.files {
		copied.files[path] = bytes.Clone(file)
	}
	return &copied, nil
}

func (p *PKI) pressNew(d Description) (*press, error) {
	if d.Flaws.ForeignRoot {
		abroad, err := newPKI(p.curve)
		if err != nil {
			return nil, err
		}
		p = abroad
	}
	w, err := newPress(p, d)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{w.basicKey, w.photo, w.identity, w.address, w.certificates, w.directories} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func newPress(p *PKI, d Description) (*press, error) {
	kind, err := documentType(d.Type)
	if err != nil {
		return nil, err
	}
	w := &press{pki: p, d: d, applet: d.Applet.or18(), kind: kind, files: map[Path][]byte{}, keys: keys{}}
	w.fillIn()
	w.chip = chipNumber(d.ID)
	w.named = w.chip
	if d.Flaws.Chip {
		w.named = chipNumber(d.ID + "'s original")
	}
	return w, w.dates(time.Now())
}

// fillIn gives a value to what the description left open.
func (w *press) fillIn() {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&w.d.PIN, "1234")
	set(&w.d.BirthPlace, "Leuven")
	set(&w.d.Street, "Naamsestraat 1")
	set(&w.d.PostalCode, "3000")
	set(&w.d.Town, "Leuven")
	set(&w.d.Nationality, nationality(w.applet, w.kind, w.d.Language))
}

// nationality is a code of three letters on 1.8, a word before.
func nationality(a Applet, k Kind, language string) string {
	switch {
	case a == Applet18 && k.foreign():
		return "POL"
	case a == Applet18:
		return "BEL"
	case k.foreign():
		return "Polen"
	case language == "fr":
		return "Belge"
	case language == "de":
		return "Belgisch"
	}
	return "Belg"
}

// dates decides from when to when the card is valid.
func (w *press) dates(now time.Time) (err error) {
	if w.from, err = isoDate(w.d.ValidFrom); err != nil {
		return err
	}
	if w.to, err = isoDate(w.d.ValidTo); err != nil {
		return err
	}
	if w.from.IsZero() {
		w.from = now.AddDate(-2, 0, 0)
	}
	switch {
	case w.d.Flaws.Expired:
		w.from, w.to = now.AddDate(-10, 0, -1), now.AddDate(0, 0, -1)
	case w.to.IsZero():
		w.to = now.AddDate(8, 0, 0)
	}
	return nil
}

// basicKey makes the key by which a 1.8 chip proves that it is no copy.
func (w *press) basicKey() error {
	if w.applet != Applet18 {
		return nil
	}
	key, err := w.pki.newKey(w.applet, true)
	if err != nil {
		return fmt.Errorf("making the basic key: %w", err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("writing the basic key: %w", err)
	}
	w.files[FilePublicKey] = spki
	w.keys[keyBasic] = key
	if w.d.Flaws.Clone {
		if w.keys[keyBasic], err = w.pki.newKey(w.applet, true); err != nil {
			return fmt.Errorf("making the clone's key: %w", err)
		}
	}
	return nil
}

func (w *press) photo() (err error) {
	w.files[FilePhoto], err = w.pki.face(w.d.ID, w.applet)
	return err
}

// identity writes the identity file and its signature.
func (w *press) identity() error {
	file, err := w.identityFile()
	if err != nil {
		return err
	}
	w.files[FileIdentity] = file
	rrn, err := w.pki.rrn(w.applet, w.d.Flaws.RRNSubject)
	if err != nil {
		return err
	}
	signer := rrn.key
	if w.d.Flaws.IdentitySignature {
		if signer, err = w.pki.newKey(w.applet, w.applet.elliptic()); err != nil {
			return fmt.Errorf("making the forger's key: %w", err)
		}
	}
	w.files[FileIdentitySignature], err = w.sign(signer, file)
	return err
}

// address writes the address file and its signature, which is over the file
// without its padding and the complete identity signature, padding included.
func (w *press) address() error {
	var file []byte
	size := 117
	if w.applet == Applet18 {
		file, size = appendTLV(nil, 0, []byte{0, 1}), 121
	}
	file = appendTLV(file, 1, []byte(w.d.Street))
	file = appendTLV(file, 2, []byte(w.d.PostalCode))
	file = appendTLV(file, 3, []byte(w.d.Town))
	w.files[FileAddress] = padded(file, size)
	signature := w.files[FileIdentitySignature]
	if w.d.Flaws.AddressSignature {
		signature = slices.Clone(signature)
		signature[len(signature)/3] ^= 1
	}
	rrn, err := w.pki.rrn(w.applet, w.d.Flaws.RRNSubject)
	if err != nil {
		return err
	}
	message := slices.Concat(bytes.TrimRight(file, "\x00"), signature)
	w.files[FileAddressSignature], err = w.sign(rrn.key, message)
	return err
}

// sign makes a signature file: RSA PKCS #1 of the key's size, or DER ECDSA padded
// with zeros to the size of the file.
func (w *press) sign(key crypto.Signer, message []byte) ([]byte, error) {
	hash, size := crypto.SHA256, 0
	switch w.applet {
	case Applet18:
		hash, size = hashOn(w.pki.curve), 112
	case Applet17EC:
		hash, size = hashOn(w.pki.curve), 256
	case Applet11:
		hash = crypto.SHA1
	}
	signature, err := key.Sign(rand.Reader, digest(hash, message), hash)
	if err != nil {
		return nil, fmt.Errorf("signing a file: %w", err)
	}
	return padded(signature, max(size, w.d.SignatureSize)), nil
}

// hashOn is the hash that is signed with a key on a curve: as long as the curve.
func hashOn(curve elliptic.Curve) crypto.Hash {
	if curve == elliptic.P256() {
		return crypto.SHA256
	}
	return crypto.SHA384
}

// digest hashes the message with SHA-1, SHA-256 or SHA-384.
func digest(hash crypto.Hash, message []byte) []byte {
	switch hash {
	case crypto.SHA1:
		sum := sha1.Sum(message)
		return sum[:]
	case crypto.SHA384:
		sum := sha512.Sum384(message)
		return sum[:]
	}
	sum := sha256.Sum256(message)
	return sum[:]
}

// photoHash is the algorithm of tag 11: the one named, or the applet's.
func photoHash(name string, a Applet) (crypto.Hash, error) {
	switch name {
	case "sha1":
		return crypto.SHA1, nil
	case "sha256":
		return crypto.SHA256, nil
	case "sha384":
		return crypto.SHA384, nil
	case "":
		switch a.or18() {
		case Applet11:
			return crypto.SHA1, nil
		case Applet18:
			return crypto.SHA384, nil
		}
		return crypto.SHA256, nil
	}
	return 0, fmt.Errorf("photo hash %q is none of sha1, sha256, sha384", name)
}

// identityFile writes the tags in the order of their numbers, except that 00,
// the version of the structure, may only come first.
func (w *press) identityFile() ([]byte, error) {
	tags, err := w.tags()
	if err != nil {
		return nil, err
	}
	for _, t := range w.d.Tags {
		tags[t.Tag] = []byte(t.Text)
	}
	var file []byte
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		file = appendTLV(file, tag, tags[tag])
	}
	return file, nil
}

// tags are the elements of the identity file, by number: the tag table of
// "ID_ADRESSE_File_applet1_8_v5".
func (w *press) tags() (map[byte][]byte, error) {
	birth, err := birthOnCard(w.d.Birth, w.d.Language)
	if err != nil {
		return nil, err
	}
	if w.d.BirthRaw != "" {
		birth = w.d.BirthRaw
	}
	hash, err := photoHash(w.d.PhotoHash, w.applet)
	if err != nil {
		return nil, err
	}
	picture := w.files[FilePhoto]
	if w.d.Flaws.Photo {
		if picture, err = w.pki.face(w.d.ID+"'s double", w.applet); err != nil {
			return nil, err
		}
	}
	tags := map[byte][]byte{0x02: w.named[:], 0x11: digest(hash, picture)}
	for tag, text := range map[byte]string{
		0x01: cardNumber(w.d.ID, w.kind), 0x03: cardDate(w.from), 0x04: cardDate(w.to), 0x05: w.d.Town,
		0x06: w.d.NationalNumber, 0x07: w.d.Family, 0x08: w.d.Given, 0x09: w.d.Initial, 0x0A: w.d.Nationality,
		0x0B: w.d.BirthPlace, 0x0C: birth, 0x0D: sexOnCard(w.d.Sex, w.d.Language), 0x0E: w.d.Noble, 0x0F: w.kind.Number, 0x10: "0",
	} {
		tags[tag] = []byte(text)
	}
	w.tagsOfKind(tags)
	return tags, nil
}

// tagsOfKind adds what only some applets and kinds of card have.
func (w *press) tagsOfKind(tags map[byte][]byte) {
	if w.applet == Applet18 {
		tags[0x00] = []byte{0, 1}
		tags[0x1A] = digest(crypto.SHA384, w.files[FilePublicKey])
	}
	switch w.kind.Number {
	case "31", "32", "61", "62":
		tags[0x1F] = []byte(cardDate(w.from))
	case "11", "33", "63":
		tags[0x16] = []byte("8")
	}
}

// sexOnCard writes F as V in Dutch and as W in German.
func sexOnCard(sex, language string) string {
	switch {
	case sex == "F" && (language == "" || language == "nl"):
		return "V"
	case sex == "F" && language == "de":
		return "W"
	}
	return sex
}

// cardNumber is 12 digits, or B and 9 digits on a foreigner's card, of which the
// last two are the others mod 97 (python-stdnum, stdnum/be/eid.py).
func cardNumber(seed string, k Kind) string {
	sum := sha256.Sum256([]byte("card " + seed))
	drawn := binary.BigEndian.Uint64(sum[:8])
	prefix, number := "B", drawn%10_000_000
	format := "%s%07d%02d"
	if !k.foreign() {
		prefix, number = "", 5_920_000_000+drawn%10_000_000
		format = "%s%010d%02d"
	}
	check := number % 97
	if check == 0 {
		check = 97
	}
	return fmt.Sprintf(format, prefix, number, check)
}

// chipNumber is 16 bytes that open like those of the public samples.
func chipNumber(seed string) (n [16]byte) {
	sum := sha256.Sum256([]byte("chip " + seed))
	copy(n[:], "SLIN")
	copy(n[4:], sum[:])
	return n
}

// certificates writes the five certificate files.
func (w *press) certificates() error {
	rrn, err := w.pki.rrn(w.applet, w.d.Flaws.RRNSubject)
	if err != nil {
		return err
	}
	ca, err := w.pki.ca(w.applet, w.kind.foreign())
	if err != nil {
		return err
	}
	w.files[FileRRN] = w.certFile(rrn.cert.Raw)
	w.files[FileCA] = w.certFile(ca.cert.Raw)
	w.files[FileRoot] = w.certFile(w.pki.root(w.applet).cert.Raw)
	auth := !w.d.NoAuthentication && !w.young()
	if err := w.citizen(FileAuthentication, keyAuthentication, "Authentication", ca, auth); err != nil {
		return err
	}
	return w.citizen(FileSignature, keySignature, "Signature", ca, !w.d.NoSignature && !w.kind.Child)
}

// young tells whether this is a child too young for an authentication
// certificate: they get one from six years on.
func (w *press) young() bool {
	birth, err := time.Parse(time.DateOnly, w.d.Birth)
	return w.kind.Child && err == nil && birth.AddDate(6, 0, 0).After(w.from)
}

// certFile pads a certificate as the applet does: 50 zeros, on 1.8 1100.
func (w *press) certFile(der []byte) []byte {
	pad := 50
	if w.applet == Applet18 {
		pad = 1100
	}
	return padded(der, len(der)+pad)
}

// citizen writes one certificate of the holder, or the zeros that stand for none.
func (w *press) citizen(file Path, ref byte, use string, ca *issuer, has bool) error {
	if !has {
		size := 1300
		if w.applet == Applet18 {
			size = 2500
		}
		w.files[file] = make([]byte, size)
		return nil
	}
	key, err := w.pki.citizenKey(w.applet, use)
	if err != nil {
		return err
	}
	template := certTemplate(pkix.Name{
		Country: []string{"BE"}, SerialNumber: w.d.NationalNumber,
		CommonName: fmt.Sprintf("%s %s (%s)", w.d.Given, w.d.Family, use),
		ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: w.d.Family}, // surname
			{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: w.d.Given}, // givenName
		},
	})
	template.NotBefore, template.NotAfter = w.from, w.to
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if ref == keySignature {
		template.KeyUsage = x509.KeyUsageContentCommitment
	}
	cert, err := ca.issue(template, key, ca.algo)
	if err != nil {
		return err
	}
	w.files[file] = w.certFile(cert.cert.Raw)
	w.keys[ref] = key
	return nil
}

// damage does to the files what the description asks for, after signing.
func (w *press) damage() error {
	for _, flip := range w.d.Flaws.Flip {
		file := w.files[flip.File]
		if flip.Bit/8 >= len(file) {
			return fmt.Errorf("file %s has no bit %d", flip.File, flip.Bit)
		}
		file[flip.Bit/8] ^= 0x80 >> (flip.Bit % 8)
	}
	for _, size := range w.d.Flaws.Sizes {
		file := w.files[size.File]
		w.files[size.File] = padded(file[:min(len(file), size.Bytes)], size.Bytes)
	}
	for _, file := range w.d.Flaws.Gone {
		delete(w.files, file)
	}
	return nil
}
