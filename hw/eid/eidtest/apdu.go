package eidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
)

// The status words that the applet gives: "Public Belpic Applet Ref Manual",
// with each command.
const (
	swOK              SW = 0x9000
	swMemory          SW = 0x6581
	swLength          SW = 0x6700
	swSecurity        SW = 0x6982
	swBlocked         SW = 0x6983
	swConditions      SW = 0x6985
	swNoFile          SW = 0x6986 // no EF is selected
	swData            SW = 0x6A80
	swNotFound        SW = 0x6A82
	swParameters      SW = 0x6A86
	swNoKey           SW = 0x6A88
	swOffset          SW = 0x6B00
	swInstruction     SW = 0x6D00
	swClass           SW = 0x6E00
	swMore            SW = 0x6100 // + number of bytes to be had by GET RESPONSE
	swExactLe         SW = 0x6C00 // + number of bytes there are
	swTries           SW = 0x63C0 // + PIN tries left
	maxTries             = 3
	internalBudget       = 5000 // INTERNAL AUTHENTICATE in the life of a 1.8 chip
	challengeLen         = 48
	keyBasic             = 0x81
	keyAuthentication    = 0x82
	keySignature         = 0x83
)

// The names by which SELECT finds an application.
const (
	aidApplet = "\xA0\x00\x00\x00\x30\x29\x05\x70\x00\xAD\x13\x10\x01\x01\xFF"
	aidBelpic = "\xA0\x00\x00\x01\x77PKCS-15"
	aidID     = "\xA0\x00\x00\x01\x77IdFiles"
)

// chip is what the card remembers: until power goes, but for the PIN, the tries
// and the budget.
type chip struct {
	pin   string
	tries int
	spent int // INTERNAL AUTHENTICATE so far

	dir      string // "" the master file, "DF00", "DF01"
	file     Path   // "" where no EF is selected
	verified bool   // PIN, for the authentication key
	once     bool   // PIN, and no command since: for the signature key
	alg, key byte   // of MSE SET; key 0: none set
	pending  []byte // for GET RESPONSE
}

// reset is power off and on.
func (c *chip) reset() { *c = chip{pin: c.pin, tries: c.tries, spent: c.spent} }

// apdu is a command, taken apart: ISO/IEC 7816-3 §12.1, short form.
type apdu struct {
	cla, ins, p1, p2 byte
	data             []byte
	le               int // 0 is none, "00" is 256
}

// parse takes a command apart as a T=0 card does, which looks at P3 only.
func parse(raw []byte) (apdu, bool) {
	if len(raw) < 4 {
		return apdu{}, false
	}
	a := apdu{cla: raw[0], ins: raw[1], p1: raw[2], p2: raw[3]}
	switch {
	case len(raw) == 4:
		return a, true
	case len(raw) == 5:
		a.le = int(raw[4])
		if a.le == 0 {
			a.le = 256
		}
		return a, true
	}
	lc := int(raw[4])
	if lc == 0 || len(raw) != 5+lc && len(raw) != 6+lc {
		return a, false
	}
	a.data = raw[5 : 5+lc]
	if len(raw) == 6+lc {
		if a.le = int(raw[5+lc]); a.le == 0 {
			a.le = 256
		}
	}
	return a, true
}

// answer plays one command. c.mu is held.
func (c *Card) answer(raw []byte) []byte {
	a, ok := parse(raw)
	if !ok {
		return swLength.bytes()
	}
	pending, once := c.chip.pending, c.chip.once
	c.chip.pending, c.chip.once = nil, false
	switch [2]byte{a.cla, a.ins} {
	case [2]byte{0x00, 0xA4}:
		return c.selectFile(a).bytes()
	case [2]byte{0x00, 0xB0}:
		return c.readBinary(a)
	case [2]byte{0x00, 0xC0}:
		return c.getResponse(a, pending)
	case [2]byte{0x80, 0xE4}:
		return c.getCardData(a)
	case [2]byte{0x00, 0x20}:
		return c.verify(a).bytes()
	case [2]byte{0x00, 0x24}:
		return c.changePIN(a).bytes()
	case [2]byte{0x00, 0x22}:
		return c.setEnvironment(a).bytes()
	case [2]byte{0x00, 0x2A}:
		return c.sign(a, once)
	case [2]byte{0x00, 0x88}:
		return c.internalAuthenticate(a)
	case [2]byte{0x80, 0xE6}:
		c.chip.verified = false
		return swOK.bytes()
	}
	if a.cla != 0x00 && a.cla != 0x80 {
		return swClass.bytes()
	}
	return swInstruction.bytes()
}

// selectFile is SELECT FILE: by identifier (P1=02), by path from the master file
// with or without 3F00 (08), by name (04). It never describes the file: P2 is 0C.
// What cannot be found leaves the selection as it was.
func (c *Card) selectFile(a apdu) SW {
	if a.p2 != 0x0C {
		return swParameters
	}
	switch a.p1 {
	case 0x02:
		if len(a.data) != 2 {
			return swLength
		}
		return c.selectID(fmt.Sprintf("%X", a.data))
	case 0x08:
		if len(a.data) == 0 || len(a.data)%2 != 0 {
			return swLength
		}
		return c.selectPath(a.data)
	case 0x04:
		return c.selectName(a.data)
	}
	return swParameters
}

// selectID finds a file in the current directory, or a directory from anywhere.
func (c *Card) selectID(id string) SW {
	switch id {
	case "3F00":
		return c.enter("")
	case "DF00", "DF01":
		return c.enter(id)
	}
	return c.open(c.chip.dir, id)
}

// selectPath walks from the master file.
func (c *Card) selectPath(data []byte) SW {
	path := fmt.Sprintf("%X", data)
	path = strings.TrimPrefix(path, "3F00")
	dir := ""
	if strings.HasPrefix(path, "DF00") || strings.HasPrefix(path, "DF01") {
		dir, path = path[:4], path[4:]
	}
	switch len(path) {
	case 0:
		return c.enter(dir)
	case 4:
		return c.open(dir, path)
	}
	return swNotFound
}

func (c *Card) selectName(name []byte) SW {
	switch {
	case len(name) >= 5 && strings.HasPrefix(aidApplet, string(name)):
		return c.enter("")
	case string(name) == aidBelpic:
		return c.enter("DF00")
	case string(name) == aidID:
		return c.enter("DF01")
	}
	return swNotFound
}

// enter makes a directory current; no file is then.
func (c *Card) enter(dir string) SW {
	c.chip.dir, c.chip.file = dir, ""
	return swOK
}

// open makes a file current, and its directory with it.
func (c *Card) open(dir, id string) SW {
	path := Path(id)
	if dir != "" {
		path = Path(dir + "/" + id)
	}
	if _, is := c.files[path]; !is {
		return swNotFound
	}
	c.chip.dir, c.chip.file = dir, path
	return swOK
}

// readBinary reads from the current file. Beyond its end is 6B00; more than there
// is, is 6Cxx with what there is, or on 1.8 what there is.
func (c *Card) readBinary(a apdu) []byte {
	switch {
	case a.p1&0x80 != 0:
		return swParameters.bytes()
	case len(a.data) != 0:
		return swLength.bytes()
	case c.chip.file == "":
		return swNoFile.bytes()
	}
	file, offset := c.files[c.chip.file], int(a.p1)<<8|int(a.p2)
	if offset >= len(file) {
		return swOffset.bytes()
	}
	return c.give(a, file[offset:])
}

// give answers a case 2 command with the first Le bytes of what there is.
func (c *Card) give(a apdu, there []byte) []byte {
	le := a.le
	if le == 0 {
		le = 256
	}
	if le > len(there) {
		if c.exactLe() {
			return (swExactLe | SW(len(there))).bytes()
		}
		le = len(there)
	}
	return append(there[:le:le], swOK.bytes()...)
}

func (c *Card) exactLe() bool { return c.d.ExactLe || c.d.Applet.or18() != Applet18 }

// offer keeps an answer for GET RESPONSE, as T=0 demands of a command that has
// both data and an answer.
func (c *Card) offer(answer []byte) []byte {
	c.chip.pending = answer
	return (swMore | SW(len(answer)&0xFF)).bytes()
}

func (c *Card) getResponse(a apdu, pending []byte) []byte {
	if len(pending) == 0 {
		return swConditions.bytes()
	}
	le := a.le
	if le == 0 {
		le = 256
	}
	if le > len(pending) {
		c.chip.pending = pending
		return (swExactLe | SW(len(pending)&0xFF)).bytes()
	}
	if rest := pending[le:]; len(rest) > 0 {
		c.chip.pending = rest
		return append(pending[:le:le], (swMore | SW(len(rest)&0xFF)).bytes()...)
	}
	return append(pending[:le:le], swOK.bytes()...)
}

// getCardData is GET CARD DATA: 28 bytes; on 1.8 with P2=01 three more, the tries
// left of PIN, PUK and activation.
func (c *Card) getCardData(a apdu) []byte {
	data := c.data
	switch {
	case a.p1 != 0 || a.p2 > 1 || a.p2 == 1 && c.d.Applet.or18() != Applet18:
		return swParameters.bytes()
	case a.p2 == 1:
		data = append(data[:len(data):len(data)], byte(c.chip.tries), maxTries, maxTries)
	}
	if a.le != len(data) {
		return (swExactLe | SW(len(data))).bytes()
	}
	return append(data[:len(data):len(data)], swOK.bytes()...)
}

// verify is VERIFY: the PIN as a block 2L DD DD … FF, or without data the question
// how many tries are left, which 1.1 takes for a wrong PIN (eid-mw pinpad.cpp).
func (c *Card) verify(a apdu) SW {
	if a.p1 != 0 || a.p2 != 1 {
		return swParameters
	}
	if len(a.data) == 0 && c.d.Applet.or18() != Applet11 {
		return c.triesLeft()
	}
	if len(a.data) != 8 && len(a.data) != 0 {
		return swLength
	}
	sw := c.check(a.data)
	c.chip.verified = sw == swOK
	c.chip.once = c.chip.verified
	return sw
}

func (c *Card) triesLeft() SW {
	switch {
	case c.chip.tries == 0:
		return swBlocked
	case c.chip.verified:
		return swOK
	}
	return swTries | SW(c.chip.tries)
}

// check compares a PIN block, and counts.
func (c *Card) check(block []byte) SW {
	if c.chip.tries == 0 {
		return swBlocked
	}
	if pin, ok := decodePIN(block); ok && pin == c.chip.pin {
		c.chip.tries = maxTries
		return swOK
	}
	c.chip.tries--
	c.chip.verified = false
	if c.chip.tries == 0 {
		return swBlocked
	}
	return swTries | SW(c.chip.tries)
}

// decodePIN reads 2L DD DD … padded with F: the manual's PIN block, as in ISO
// 9564-1 format 2.
func decodePIN(block []byte) (string, bool) {
	digits := fmt.Sprintf("%X", block)
	if len(block) != 8 || digits[0] != '2' {
		return "", false
	}
	n := int(block[0] & 0x0F)
	if n < 4 || n > 12 {
		return "", false
	}
	pin, pad := digits[2:2+n], digits[2+n:]
	return pin, isPIN(pin) && strings.Trim(pad, "F") == ""
}

// changePIN is CHANGE REFERENCE DATA: the old block and the new one.
func (c *Card) changePIN(a apdu) SW {
	if a.p1 != 0 || a.p2 != 1 {
		return swParameters
	}
	if len(a.data) != 16 {
		return swLength
	}
	pin, ok := decodePIN(a.data[8:])
	if !ok {
		return swData
	}
	sw := c.check(a.data[:8])
	if sw == swOK {
		c.chip.pin = pin
	}
	return sw
}

// setEnvironment is MSE SET: 04 80 <algorithm> 84 <key>.
func (c *Card) setEnvironment(a apdu) SW {
	switch {
	case a.p1 != 0x41 || a.p2 != 0xB6:
		return swParameters
	case len(a.data) != 5 || a.data[0] != 0x04 || a.data[1] != 0x80 || a.data[3] != 0x84:
		return swData
	case c.keys[a.data[4]] == nil:
		return swNoKey
	}
	if _, ok := c.algorithm(a.data[2], a.data[4]); !ok {
		return swData
	}
	c.chip.alg, c.chip.key = a.data[2], a.data[4]
	return swOK
}

// algorithm is the hash that an algorithm reference asks for; 0 where the bytes
// are signed as they come.
func (c *Card) algorithm(alg, key byte) (crypto.Hash, bool) {
	_, ec := c.keys[key].(*ecdsa.PrivateKey)
	switch {
	case ec && alg == 0x01, !ec && alg == 0x08 && c.d.Applet.or18() != Applet11:
		return crypto.SHA256, true
	case ec && alg == 0x02:
		return crypto.SHA384, true
	case ec && alg == 0x04:
		return crypto.SHA512, true
	case !ec && alg == 0x02:
		return crypto.SHA1, true
	case ec && alg == 0x40, !ec && alg == 0x01:
		return 0, true
	}
	return 0, false
}

// sign is PSO: COMPUTE DIGITAL SIGNATURE. The authentication key asks for the PIN
// once, the signature key each time, with nothing in between.
func (c *Card) sign(a apdu, once bool) []byte {
	ref := c.chip.key
	switch {
	case a.p1 != 0x9E || a.p2 != 0x9A:
		return swParameters.bytes()
	case c.keys[ref] == nil || ref == keyBasic:
		return swConditions.bytes()
	case ref == keySignature && !once, ref == keyAuthentication && !c.chip.verified:
		return swSecurity.bytes()
	}
	hash, ok := c.algorithm(c.chip.alg, ref)
	if !ok || len(a.data) == 0 || hash != 0 && len(a.data) != hash.Size() {
		return swData.bytes()
	}
	signature, err := signRaw(c.keys[ref], hash, a.data)
	if err != nil {
		return swData.bytes()
	}
	return c.offer(signature)
}

// internalAuthenticate signs a challenge with the basic key of a 1.8 chip:
// 00 88 02 81 with 94 30 <48 bytes>. After 5000 times it does so no more.
func (c *Card) internalAuthenticate(a apdu) []byte {
	switch {
	case c.keys[keyBasic] == nil:
		return swInstruction.bytes()
	case a.p1 != 0x02 || a.p2 != keyBasic:
		return swParameters.bytes()
	case len(a.data) != 2+challengeLen || a.data[0] != 0x94 || a.data[1] != challengeLen:
		return swData.bytes()
	case c.chip.spent >= internalBudget:
		return swConditions.bytes()
	}
	c.chip.spent++
	signature, err := signRaw(c.keys[keyBasic], 0, a.data[2:])
	if err != nil {
		return swMemory.bytes()
	}
	return c.offer(signature)
}

// signRaw signs a hash: RSA as PKCS #1 v1.5, EC as plain r‖s, each as long as the
// curve: 48 bytes.
func signRaw(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error) {
	if r, is := key.(*rsa.PrivateKey); is {
		return rsa.SignPKCS1v15(nil, r, hash, sum)
	}
	k, is := key.(*ecdsa.PrivateKey)
	if !is {
		return nil, fmt.Errorf("a card has no key of type %T", key)
	}
	der, err := k.Sign(rand.Reader, sum, hash)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, err
	}
	n := curveBytes(k.Curve)
	both := make([]byte, 2*n)
	pair.R.FillBytes(both[:n])
	pair.S.FillBytes(both[n:])
	return both, nil
}
