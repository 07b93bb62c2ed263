package eid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"testing"
	"time"
)

// TestPinsAreOfTheRealRoots has the certificates of the oldest and the newest root,
// as the Belgian state publishes them.
func TestPinsAreOfTheRealRoots(t *testing.T) {
	for _, name := range []string{"belgiumrca.pem", "belgiumrca6.pem"} {
		cert := load(t, name)
		tr, err := NewTrust(TrustOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if tr.learn(cert.Raw); len(tr.roots) != 1 || tr.roots[0].test {
			t.Errorf("%s was not learned as a root of the state", name)
		}
		if tr.learn(cert.Raw); len(tr.roots) != 1 {
			t.Errorf("%s was learned twice", name)
		}
		if tr.issuer(cert) == nil {
			t.Errorf("%s did not sign itself", name)
		}
		forged := append([]byte(nil), cert.Raw...)
		forged[100] ^= 1
		if tr.learn(forged); len(tr.roots) != 1 {
			t.Errorf("a forged %s was learned", name)
		}
	}
}

func load(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestPinsAreHashes(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range pinned() {
		if raw, err := hex.DecodeString(p); err != nil || len(raw) != 32 || seen[p] {
			t.Errorf("%s is no SHA-256, or there twice", p)
		}
		seen[p] = true
	}
	if testRoot := "DF66239ED41E37A13A431A5272526AB99DF472A18B6E8709B4D3AA2E12C54876"; seen[testRoot] {
		t.Error("the public test root is pinned")
	}
}

// TestSubjectUnderARealRoot: only CN=RRN, O=RRN, C=BE signs identities there, and the
// specimens' subjects only under a test root.
func TestSubjectUnderARealRoot(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const use = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	be := func(cn, o string) pkix.Name {
		return pkix.Name{CommonName: cn, Organization: []string{o}, Country: []string{"BE"}}
	}
	for _, c := range []struct {
		name         string
		subject      pkix.Name
		use          x509.KeyUsage
		ca           bool
		state, tests Check
	}{
		{"production", be("RRN", "RRN"), use, false, Valid, Test},
		{"specimen", be("test RRN", "test RRN"), use, false, Invalid, Test},
		{"EC specimen", be("eID TEST EC RRN", "TEST"), use, false, Invalid, Test},
		{"specimen without key usage", be("test RRN", "test RRN"), 0, false, Invalid, Test},
		{"specimen with half of it", be("test RRN", "test RRN"), x509.KeyUsageDigitalSignature, false, Invalid, Invalid},
		{"specimen with a part more", pkix.Name{CommonName: "eID TEST EC RRN", Organization: []string{"TEST"}, Locality: []string{"Brussels"}}, use, false, Invalid, Test},
		{"specimen that is an authority", be("test RRN", "test RRN"), use | x509.KeyUsageCertSign, true, Invalid, Invalid},
		{"half a specimen", be("test RRN", "TEST"), use, false, Invalid, Invalid},
		{"no key usage", be("RRN", "RRN"), 0, false, Invalid, Invalid},
		{"another", be("RRN", "Other"), use, false, Invalid, Invalid},
		{"no country", pkix.Name{CommonName: "RRN", Organization: []string{"RRN"}}, use, false, Invalid, Invalid},
		{"a part more", pkix.Name{CommonName: "RRN", Organization: []string{"RRN"}, Country: []string{"BE"}, SerialNumber: "1"}, use, false, Invalid, Invalid},
		{"a part twice", pkix.Name{CommonName: "RRN", Organization: []string{"RRN", "RRN"}, Country: []string{"BE"}}, use, false, Invalid, Invalid},
		{"half the key usage", be("RRN", "RRN"), x509.KeyUsageDigitalSignature, false, Invalid, Invalid},
		{"an authority", be("RRN", "RRN"), use | x509.KeyUsageCertSign, true, Invalid, Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent := selfSigned(t, key)
			template := &x509.Certificate{
				SerialNumber: big.NewInt(2), Subject: c.subject, KeyUsage: c.use, IsCA: c.ca, BasicConstraintsValid: c.ca,
				NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
			}
			der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), key)
			if err != nil {
				t.Fatal(err)
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			for test, want := range map[bool]Check{false: c.state, true: c.tests} {
				tr := &Trust{now: time.Now, roots: []*root{{cert: parent, test: test}}}
				if _, got := tr.judge(cert, tr.issuer(cert)); got != want || tr.knowsSigners() != (want != Invalid) {
					t.Errorf("test root %v: %v, not %v", test, got, want)
				}
			}
		})
	}
}

func selfSigned(t *testing.T, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestSignersAreBounded: a hostile hall cannot fill the memory.
func TestSignersAreBounded(t *testing.T) {
	tr := &Trust{}
	for i := range 3 * maxSigners {
		tr.keep(&signer{cert: &x509.Certificate{Raw: []byte{byte(i), byte(i >> 8)}}})
	}
	if len(tr.signers) != maxSigners || tr.signers[maxSigners-1].cert.Raw[0] != byte(3*maxSigners-1) {
		t.Errorf("%d are kept", len(tr.signers))
	}
}
