package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/portal"
)

// certify writes a certificate for localhost, and gives the pool that trusts it.
func certify(t *testing.T, dir string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(dir, "portal.crt"), filepath.Join(dir, "portal.key")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, key, pool
}

// Beyond this computer the portal speaks TLS only, and a kiosk is told no URL that
// leads to itself.
func TestOtherComputersComeOverTLS(t *testing.T) {
	d := newDesk(t)
	cert, key, pool := certify(t, d.dir)
	stop := d.start("--listen", "0.0.0.0:0", "--tls-cert", cert, "--tls-key", key)
	defer stop()
	if !strings.HasPrefix(d.place.URL, "https://localhost:") {
		t.Fatalf("the URL is %s", d.place.URL)
	}
	c, _ := d.enrol("K1")
	if c.URL != "" {
		t.Errorf("the kiosk is told %s", c.URL)
	}
	client, err := portal.New(portal.Options{URL: d.place.URL, Token: c.Token, TLS: &tls.Config{RootCAs: pool}})
	must(t, err)
	defer client.Close()
	if self, err := client.Self(t.Context()); err != nil || self.Kiosk != "K1" {
		t.Errorf("%+v, %v", self, err)
	}
}
