package worklist_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"balie/sync/worklist"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Index and key depend on everything: who, which device, which day, which salt.
func TestDerive(t *testing.T) {
	device, salt := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 16)
	derive := func(subject []byte, device []byte, day string, salt []byte) worklist.Made {
		t.Helper()
		m, err := worklist.Derive(subject, worklist.DayKey(device, day), salt)
		must(t, err)
		return m
	}
	mine := derive(worklist.Subject("ssin", "85073003328"), device, "2026-03-02", salt)
	sealed, err := mine.Seal([]byte("at ten"))
	must(t, err)
	if got, err := mine.Open(sealed); err != nil || string(got) != "at ten" {
		t.Errorf("%q, %v", got, err)
	}
	for name, other := range map[string]worklist.Made{
		"another person": derive(worklist.Subject("ssin", "85073003329"), device, "2026-03-02", salt),
		"another scheme": derive(worklist.Subject("ead", "85073003328"), device, "2026-03-02", salt),
		"another device": derive(worklist.Subject("ssin", "85073003328"), bytes.Repeat([]byte{3}, 32), "2026-03-02", salt),
		"another day":    derive(worklist.Subject("ssin", "85073003328"), device, "2026-03-03", salt),
		"another salt":   derive(worklist.Subject("ssin", "85073003328"), device, "2026-03-02", bytes.Repeat([]byte{4}, 16)),
	} {
		if other.Index() == mine.Index() {
			t.Errorf("%s: the same index", name)
		}
		if _, err := other.Open(sealed); err == nil {
			t.Errorf("%s: it opens", name)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := mine.Open(broken); err == nil {
			t.Fatalf("opens with a bit flipped in byte %d", i)
		}
	}
	if _, err := worklist.Derive(nil, make([]byte, 32), salt); err == nil {
		t.Error("nobody was taken for somebody")
	}
	if _, err := worklist.Derive([]byte("x"), make([]byte, 31), salt); err == nil {
		t.Error("a short key was taken")
	}
}

// golden is what Debian's argon2, the reference of RFC 9106, makes of it:
//
//	printf 'ssin\00085073003328' | argon2 SALT -id -t 2 -k 19456 -p 1 -l 48 -r
//
// with SALT the HMAC that openapi.yaml says.
const golden = "e7fc3228af01eb6ec747db31732ff4adfbcf333ffe2fa11c1aed82ab73e084454247bdd15c90168053201b351d4e4930"

// What openapi.yaml says is what is made: a portal of another hand makes the same.
func TestDeriveIsTheContract(t *testing.T) {
	m, err := worklist.Derive(worklist.Subject("ssin", "85073003328"), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 16))
	must(t, err)
	if got := hex.EncodeToString(m[:]); got != golden {
		t.Errorf("%s", got)
	}
}

func BenchmarkDerive(b *testing.B) {
	subject, key, salt := worklist.Subject("ssin", "85073003328"), make([]byte, 32), make([]byte, 16)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := worklist.Derive(subject, key, salt); err != nil {
			b.Fatal(err)
		}
	}
}
