package eid

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"balie/internal/secret"
)

func tlv(pairs ...string) (file []byte) {
	for i := 0; i < len(pairs); i += 2 {
		file = append(file, pairs[i][0], byte(len(pairs[i+1])))
		file = append(file, pairs[i+1]...)
	}
	return file
}

func TestDecodeIdentity(t *testing.T) {
	i, err := decodeIdentity(tlv("\x00", "\x00\x01", "\x01", "B12345678", "\x03", "05.03.2020", "\x07", "De Smet",
		"\x0C", "           1984", "\x0D", "V", "\x0F", "06", "\x99", "unknown", "\x10", ""))
	if err != nil {
		t.Fatal(err)
	}
	if i.FamilyName.Reveal() != "De Smet" || i.Sex != "F" || i.DocumentType != "6" || i.ValidFrom != (Date{Year: 2020, Month: 3, Day: 5}) ||
		i.BirthDate.Reveal() != "1984" || i.Document() != "kids-id" || !i.ChildCard() {
		t.Errorf("got %+v", i)
	}
	if want := []string{"the check digits of the card number are wrong"}; !slices.Equal(i.Warnings, want) {
		t.Errorf("warnings are %q", i.Warnings)
	}
}

// TestSpecimens: what is published of cards that nobody here made is read as it was
// published: Alice, of the specimens that the state hands out (the values are those that
// eid-quick-key-toolset asserts, tlvtest.c), and the virtual Stephen of
// Fedict/eid-test-cards, whose number is none.
func TestSpecimens(t *testing.T) {
	chip := "\x53\x4C\x49\x4E\x33\x66\x00\x29\x6C\xFF\x29\x3B\x2A\x12\x22\x20"
	photo := "\x28\xF3\xEC\x53\x21\x02\xB0\xCC\xD9\x3C\x7B\xDF\x58\xED\x83\x40\x0A\x89\x97\x90"
	alice, err := decodeIdentity(tlv("\x01", "000000122662", "\x02", chip, "\x03", "23.07.2009", "\x04", "23.07.2014", "\x05", "Antwerpen",
		"\x06", "71715100070", "\x07", "SPECIMEN", "\x08", "Alice Geldigekaart", "\x09", "A", "\x0A", "BELG", "\x0B", "Hamont-Achel",
		"\x0C", "01 JAN 1971", "\x0D", "V", "\x0E", "", "\x0F", "1", "\x10", "0", "\x11", photo))
	if err != nil || alice.BirthDate.Reveal() != "1971-01-01" || alice.Sex != "F" || alice.Nationality != "BELG" || alice.Document() != "citizen" ||
		alice.ValidTo != (Date{Year: 2014, Month: 7, Day: 23}) || len(alice.PhotoHash) != 20 || string(alice.ChipNumber) != chip || len(alice.Warnings) > 0 {
		t.Errorf("alice is %+v, %v", alice, err)
	}
	stephen, err := decodeIdentity(tlv("\x01", "592000005663", "\x02", chip, "\x03", "12.10.2014", "\x04", "12.10.2025", "\x05", "Brussel",
		"\x06", "1974010102567", "\x07", "Jones", "\x08", "Peter", "\x09", "", "\x0A", "Belg", "\x0B", "Brussel", "\x0C", "05 FEV 1970", "\x0D", "M",
		"\x0E", "", "\x0F", "1", "\x11", photo))
	if err != nil || stephen.BirthDate.Reveal() != "1970-02-05" || stephen.Sex != "M" || !stephen.Initial.Empty() || len(stephen.Warnings) == 0 {
		t.Errorf("stephen is %+v, %v", stephen, err)
	}
}

func TestIdentityWarns(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"twice", tlv("\x07", "A", "\x07", "B"), "tag 07 is there twice"},
		{"no text", tlv("\x07", "A\xFFB"), "tag 07 holds what is no text"},
		{"control", tlv("\x07", "A\x1BB"), "tag 07 holds what is no text"},
		{"bad birth date", tlv("\x0C", "never"), "the birth date cannot be read"},
		{"half a birth date", tlv("\x0C", "05 XXX 1971"), "the birth date can be read in part only"},
		{"bad validity", tlv("\x04", "never"), "the date of tag 04 cannot be read"},
		{"wrong number", tlv("\x06", "85073003329"), "the check digits of the national number are wrong"},
		{"another birth", tlv("\x06", "85073003328", "\x0C", "31 JUL 1985"), "the birth date is not that of the national number"},
		{"another year", tlv("\x06", "85073003328", "\x0C", "1986"), "the birth year is not that of the national number"},
		{"another sex", tlv("\x06", "85073003328", "\x0D", "F"), "the sex is not that of the national number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, err := decodeIdentity(c.file)
			if err != nil || !slices.Contains(i.Warnings, c.want) {
				t.Errorf("warnings are %q, %v", i.Warnings, err)
			}
		})
	}
}

// TestNothingSteersAPrinter: control characters and the ones that turn text around
// are gone.
func TestNothingSteersAPrinter(t *testing.T) {
	i, err := decodeIdentity(tlv("\x07", "A\x1B@B\n\u202EC\u2028D\u0000"))
	if err != nil || i.FamilyName.Reveal() != "A@BCD" {
		t.Errorf("got %q, %v", i.FamilyName.Reveal(), err)
	}
}

func TestNoIdentity(t *testing.T) {
	for _, file := range [][]byte{nil, {0}, make([]byte, 200), {7}, {7, 9, 'A'}} {
		if i, err := decodeIdentity(file); err == nil {
			t.Errorf("%X is %+v", file, i)
		}
	}
}

func TestDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range documents() {
		i := Identity{DocumentType: d.number}
		if seen[d.number] || i.Document() != d.name {
			t.Errorf("%s is %q", d.number, i.Document())
		}
		seen[d.number] = true
		if i.ChildCard() != strings.Contains(d.name, "kids") {
			t.Errorf("%s: child is %v", d.name, i.ChildCard())
		}
	}
	for number, want := range map[string]string{"": "", "70": "other", "60": "other", "x": "other"} {
		if i := (Identity{DocumentType: number}); i.Document() != want || i.ChildCard() {
			t.Errorf("%q is %q, child %v", number, i.Document(), i.ChildCard())
		}
	}
}

// TestCardNumbers has numbers that check, foreigners' too, and the specimen's 00.
func TestCardNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "592000000081": true, "B123456748": true, "000000000097": true, // 5920000000 mod 97, 1234567 mod 97, 0
		"592000000082": false, "592000000000": false, "B123456749": false, "12345": false, "59200000008x": false, "B": false,
	} {
		if got := cardNumberChecks(s); got != want {
			t.Errorf("%q checks: %v", s, got)
		}
	}
}

// TestRecordPrintsNothing holds that no way of printing a Record shows who it is of.
func TestRecordPrintsNothing(t *testing.T) {
	const canary = "Canarybird"
	i, err := decodeIdentity(tlv("\x01", canary, "\x06", canary, "\x07", canary, "\x08", canary, "\x09", canary, "\x0B", canary, "\x0C", canary))
	if err != nil {
		t.Fatal(err)
	}
	a, err := decodeAddress(tlv("\x01", canary, "\x02", canary, "\x03", canary))
	if err != nil {
		t.Fatal(err)
	}
	held := &Certificates{Authentication: secret.NewBytes([]byte(canary)), Signature: secret.NewBytes([]byte(canary))}
	r := Record{Identity: i, Address: &a, Certificates: held, Proof: Proof{Identity: secret.NewBytes([]byte(canary))}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		out := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, a) + fmt.Sprintf(verb, held) + fmt.Sprintf(verb, i.Warnings)
		if strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s shows it: %s", verb, out)
		}
	}
}
