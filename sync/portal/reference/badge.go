package reference

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// headerCert is where a proxy that ends TLS hands a client's certificate on: DER in
// base64 between colons (RFC 9440, section 2.2; RFC 8941, section 3.3.5).
const headerCert = "Client-Cert"

// certificateOf is the certificate that a call came with; nil where it came with none.
// From a terminator of ours only the header counts: the connection is its own. From
// anyone else the header is what anyone can write.
func (s *Server) certificateOf(r *http.Request) *x509.Certificate {
	if s.terminator(r.RemoteAddr) {
		values := r.Header.Values(headerCert)
		if len(values) != 1 {
			return nil
		}
		inner, starts := strings.CutPrefix(values[0], ":")
		inner, ends := strings.CutSuffix(inner, ":")
		der, err := base64.StdEncoding.DecodeString(inner)
		if !starts || !ends || err != nil {
			return nil
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		return cert
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

func (s *Server) terminator(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, prefix := range s.o.Terminators {
		if prefix.Contains(at.Unmap()) {
			return true
		}
	}
	return false
}

// whoCalls finds the kiosk of a call by its certificate.
func (s *Server) whoCalls(r *http.Request) (Kiosk, *problem) {
	cert := s.certificateOf(r)
	if cert == nil {
		return Kiosk{}, unauthorized()
	}
	now := s.o.Now()
	at := now
	if at.Before(cert.NotBefore) {
		at = cert.NotBefore // our own clock was put back: that is nothing to lock kiosks out for
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: s.roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Kiosk{}, certificateExpired()
	case err != nil:
		return Kiosk{}, unauthorized()
	}
	return s.admitted(r.Context(), cert, now)
}

// admitted is the kiosk of a certificate of ours, if it may come in.
func (s *Server) admitted(ctx context.Context, cert *x509.Certificate, now time.Time) (Kiosk, *problem) {
	k, err := s.o.Store.kioskBySerial(ctx, serialOf(cert))
	switch {
	case errors.Is(err, ErrNoKiosk):
		return Kiosk{}, unauthorized()
	case err != nil:
		return Kiosk{}, unavailable(retryLater)
	case k.wipe != nil:
		order, err := s.o.Secrets.wipeOrder(k)
		if err != nil {
			return k, internal()
		}
		return k, kioskWiped(order)
	case k.Retired:
		return k, kioskRetired()
	case !now.Before(k.ends):
		return k, certificateRevoked()
	case k.Stopped:
		return k, kioskStopped()
	}
	if !k.used {
		if err := s.o.Store.firstUse(ctx, k.ID, serialOf(cert), now); err != nil {
			return Kiosk{}, unavailable(retryLater)
		}
	}
	return k, nil
}

func serialOf(cert *x509.Certificate) string { return cert.SerialNumber.Text(16) }
