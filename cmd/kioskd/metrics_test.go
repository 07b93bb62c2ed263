package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"balie/cmd/internal/config"
)

// pki is an authority and a certificate under it, in files.
type pki struct{ ca, cert, key string }

func newPKI(t *testing.T) pki {
	t.Helper()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, &leafKey.PublicKey, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := pki{filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	for path, block := range map[string]*pem.Block{
		p.ca: {Type: "CERTIFICATE", Bytes: rootDER}, p.cert: {Type: "CERTIFICATE", Bytes: leafDER}, p.key: {Type: "PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestMetricsAreForWhoMay: with a certificate of the authority the numbers come, without
// one they do not, and nothing else is served.
func TestMetricsAreForWhoMay(t *testing.T) {
	ours, theirs := newPKI(t), newPKI(t)
	b := &booth{log: slog.New(slog.DiscardHandler), config: config.Config{Metrics: config.Metrics{
		Listen: "127.0.0.1:0", Certificate: ours.cert, Key: ours.key, Clients: ours.ca,
	}}}
	if err := b.buildMetrics(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- b.metrics.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for name, c := range map[string]struct {
		of   *pki
		path string
		want int // 0: refused by TLS
	}{
		"ours": {&ours, "/nothing", http.StatusNotFound}, "theirs": {&theirs, "/metrics", 0}, "nobody's": {nil, "/metrics", 0},
	} {
		secure := &tls.Config{InsecureSkipVerify: true}
		if c.of != nil {
			pair, err := tls.LoadX509KeyPair(c.of.cert, c.of.key)
			if err != nil {
				t.Fatal(err)
			}
			secure.Certificates = []tls.Certificate{pair}
		}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: secure, DisableKeepAlives: true}}
		resp, err := client.Get("https://" + b.metrics.listen.Addr().String() + c.path)
		switch {
		case c.want == 0 && err == nil:
			t.Errorf("%s: let in", name)
		case c.want != 0 && (err != nil || resp.StatusCode != c.want):
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = resp.Body.Close() // nothing of it is read
		}
	}
}
