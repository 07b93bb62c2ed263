package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/identity"
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

// A proxy of the hospital's ends TLS with a certificate of its own and hands the kiosk's
// on; whoever writes that header themselves, through the proxy or past it, is nobody.
func TestBehindATerminator(t *testing.T) {
	d := newDesk(t)
	cert, key, pool := certify(t, d.dir)
	stop := d.start("--kiosks", "", "--terminator", "127.0.0.1")
	defer stop()
	if d.place.URL != "" {
		t.Errorf("kiosks are told to come to %s", d.place.URL)
	}
	inner, err := url.Parse(strings.TrimSuffix(d.place.Staff, "/staff/"))
	must(t, err)
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(inner)
		r.Out.Header.Del("Client-Cert")
		if peers := r.In.TLS.PeerCertificates; len(peers) > 0 {
			r.Out.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(peers[0].Raw)+":")
		}
	}})
	own, err := tls.LoadX509KeyPair(cert, key)
	must(t, err)
	proxy.TLS = &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequestClientCert}
	proxy.StartTLS()
	defer proxy.Close()
	front := strings.Replace(proxy.URL, "127.0.0.1", "localhost", 1)

	o := identity.Options{Dir: filepath.Join(d.dir, "K1"), Keys: identity.Keyring{identity.Files()}, URL: front}
	if err := identity.Enrol(t.Context(), identity.EnrolOptions{Options: o, Token: d.invite("K1")}); err == nil {
		t.Error("the proxy's authority is trusted unasked")
	}
	o.CAs = pool
	must(t, identity.Enrol(t.Context(), identity.EnrolOptions{Options: o, Token: d.invite("K1")}))
	who, err := identity.Open(o)
	must(t, err)
	if self, err := d.client(who).Self(t.Context()); err != nil || self.Kiosk != "K1" {
		t.Errorf("%+v, %v", self, err)
	}
	o.CAs = nil
	distrusting, err := identity.Open(o)
	must(t, err)
	if _, err := d.client(distrusting).Self(t.Context()); !errors.Is(err, portal.ErrAway) {
		t.Errorf("with another authority: %v", err)
	}
	config := &tls.Config{RootCAs: pool}
	forger := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	defer forger.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, front+"/v1/kiosks/self", nil)
	must(t, err)
	shown, err := who.TLS().GetClientCertificate(nil)
	must(t, err)
	req.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(shown.Certificate[0])+":")
	resp, err := forger.Do(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || resp.Body.Close() != nil {
		t.Errorf("with the header of another's certificate: %+v, %v", resp, err)
	}
}
