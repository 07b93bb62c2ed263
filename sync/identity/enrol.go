package identity

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"

	"balie/internal/durable"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// PendingError says that somebody must confirm the kiosk at the portal first, by the
// fingerprint of its key. The same enrolment is made again until then.
type PendingError struct{ Fingerprint string }

// Error has the fingerprint.
func (e *PendingError) Error() string {
	return "the kiosk must be confirmed at the portal; its fingerprint is " + e.Fingerprint
}

// ErrNotPortal is an answer to an enrolment that does not come from the token's portal.
var ErrNotPortal = errors.New("the answer is not of the portal that gave the token: do not trust this network; ask who runs the portal")

// EnrolOptions say what enrolment needs besides where to keep it.
type EnrolOptions struct {
	Options
	Token portal.Token
	// Only is the kiosk that it must be; empty: any. See [ErrOtherKiosk].
	Only string
}

// ErrOtherKiosk says that a token is of another kiosk, or another portal, than the one
// that runs.
var ErrOtherKiosk = errors.New("the token is of another kiosk or portal than this one is enrolled at")

// enrolling is the key of an enrolment that is under way, so that one that was broken
// off goes on with the same key: the token is good for no other.
type enrolling struct {
	Kind  string `json:"kind"`
	Key   []byte `json:"key"`
	Nonce []byte `json:"nonce"`
	For   []byte `json:"for"` // which token, by a hash
}

// of tells which token an enrolment is by.
func (e enrolling) of(t portal.Token) []byte {
	h := hmac.New(sha256.New, e.Nonce)
	_, _ = h.Write([]byte(t.Secret().Reveal())) // never fails
	return h.Sum(nil)[:8]
}

// Enrol makes a key on this device, gets a certificate for it by a token, and keeps
// both; an identity that was there is replaced. The token is shown only to a server
// that the token's own fingerprint, or else an authority that this computer trusts,
// vouches for. The error is a *[PendingError], or wraps [ErrOtherKiosk] or those of
// sync/portal.
func Enrol(ctx context.Context, o EnrolOptions) error {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "https" {
		return errors.New("enrolling: the portal's address must be https")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	e, key, err := o.begin()
	if err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	meet := &meeting{token: o.Token, host: u.Hostname(), cas: o.CAs}
	client, err := portal.New(portal.Options{URL: o.URL, TLS: meet.tls()})
	if err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	defer client.Close()
	answer, err := o.ask(ctx, client, key, e.Nonce)
	if err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	if err := o.keep(answer, e, key, meet.trust()); err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	return nil
}

// begin gives the key of an enrolment by this token that was broken off, or makes one.
func (o EnrolOptions) begin() (e enrolling, key crypto.Signer, err error) {
	path := filepath.Join(o.Dir, enrollingFile)
	raw, err := readOwn(path)
	if err == nil && json.Unmarshal(raw, &e) == nil && e.Kind == o.Keys[0].Kind() && len(e.Nonce) == portal.NonceLen && bytes.Equal(e.For, e.of(o.Token)) {
		if key, err = o.Keys[0].OpenKey(e.Key); err == nil {
			return e, key, nil
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return e, nil, err
	}
	e = enrolling{Kind: o.Keys[0].Kind(), Nonce: make([]byte, portal.NonceLen)}
	_, _ = rand.Read(e.Nonce) // never fails
	e.For = e.of(o.Token)
	if e.Key, key, err = o.Keys[0].NewKey(); err != nil {
		return e, nil, err
	}
	if raw, err = json.Marshal(e); err != nil {
		return e, nil, err
	}
	return e, key, durable.WriteFile(path, raw)
}

// ask asks for a certificate.
func (o EnrolOptions) ask(ctx context.Context, client *portal.Client, key crypto.Signer, nonce []byte) (portal.Enrolment, error) {
	csr, err := request(key)
	if err != nil {
		return portal.Enrolment{}, err
	}
	answer, err := client.Enrol(ctx, o.Token.Secret(), csr, nonce)
	if err != nil || answer.Status != api.Pending {
		return answer, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return answer, err
	}
	return answer, &PendingError{portal.Fingerprint(public)} // our own word on it, not the portal's
}

// request asks for a certificate of a key (PKCS #10). The subject is the portal's to
// say.
func request(key crypto.Signer) ([]byte, error) {
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "kiosk"}}, key)
	if err != nil {
		return nil, fmt.Errorf("asking for a certificate: %w", err)
	}
	return csr, nil
}

// keep checks the portal's answer against the token and the key, and writes it.
// kiosk.json comes last: where it is new, all is.
func (o EnrolOptions) keep(answer portal.Enrolment, e enrolling, key crypto.Signer, trust string) error {
	root, err := x509.ParseCertificate(answer.Root)
	if err != nil {
		return ErrNotPortal
	}
	public, is := root.PublicKey.(ed25519.PublicKey)
	if !is || !o.Token.Pins(public) {
		return ErrNotPortal
	}
	if o.Only != "" && answer.Kiosk != o.Only {
		return fmt.Errorf("%w (%s)", ErrOtherKiosk, o.Only)
	}
	p := pair{Kind: e.Kind, Key: e.Key, Certificate: answer.Certificate}
	if err := p.fit(key, answer.Kiosk, root); err != nil {
		return err
	}
	a := about{
		Kiosk: answer.Kiosk, URL: o.URL, Trust: trust, Fingerprint: portal.Fingerprint(public), Root: public, RootCertificate: answer.Root,
		Nonce: e.Nonce, Keys: seal.Signed(answer.Keys),
	}
	if _, err := a.Keys.Verify(a.Root); err != nil {
		return err
	}
	if err := p.write(o.Dir, pairFile); err != nil {
		return err
	}
	if err := remove(o.Dir, nextFile); err != nil {
		return err
	}
	if err := a.write(o.Dir); err != nil {
		return err
	}
	return remove(o.Dir, enrollingFile)
}

// meeting is the first TLS connection to a portal: what vouches for it is the root that
// the token names, or else whom this computer trusts.
type meeting struct {
	token  portal.Token
	host   string
	cas    *x509.CertPool // nil: the system's
	pinned atomic.Bool    // the token's root vouched
}

func (m *meeting) tls() *tls.Config {
	// Not insecure: VerifyConnection does the verifying, since the root is known by its
	// fingerprint only until it is seen.
	return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyConnection: m.verify}
}

func (m *meeting) verify(s tls.ConnectionState) error {
	o := x509.VerifyOptions{Roots: m.cas, Intermediates: x509.NewCertPool(), DNSName: m.host}
	pinned := false
	for _, c := range s.PeerCertificates {
		if public, is := c.PublicKey.(ed25519.PublicKey); is && m.token.Pins(public) {
			o.Roots, pinned = x509.NewCertPool(), true
			o.Roots.AddCert(c)
		}
		o.Intermediates.AddCert(c)
	}
	if _, err := s.PeerCertificates[0].Verify(o); err != nil {
		return err
	}
	m.pinned.Store(pinned)
	return nil
}

func (m *meeting) trust() string {
	if m.pinned.Load() {
		return trustRoot
	}
	return trustSystem
}
