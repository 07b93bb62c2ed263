package eidtest_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"

	"balie/hw/eid/eidtest"
)

// send plays a command in hexadecimal and gives data and status word.
func send(t *testing.T, c *eidtest.Card, text string) (data []byte, sw string) {
	t.Helper()
	command, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.Transmit(t.Context(), command)
	if err != nil {
		t.Fatal(err)
	}
	n := len(response) - 2
	return response[:n], fmt.Sprintf("%X", response[n:])
}

// step is a command and what it must answer; data only by its length.
type step struct {
	command string
	sw      string
	data    int
}

func play(t *testing.T, c *eidtest.Card, steps []step) {
	t.Helper()
	for i, s := range steps {
		if data, sw := send(t, c, s.command); sw != s.sw || len(data) != s.data {
			t.Fatalf("step %d: %s answers %d bytes and %s, not %d and %s", i, s.command, len(data), sw, s.data, s.sw)
		}
	}
}

func TestSelectAndRead(t *testing.T) {
	pki := newPKI(t)
	for _, applet := range eidtest.Applets() {
		t.Run(string(applet), func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Applet: applet})
			address := len(c.File(eidtest.FileAddress))
			play(t, c, []step{
				{"00B0000010", "6986", 0},
				{"00A4080C063F00DF014031", "9000", 0},
				{"00B0000010", "9000", 16},
				{"00A4080C04DF014033", "9000", 0}, // without 3F00
				{"00A4080C063F00DF014099", "6A82", 0},
				{"00B0000001", "9000", 1}, // and still the address
				{"00B0010000", "6B00", 0},
				{fmt.Sprintf("00B0%04X01", address), "6B00", 0},
				{fmt.Sprintf("00B0%04X01", address-1), "9000", 1},
				{"00B0800001", "6A86", 0},
				{"00A4020C024032", "9000", 0}, // in the same directory
				{"00A4020C025038", "6A82", 0}, // in another
				{"00A4020C02DF00", "9000", 0},
				{"00B0000001", "6986", 0}, // a directory has no bytes
				{"00A4020C025038", "9000", 0},
				{"00A4040C0FA00000003029057000AD13100101FF", "9000", 0},
				{"00A4040C0CA000000177504B43532D3135", "9000", 0},
				{"00A4020C02503C", "9000", 0},
				{"00A4040C0CA000000177496446696C6573", "9000", 0},
				{"00A4020C024031", "9000", 0},
				{"00A4040C05A000000003", "6A82", 0},
				{"00A4080C03DF0140", "6700", 0},
				{"00A40800063F00DF014031", "6A86", 0},
				{"00A4000C023F00", "6A86", 0},
				{"00FF0000", "6D00", 0},
				{"90B0000000", "6E00", 0},
				{"00A4080C05DF01", "6700", 0},
			})
		})
	}
}

// TestReadBeyondTheEnd: the old applets say how much there is, 1.8 gives it.
func TestReadBeyondTheEnd(t *testing.T) {
	pki := newPKI(t)
	for _, test := range []struct {
		d       eidtest.Description
		exactLe bool
	}{
		{eidtest.Description{Applet: eidtest.Applet11}, true}, {eidtest.Description{Applet: eidtest.Applet17}, true},
		{eidtest.Description{Applet: eidtest.Applet17EC}, true}, {eidtest.Description{}, false}, {eidtest.Description{ExactLe: true}, true},
	} {
		c := mint(t, pki, test.d)
		n := len(c.File(eidtest.FileAddress))
		read := step{"00B0000000", "9000", n}
		if test.exactLe {
			read = step{"00B0000000", fmt.Sprintf("6C%02X", n), 0}
		}
		play(t, c, []step{{"00A4080C063F00DF014033", "9000", 0}, read, {fmt.Sprintf("00B00000%02X", n), "9000", n}})
	}
}

func TestCardData(t *testing.T) {
	pki := newPKI(t)
	for applet, version := range map[eidtest.Applet]byte{eidtest.Applet11: 0x11, eidtest.Applet17: 0x17, eidtest.Applet17EC: 0x17, eidtest.Applet18: 0x18} {
		c := mint(t, pki, eidtest.Description{ID: "x", Applet: applet})
		data, sw := send(t, c, "80E400001C")
		if sw != "9000" || len(data) != 28 || data[21] != version || !bytes.Equal(data[:16], field(c.File(eidtest.FileIdentity), 2)) {
			t.Errorf("%s: %X %s", applet, data, sw)
		}
		play(t, c, []step{{"80E4000000", "6C1C", 0}})
	}
	c := mint(t, pki, eidtest.Description{})
	if data, sw := send(t, c, "80E400011F"); sw != "9000" || len(data) != 31 || data[28] != 3 {
		t.Errorf("with tries: %X %s", data, sw)
	}
}

func TestPINTries(t *testing.T) {
	pki := newPKI(t)
	const right, wrong, short = "0020000108241234FFFFFFFFFF", "0020000108241235FFFFFFFFFF", "0020000108231234FFFFFFFFFF"
	for applet, asking := range map[eidtest.Applet]step{
		eidtest.Applet11: {"00200001", "63C0", 0}, // which blocked it
		eidtest.Applet17: {"00200001", "63C1", 0},
		eidtest.Applet18: {"00200001", "63C1", 0},
	} {
		t.Run(string(applet), func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{Applet: applet})
			play(t, c, []step{{wrong, "63C2", 0}, {right, "9000", 0}, {short, "63C2", 0}, {wrong, "63C1", 0}})
			if applet == eidtest.Applet11 {
				asking.sw = "6983"
			}
			play(t, c, []step{asking})
			if applet == eidtest.Applet11 {
				play(t, c, []step{{right, "6983", 0}})
				return
			}
			play(t, c, []step{{right, "9000", 0}, {"00200001", "9000", 0}, {"80E60000", "9000", 0}, {"00200001", "63C3", 0}})
			play(t, c, []step{{wrong, "63C2", 0}, {wrong, "63C1", 0}, {wrong, "6983", 0}, {right, "6983", 0}, {"00200001", "6983", 0}})
			c.Insert()
			if err := c.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			play(t, c, []step{{right, "6983", 0}})
		})
	}
}

func TestChangePIN(t *testing.T) {
	c := mint(t, newPKI(t), eidtest.Description{PIN: "123456"})
	play(t, c, []step{
		{"0024000110" + "241234FFFFFFFFFF" + "249999FFFFFFFFFF", "63C2", 0},
		{"0024000110" + "26123456FFFFFFFF" + "239999FFFFFFFFFF", "6A80", 0},
		{"0024000110" + "26123456FFFFFFFF" + "249999FFFFFFFFFF", "9000", 0},
		{"0020000108" + "26123456FFFFFFFF", "63C2", 0},
		{"0020000108" + "249999FFFFFFFFFF", "9000", 0},
	})
}

// TestSignatures: MSE SET, VERIFY, PSO; the signature key wants the PIN each time.
func TestSignatures(t *testing.T) {
	pki := newPKI(t)
	const verify = "0020000108241234FFFFFFFFFF"
	for _, test := range []struct {
		applet eidtest.Applet
		alg    string
		size   int
	}{{eidtest.Applet11, "01", 128}, {eidtest.Applet17, "08", 256}, {eidtest.Applet17EC, "08", 256}, {eidtest.Applet18, "01", 96}} {
		t.Run(string(test.applet), func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Applet: test.applet})
			sum := sha256.Sum256([]byte("challenge"))
			sign := fmt.Sprintf("002A9E9A20%X00", sum)
			get := step{fmt.Sprintf("00C00000%02X", test.size&0xFF), "9000", test.size}
			more := step{sign, fmt.Sprintf("61%02X", test.size&0xFF), 0}
			play(t, c, []step{
				{sign, "6985", 0},
				{"002241B605048099" + "8482", "6A80", 0},
				{"002241B6050480" + test.alg + "8487", "6A88", 0},
				{"002241B6050480" + test.alg + "8482", "9000", 0},
				{sign, "6982", 0}, {verify, "9000", 0}, more,
			})
			signature, sw := send(t, c, get.command)
			if sw != "9000" || !verifiesBy(t, c, sum[:], signature, test.alg) {
				t.Errorf("the signature of %d bytes does not verify, %s", len(signature), sw)
			}
			play(t, c, []step{more, get, {"00C0000001", "6985", 0},
				{"002241B6050480" + test.alg + "8483", "9000", 0}, {sign, "6982", 0},
				{verify, "9000", 0}, more, get, {sign, "6982", 0}})
		})
	}
}

// verifiesBy checks a signature by the authentication certificate.
func verifiesBy(t *testing.T, c *eidtest.Card, sum, signature []byte, alg string) bool {
	t.Helper()
	cert, err := x509.ParseCertificate(element(c.File(eidtest.FileAuthentication)))
	if err != nil {
		t.Fatal(err)
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		hash := crypto.SHA256
		if alg == "01" {
			hash = 0
		}
		return rsa.VerifyPKCS1v15(key, hash, sum, signature) == nil
	case *ecdsa.PublicKey:
		return plainVerifies(key, sum, signature)
	}
	return false
}

func plainVerifies(key *ecdsa.PublicKey, sum, signature []byte) bool {
	n := len(signature) / 2
	return ecdsa.Verify(key, sum, new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:]))
}

func TestInternalAuthenticate(t *testing.T) {
	pki := newPKI(t)
	challenge := bytes.Repeat([]byte{0xC7}, 48)
	command := fmt.Sprintf("00880281329430%X", challenge)
	for name, flaws := range map[string]eidtest.Flaws{"genuine": {}, "clone": {Clone: true}} {
		c := mint(t, pki, eidtest.Description{ID: "x", Flaws: flaws})
		play(t, c, []step{{command, "6160", 0}})
		signature, _ := send(t, c, "00C0000060")
		key, err := x509.ParsePKIXPublicKey(c.File(eidtest.FilePublicKey))
		if err != nil {
			t.Fatal(err)
		}
		hash := sha512.Sum384(c.File(eidtest.FilePublicKey))
		if !bytes.Equal(field(c.File(eidtest.FileIdentity), 0x1A), hash[:]) {
			t.Errorf("%s: the identity file names another key", name)
		}
		public, is := key.(*ecdsa.PublicKey)
		if !is || plainVerifies(public, challenge, signature) != (name == "genuine") {
			t.Errorf("%s: the answer is not as it should be", name)
		}
	}
	play(t, mint(t, pki, eidtest.Description{Applet: eidtest.Applet17}), []step{{command, "6D00", 0}})
}

// TestBudget: after 5000 times, the chip proves itself no more.
func TestBudget(t *testing.T) {
	c := mint(t, quickPKI(t), eidtest.Description{})
	command, err := hex.DecodeString(fmt.Sprintf("00880281329430%X", make([]byte, 48)))
	if err != nil {
		t.Fatal(err)
	}
	for range 5000 {
		if response, err := c.Transmit(t.Context(), command); err != nil || response[0] != 0x61 {
			t.Fatalf("% X, %v", response, err)
		}
	}
	play(t, c, []step{{fmt.Sprintf("%X", command), "6985", 0}})
}

// FuzzCommands: no command makes the card panic or answer without a status word.
func FuzzCommands(f *testing.F) {
	for _, seed := range []string{"00A4080C063F00DF014031", "00B0000000", "00B07FFF00", "0020000108241234FFFFFFFFFF", "002241B60504800184", "80E400001C", "00C0000000", "00", ""} {
		command, err := hex.DecodeString(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(command)
	}
	c, err := quickPKI(f).Mint(eidtest.Description{ID: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, command []byte) {
		response, err := c.Transmit(t.Context(), command)
		if err != nil || len(response) < 2 || len(response) > 258 {
			t.Errorf("% X: % X, %v", command, response, err)
		}
	})
}
