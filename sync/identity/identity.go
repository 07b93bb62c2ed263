// Package identity is who a kiosk is to the portal: a key that was made on this device
// and does not leave it, the certificate that the portal gave for it, and the portal's
// root, pinned. [Enrol] gets them for a token, [Open] reads them, [Identity.Run] renews
// them before they end and heeds an order to wipe them.
//
// Where keys are kept is not its business: it declares [Keys], which a TPM or a file
// can be.
package identity

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// What a caller acts on.
var (
	// ErrNotEnrolled says that there is no whole identity in the folder.
	ErrNotEnrolled = errors.New("this kiosk is not enrolled")
	// ErrWiped says that the portal ordered the identity to be wiped, and that it was.
	ErrWiped = errors.New("wiped by order of the portal")
)

// Options say where an identity is kept and how the portal is reached.
type Options struct {
	Dir  string
	Keys Keyring
	URL  string         // of the portal; empty: the one of the enrolment
	CAs  *x509.CertPool // that may have signed the portal's certificate besides the pinned root; nil: see Trust
}

// Identity is a kiosk's. It is safe for use by several goroutines.
type Identity struct {
	o       Options
	ordered chan struct{} // an order to wipe that is the root's

	mu      sync.Mutex // guards what follows
	about   about      // of which kiosk and root stay
	root    *x509.Certificate
	newest  pair
	proved  bool   // newest has worked, and there is no other
	trouble string // code of why it could not be renewed; empty: nothing
}

// Open reads an identity. The error wraps [ErrNotEnrolled] where there is none.
func Open(o Options) (*Identity, error) {
	i := &Identity{o: o, ordered: make(chan struct{}, 1)}
	if err := i.read(); err != nil {
		return nil, fmt.Errorf("reading the kiosk's identity: %w", err)
	}
	return i, nil
}

func (i *Identity) read() (err error) {
	if i.about, err = readAbout(i.o.Dir); err != nil {
		return err
	}
	if i.root, err = x509.ParseCertificate(i.about.RootCertificate); err != nil {
		return fmt.Errorf("the portal's root: %w", err)
	}
	return i.load()
}

// load takes the newest pair that there is. One that a renewal brought and that did not
// work yet is preferred: the portal may have heard of it already.
func (i *Identity) load() error {
	next, err := i.readPair(nextFile)
	if err == nil {
		i.newest, i.proved = next, false
		return nil
	}
	if !errors.Is(err, ErrNotEnrolled) {
		return err
	}
	if i.newest, err = i.readPair(pairFile); err != nil {
		return err
	}
	i.proved = true
	return i.closeKey(&i.newest)
}

// Kiosk is the id of this kiosk.
func (i *Identity) Kiosk() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.about.Kiosk
}

// Root is the portal's, pinned by the enrolment.
func (i *Identity) Root() ed25519.PublicKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.about.Root
}

// Keys are the sealing keys of the day of the enrolment, so that the booth can seal
// before it ever met the portal.
func (i *Identity) Keys() seal.Signed {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.about.Keys
}

// URL is where the portal is.
func (i *Identity) URL() string {
	if i.o.URL != "" {
		return i.o.URL
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.about.URL
}

// EnrolAgain gets a new key and certificate by a token of the same kiosk and portal, and
// goes on with them. The error wraps [ErrOtherKiosk] where the token is of another.
func (i *Identity) EnrolAgain(ctx context.Context, url string, token portal.Token) error {
	if !token.Pins(i.Root()) {
		return fmt.Errorf("enrolling: %w", ErrOtherKiosk)
	}
	o := i.o
	o.URL = url
	if err := Enrol(ctx, EnrolOptions{Options: o, Token: token, Only: i.Kiosk()}); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.trouble = ""
	return i.read()
}

// Status is how an identity stands.
type Status struct {
	Kind        string    // of keys: "tpm", "file" or "credential"
	Fingerprint string    // of the key
	NotAfter    time.Time // when the certificate ends
	RenewFrom   time.Time
	Trouble     string // code of why it could not be renewed
}

// Status is how the identity stands.
func (i *Identity) Status() Status {
	i.mu.Lock()
	defer i.mu.Unlock()
	leaf := i.newest.leaf
	return Status{
		Kind: i.newest.Kind, Fingerprint: portal.Fingerprint(leaf.RawSubjectPublicKeyInfo), NotAfter: leaf.NotAfter, RenewFrom: due(leaf), Trouble: i.trouble,
	}
}

// Client makes a client that proves itself by the newest certificate of each moment,
// and heeds an order to wipe.
func (i *Identity) Client() (*portal.Client, error) {
	return portal.New(portal.Options{URL: i.URL(), TLS: i.TLS(), Ordered: i.heed})
}

// TLS is how calls to the portal are secured: by whom it is trusted, and with the newest
// certificate of each moment.
func (i *Identity) TLS() *tls.Config {
	i.mu.Lock()
	defer i.mu.Unlock()
	roots := i.o.CAs
	if i.about.Trust == trustRoot {
		if roots == nil {
			roots = x509.NewCertPool()
		} else {
			roots = roots.Clone()
		}
		roots.AddCert(i.root)
	}
	return &tls.Config{
		RootCAs: roots, MinVersion: tls.VersionTLS12,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			i.mu.Lock()
			defer i.mu.Unlock()
			newest := i.newest.tls // the next renewal replaces it
			return &newest, nil
		},
	}
}

// heed takes an order to wipe, if it is the root's and of this enrolment.
func (i *Identity) heed(o api.SignedOrder) {
	i.mu.Lock()
	a := i.about
	i.mu.Unlock()
	if portal.CheckWipe(o, a.Root, a.Kiosk, a.Nonce) != nil {
		return
	}
	select {
	case i.ordered <- struct{}{}:
	default:
	}
}
