package eid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// TestUntrustedRoot: without the test root the same card is a stranger's, whatever
// else holds.
func TestUntrustedRoot(t *testing.T) {
	tr, err := eid.NewTrust(eid.TrustOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Testing() {
		t.Error("says that a test root is trusted")
	}
	for _, a := range eidtest.Applets() {
		r := read(t, mint(t, an(a)), tr, eid.Want{})
		if r.Checks.Chain != eid.Invalid || r.Checks.IdentitySignature != eid.Valid || r.Checks.Verified() || r.Proof.TestTrusted {
			t.Errorf("%s: %v", a, r.Checks)
		}
	}
}

// TestSecondCardSendsLess: an RRN certificate that verified is kept.
func TestSecondCardSendsLess(t *testing.T) {
	for _, a := range eidtest.Applets() {
		tr := trust(t)
		first := read(t, mint(t, an(a)), tr, eid.Want{})
		other := an(a)
		other.ID = "other"
		c := mint(t, other)
		c.Trace(func(command, _ []byte) {
			if command[1] == 0xA4 && command[len(command)-2] == 0x50 {
				t.Errorf("%s: certificate file %X was selected", a, command[len(command)-2:])
			}
		})
		second := read(t, c, tr, eid.Want{})
		if second.Exchanges >= first.Exchanges || second.Checks != first.Checks || len(second.Proof.RRN) == 0 || len(second.Proof.Root) == 0 {
			t.Errorf("%s: %d exchanges, then %d; %v", a, first.Exchanges, second.Exchanges, second.Checks)
		}
	}
}

// TestFlaws says of each flaw of a card which check finds it.
func TestFlaws(t *testing.T) {
	for _, c := range []struct {
		name  string
		flaws eidtest.Flaws
		want  func(*eid.Checks)
	}{
		{"none", eidtest.Flaws{}, func(*eid.Checks) {}},
		{"expired", eidtest.Flaws{Expired: true}, func(c *eid.Checks) { c.Validity = eid.Invalid }},
		{"identity signature", eidtest.Flaws{IdentitySignature: true}, func(c *eid.Checks) { c.IdentitySignature = eid.Invalid }},
		{"address signature", eidtest.Flaws{AddressSignature: true}, func(c *eid.Checks) { c.AddressSignature = eid.Invalid }},
		{"photo", eidtest.Flaws{Photo: true}, func(c *eid.Checks) { c.PhotoHash = eid.Invalid }},
		{"chip", eidtest.Flaws{Chip: true}, func(c *eid.Checks) { c.ChipNumber = eid.Invalid }},
		{"clone", eidtest.Flaws{Clone: true}, func(c *eid.Checks) { c.Genuine = eid.Invalid }},
		{"foreign root", eidtest.Flaws{ForeignRoot: true}, func(c *eid.Checks) { c.Chain = eid.Invalid }},
		{"production subject", eidtest.Flaws{RRNSubject: "RRN"}, func(*eid.Checks) {}},
		{"another subject", eidtest.Flaws{RRNSubject: "Citizen"}, func(c *eid.Checks) { c.Chain = eid.Invalid }},
		{"bit of the public key", flip(eidtest.FilePublicKey, 800), func(c *eid.Checks) { c.Genuine = eid.Invalid }},
		{"bit of the photo", flip(eidtest.FilePhoto, 9000), func(c *eid.Checks) { c.PhotoHash = eid.Invalid }},
		{"bit of the street", flip(eidtest.FileAddress, 70), func(c *eid.Checks) { c.AddressSignature = eid.Invalid }},
		{"no public key", eidtest.Flaws{Gone: []eidtest.Path{eidtest.FilePublicKey}}, func(c *eid.Checks) { c.Genuine = eid.Invalid }},
		{"no photo", eidtest.Flaws{Gone: []eidtest.Path{eidtest.FilePhoto}}, func(c *eid.Checks) { c.PhotoHash = eid.Invalid }},
		{"no address", eidtest.Flaws{Gone: []eidtest.Path{eidtest.FileAddress}}, func(c *eid.Checks) { c.AddressSignature = eid.Invalid }},
		{"no RRN certificate", eidtest.Flaws{Gone: []eidtest.Path{eidtest.FileRRN}}, func(c *eid.Checks) {
			c.Chain, c.IdentitySignature, c.AddressSignature = eid.Invalid, eid.Invalid, eid.Invalid
		}},
		{"no signature", eidtest.Flaws{Gone: []eidtest.Path{eidtest.FileIdentitySignature}}, func(c *eid.Checks) {
			c.IdentitySignature, c.AddressSignature = eid.Invalid, eid.Invalid
		}},
		{"padded identity", eidtest.Flaws{Sizes: []eidtest.Size{{File: eidtest.FileIdentity, Bytes: 400}}}, func(c *eid.Checks) { c.IdentitySignature = eid.Invalid }},
		{"padded address", eidtest.Flaws{Sizes: []eidtest.Size{{File: eidtest.FileAddress, Bytes: 600}}}, func(*eid.Checks) {}},
		{"empty photo", eidtest.Flaws{Sizes: []eidtest.Size{{File: eidtest.FilePhoto}}}, func(c *eid.Checks) { c.PhotoHash = eid.Invalid }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := an(eidtest.Applet18)
			d.Flaws = c.flaws
			want := allGood(d.Applet)
			c.want(&want)
			if r := read(t, mint(t, d), trust(t), everything()); r.Checks != want {
				t.Errorf("checks are %v, not %v", r.Checks, want)
			}
		})
	}
}

func flip(f eidtest.Path, bit int) eidtest.Flaws {
	return eidtest.Flaws{Flip: []eidtest.Flip{{File: f, Bit: bit}}}
}

// TestNoGenuineAskedSpendsNothing: the chip signs only a limited number of times.
func TestNoGenuineAskedSpendsNothing(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	asked := 0
	c.Trace(func(command, _ []byte) {
		if command[1] == 0x88 {
			asked++
		}
	})
	r := read(t, c, trust(t), eid.Want{Address: true, Photo: true, Certificates: true})
	if asked != 0 || r.Checks.Genuine != eid.NotAsked {
		t.Errorf("asked %d times, genuine %v", asked, r.Checks.Genuine)
	}
	if read(t, c, trust(t), everything()); asked != 1 {
		t.Errorf("asked %d times in one read", asked)
	}
}

func TestProof(t *testing.T) {
	for _, a := range eidtest.Applets() {
		nonce := make([]byte, 48)
		nonce[7] = 7
		p := read(t, mint(t, an(a)), trust(t), eid.Want{Genuine: true, Challenge: nonce}).Proof
		i, checks, err := eid.VerifyProof(p, trust(t))
		want := eid.Checks{IdentitySignature: eid.Valid, Chain: eid.Test, Genuine: genuine(a), Validity: eid.Valid}
		if err != nil || checks != want || i.FamilyName.Reveal() != "Peeters" {
			t.Errorf("%s: %v, %v", a, checks, err)
		}
		if a == eidtest.Applet18 && (string(p.Challenge) != string(nonce) || len(p.Answer) != 96) {
			t.Errorf("challenge %X, answer of %d bytes", p.Challenge, len(p.Answer))
		}
		production, err := eid.NewTrust(eid.TrustOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, checks, _ := eid.VerifyProof(p, production); checks.Chain != eid.Invalid || checks.Verified() {
			t.Errorf("%s: a portal that trusts no test root has %v", a, checks)
		}
	}
}

// TestForgedProof changes a proof in every way that matters.
func TestForgedProof(t *testing.T) {
	good := read(t, mint(t, an(eidtest.Applet18)), trust(t), eid.Want{Genuine: true}).Proof
	for name, c := range map[string]struct {
		forge func(*eid.Proof)
		bad   func(eid.Checks) bool
	}{
		"no RRN":            {func(p *eid.Proof) { p.RRN = nil }, func(c eid.Checks) bool { return c.IdentitySignature == eid.Invalid && c.Chain == eid.Invalid }},
		"no signature":      {func(p *eid.Proof) { p.Signature = nil }, func(c eid.Checks) bool { return c.IdentitySignature == eid.Invalid }},
		"another challenge": {func(p *eid.Proof) { p.Challenge = make([]byte, 48) }, func(c eid.Checks) bool { return c.Genuine == eid.Invalid }},
		"short challenge":   {func(p *eid.Proof) { p.Challenge = make([]byte, 4) }, func(c eid.Checks) bool { return c.Genuine == eid.Invalid }},
		"no answer":         {func(p *eid.Proof) { p.Answer = nil }, func(c eid.Checks) bool { return c.Genuine == eid.Invalid }},
		"no challenge":      {func(p *eid.Proof) { p.Challenge = nil }, func(c eid.Checks) bool { return c.Genuine == eid.NotAsked }},
		"another key":       {func(p *eid.Proof) { p.PublicKey = []byte{0x30, 0} }, func(c eid.Checks) bool { return c.Genuine == eid.Invalid }},
	} {
		p := good
		c.forge(&p)
		if _, checks, err := eid.VerifyProof(p, trust(t)); err != nil || !c.bad(checks) {
			t.Errorf("%s: %v, %v", name, checks, err)
		}
	}
	if _, _, err := eid.VerifyProof(eid.Proof{}, trust(t)); err == nil {
		t.Error("an empty proof was judged")
	}
}

func TestValidityIsTheDayInBrussels(t *testing.T) {
	d := an(eidtest.Applet18)
	d.ValidFrom, d.ValidTo = "2024-07-01", "2026-07-31"
	c := mint(t, d)
	for at, want := range map[string]eid.Check{
		"2024-06-30T21:59:59Z": eid.Invalid, "2024-06-30T22:00:00Z": eid.Valid,
		"2026-07-31T21:59:59Z": eid.Valid, "2026-07-31T22:00:00Z": eid.Invalid,
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if r := read(t, c, trustAt(t, func() time.Time { return now }), eid.Want{}); r.Checks.Validity != want {
			t.Errorf("at %s it is %v", at, r.Checks.Validity)
		}
	}
}

// TestCRL: a list that a root signed takes an RRN certificate out, also one that is
// kept; one that another signed does not.
func TestCRL(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := authority(t, key)
	rrn := register(t, root, key)
	proof := read(t, mint(t, an(eidtest.Applet18)), trust(t), eid.Want{}).Proof
	proof.RRN = rrn.Raw
	dir := t.TempDir()
	tr, err := eid.NewTrust(eid.TrustOptions{TestRoots: []*x509.Certificate{root}, CRLs: dir})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(when string, want eid.Check) {
		t.Helper()
		if _, checks, err := eid.VerifyProof(proof, tr); err != nil || checks.Chain != want {
			t.Errorf("%s: chain is %v, %v", when, checks.Chain, err)
		}
	}
	expect("without a list", eid.Test)
	stranger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		when   string
		key    *ecdsa.PrivateKey
		serial *big.Int
		want   eid.Check
	}{
		{"revoked by a stranger", stranger, rrn.SerialNumber, eid.Test},
		{"another revoked", key, big.NewInt(77), eid.Test},
		{"revoked", key, rrn.SerialNumber, eid.Invalid},
		{"root revoked", key, root.SerialNumber, eid.Invalid},
	} {
		revoke(t, dir, root, c.key, c.serial)
		if err := tr.LoadCRLs(dir); err != nil {
			t.Fatal(err)
		}
		expect(c.when, c.want)
	}
}

func authority(t *testing.T, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1},
	}
	return issue(t, template, template, key)
}

func register(t *testing.T, root *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	return issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		Subject:  pkix.Name{CommonName: "RRN", Organization: []string{"RRN"}, Country: []string{"BE"}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, root, key)
}

func issue(t *testing.T, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func revoke(t *testing.T, dir string, root *x509.Certificate, key *ecdsa.PrivateKey, serial *big.Int) {
	t.Helper()
	signer := *root
	signer.PublicKey = key.Public()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: time.Now()}},
	}, &signer, key)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "root.crl"), block, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCRLThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.crl"), []byte("no list"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := eid.NewTrust(eid.TrustOptions{CRLs: folder}); err == nil {
			t.Errorf("%s was taken", folder)
		}
	}
}

func TestTestRootMustBeAnAuthority(t *testing.T) {
	if _, err := eid.NewTrust(eid.TrustOptions{TestRoots: []*x509.Certificate{{}}}); err == nil {
		t.Error("taken")
	}
}

// TestFlippedBits turns over bits of every file, one at a time: what they change is
// not believed.
func TestFlippedBits(t *testing.T) {
	for file, believed := range map[eidtest.Path]func(eid.Checks) bool{
		eidtest.FileIdentity:          func(c eid.Checks) bool { return c.IdentitySignature == eid.Valid },
		eidtest.FilePhoto:             func(c eid.Checks) bool { return c.PhotoHash == eid.Valid },
		eidtest.FilePublicKey:         func(c eid.Checks) bool { return c.Genuine == eid.Valid },
		eidtest.FileRRN:               func(c eid.Checks) bool { return c.Verified() },
		eidtest.FileAddress:           func(c eid.Checks) bool { return c.AddressSignature == eid.Valid },
		eidtest.FileAddressSignature:  func(c eid.Checks) bool { return c.AddressSignature == eid.Valid },
		eidtest.FileIdentitySignature: func(c eid.Checks) bool { return c.IdentitySignature == eid.Valid },
	} {
		for n := range 20 {
			d := an(eidtest.Applet18)
			d.Flaws = flip(file, 7*8*n+n%8) // within the first 134 bytes, where no file has padding but the signatures
			if file == eidtest.FileIdentitySignature || file == eidtest.FileAddressSignature || file == eidtest.FileAddress {
				d.Flaws = flip(file, n*8+n%8)
			}
			if file == eidtest.FilePublicKey {
				d.Flaws = flip(file, 4*8*n+n%8)
			}
			r, err := eid.Read(t.Context(), quickMint(t, d), quickTrust(t), eid.Want{Address: true, Photo: true, Genuine: true}, nil)
			if err != nil {
				typed(t, err)
			} else if believed(r.Checks) {
				t.Errorf("%v bit %d: %v", file, d.Flaws.Flip[0].Bit, r.Checks)
			}
		}
	}
}
