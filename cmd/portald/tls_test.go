package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

// Beyond this computer people come over TLS only; kiosks come by whatever name leads
// here, and are shown a certificate of that name under the portal's own root.
func TestOtherComputersComeOverTLS(t *testing.T) {
	d := newDesk(t)
	cert, key, pool := certify(t, d.dir)
	stop := d.start("--listen", "0.0.0.0:0", "--kiosks", "0.0.0.0:0", "--tls-cert", cert, "--tls-key", key)
	defer stop()
	if !strings.HasPrefix(d.place.URL, "https://localhost:") || !strings.HasPrefix(d.place.Staff, "https://localhost:") {
		t.Fatalf("the places are %+v", d.place)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(d.place.Staff)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Errorf("the staff's page: %+v, %v", resp, err)
	}
	for kiosk, host := range map[string]string{"K1": "localhost", "K2": "127.0.0.1"} {
		d.place.URL = strings.Replace(d.place.URL, "localhost", host, 1)
		_, kioskd := d.enrol(kiosk)
		if self, err := kioskd.Self(t.Context()); err != nil || self.Kiosk != kiosk {
			t.Errorf("by %s: %+v, %v", host, self, err)
		}
	}
}
