package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"balie/sync/portal/prismtest"
)

// prism has every portal of the suite stand behind what ends TLS and prism, which holds
// each call and answer against openapi.yaml.
var prism = flag.Bool("prism", false, "have prism stand before each portal: make contract first")

// front ends TLS before a portal, with a certificate of the hospital's own, and leads
// through prism. At the end of the test prism must have found nothing.
func (r *rig) front(portalURL string) (kiosksAt string, err error) {
	r.t.Helper()
	judge := prismtest.Behind(r.t, portalURL)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	written := os.WriteFile(filepath.Join(r.dir, "front.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	if err := errors.Join(err, written); err != nil {
		return "", err
	}
	server := httptest.NewUnstartedServer(judge)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	r.t.Cleanup(func() {
		server.Close()
		found, calls := judge.Found()
		if len(found) > 0 {
			r.t.Errorf("prism finds in %d calls:\n%s", calls, strings.Join(found, "\n"))
		}
		r.t.Logf("prism held %d calls against openapi.yaml", calls)
	})
	return server.Listener.Addr().String(), nil
}
