// Package reference is a portal: the server side of sync/portal/openapi.yaml, on
// SQLite or PostgreSQL. It says by running what the API means, kiosks are developed
// and tested against it, and a hospital holds its own portal against it. It is not
// a hospital's register: its appointments are put in from outside, or are a demo's.
//
// It believes no kiosk. Who a person is comes from the card's signed files, judged
// by a [Verifier] under the portal's own roots; the kiosk is who its certificate says;
// what a kiosk tells is opened with the portal's own key. It keeps no name and no
// national number: a person is a keyed hash.
package reference

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // a server in a container has none

	"balie/internal/age"
	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// Person is whom a card proves.
type Person struct {
	Number secret.Text // national number
	Birth  age.Date    // as on the card; perhaps incomplete
	Test   bool        // under a test root
}

// Holder is who was there with card and PIN.
type Holder struct {
	Person
	Key            string // SHA-256 of the public key of the authentication certificate, hexadecimal
	Issuer, Serial string // of that certificate: SHA-256 of the issuer's name, and the number, hexadecimal
}

// Verifier judges the signed files of a card under the portal's roots.
type Verifier interface {
	// Verify gives whom the files prove. The error is a *[CardError] where they
	// prove nobody.
	Verify(p portal.Proof) (Person, error)
	// VerifyHolder does so, and looks whether the card signed the challenge after its
	// holder's PIN. The error may also be a *[HolderError]. That the challenge is the
	// right one is for the caller to see.
	VerifyHolder(p portal.Proof, h portal.HolderProof) (Holder, error)
}

// CardError says why a card proves nobody.
type CardError struct {
	Reason string // "unreadable", "signature", "chain", "genuine", "test" or "revoked"
}

// Error is made of the reason only.
func (e *CardError) Error() string { return "the card proves nobody: " + e.Reason }

// HolderError says why nobody is proved to be a card's holder.
type HolderError struct {
	Reason string // "signature", "chain", "person", "expired" or "revoked"
}

// Error is made of the reason only.
func (e *HolderError) Error() string { return "the card's holder is not proved: " + e.Reason }

// lookups is how many look-ups a kiosk may make in a minute: more than people can
// put cards in.
const lookups = 60

// Blocks is how many blocked cards a kiosk may tell of in a minute, and passwords how
// many wrong ones may be tried for a user name, twice as many at first.
// Letters is how many a kiosk may read in a minute, and births how many wrong birth
// dates a letter takes in an hour.
const (
	blocks    = 10
	passwords = 10
	letters   = 20
	births    = 5
	typings   = 30 // people a clerk types in a minute
	// heartbeats is how often a kiosk may say in a minute how it is: six times what it does.
	heartbeats = 6
)

// Options are the parts of a portal.
type Options struct {
	Store    *Store
	Secrets  Secrets
	Verifier Verifier
	Test     bool // the verifier trusts a test root
	Bench    bool // serve POST /bench/down
	// Lookups is how many look-ups a kiosk may make in a minute; 0 is 60.
	Lookups int
	// Blocks is how many blocked cards a kiosk may tell of in a minute; 0 is 10.
	Blocks int
	// Cost is of the hashes of codes and passwords; the zero Cost is two passes over 19 MiB.
	Cost Cost
	// Revocations gives the revocation lists of the cards' roots; nil is none.
	Revocations func() ([]api.RevocationList, error)
	// Derivations is how many entries of a worklist are derived for one call, some 30 ms
	// each; 0 is 40.
	Derivations int
	// Terminators are the addresses that may hand on a kiosk's certificate in the header
	// Client-Cert, since they end TLS; none: nobody may.
	Terminators []netip.Prefix
	// CertificateLife is how long a kiosk's certificate is good; 0 is 90 days.
	CertificateLife time.Duration
	Log             *slog.Logger     // nil logs nothing
	Now             func() time.Time // nil is time.Now
}

// Server is a portal. It is safe for use by several goroutines.
type Server struct {
	o        Options
	contract *contract
	keys     api.SignedKeys
	roots    *x509.CertPool // of kiosks' certificates
	brussels *time.Location
	lookups  limit         // of a kiosk
	blocks   limit         // blocked cards of a kiosk
	tries    limit         // passwords for a user name
	letters  limit         // that a kiosk reads
	arrivals limit         // wrong birth dates of a letter that checks somebody in
	letter   limit         // birth dates for a letter
	redeems  limit         // codes of the app
	typing   limit         // people whom a clerk looks up by number
	beats    limit         // heartbeats of a kiosk
	hashing  chan struct{} // has room for as many hashes as may be made at a time
	down     atomic.Bool
	deriving sync.Mutex // entries of worklists, one at a time
}

var _ api.StrictServerInterface = (*Server)(nil)

// New makes a portal.
func New(o Options) (*Server, error) {
	if o.Store == nil || o.Verifier == nil || len(o.Secrets.openers) == 0 {
		return nil, errors.New("making the portal: a store, secrets and a verifier are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lookups == 0 {
		o.Lookups = lookups
	}
	if o.Derivations == 0 {
		o.Derivations = derivations
	}
	if o.CertificateLife == 0 {
		o.CertificateLife = certificateLife
	}
	if o.Blocks == 0 {
		o.Blocks = blocks
	}
	if o.Cost == (Cost{}) {
		o.Cost = UsualCost
	}
	roots := x509.NewCertPool()
	roots.AddCert(o.Secrets.authority)
	checked, err := newContract()
	if err != nil {
		return nil, fmt.Errorf("making the portal: %w", err)
	}
	signed, err := o.Secrets.SignedKeys()
	if err != nil {
		return nil, fmt.Errorf("making the portal: %w", err)
	}
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return nil, fmt.Errorf("making the portal: %w", err)
	}
	return &Server{
		o: o, contract: checked, keys: api.SignedKeys(signed), roots: roots, brussels: brussels,
		lookups: perMinute("lookups", o.Lookups, o.Lookups), blocks: perMinute("blocks", o.Blocks, o.Blocks),
		tries: perMinute("passwords", passwords, 2*passwords), letters: perMinute("letters", letters, letters),
		letter:   limit{what: "letter", every: time.Hour / births, burst: births},
		arrivals: limit{what: "letter-check-ins", every: time.Hour / births, burst: births},
		redeems:  perMinute("redeems", registrationTries, registrationTries), typing: perMinute("typings", typings, typings),
		beats:   perMinute("heartbeats", heartbeats, heartbeats),
		hashing: make(chan struct{}, hashesAtOnce),
	}, nil
}

// day is the day in Brussels.
func (s *Server) day(t time.Time) string { return t.In(s.brussels).Format(time.DateOnly) }

// dayOf is the day in Brussels as a date.
func (s *Server) dayOf(t time.Time) age.Date { return age.Today(t) }

func (s *Server) today() age.Date { return s.dayOf(s.o.Now()) }

// Handler serves the API, the staff's page, and the bench's switch where asked for.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	strict := api.NewStrictHandlerWithOptions(s, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.answerError(badRequest()),
		ResponseErrorHandlerFunc: s.answerError(internal()),
	})
	// The last of the middlewares is the outermost.
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{
		BaseRouter: mux, Middlewares: []api.MiddlewareFunc{s.check, s.once, s.admit, s.playDead}, ErrorHandlerFunc: s.badParameter,
	})
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { notFound().write(w) })
	s.staff(mux)
	s.logIn(mux)
	mux.Handle("POST /app/api/redeem", guarded(http.HandlerFunc(s.redeemCode)))
	if s.o.Bench {
		mux.Handle("POST /bench/down", local(http.HandlerFunc(s.setDown)))
	}
	return s.observe(mux)
}

// badParameter answers what is wrong with a header or a path, which is found before
// the middlewares run; who calls is asked first.
func (s *Server) badParameter(w http.ResponseWriter, r *http.Request, _ error) {
	p := badRequest()
	if s.contract.once(r.Pattern) && !idempotencyKey.MatchString(r.Header.Get("Idempotency-Key")) {
		p = keyMissing()
	}
	s.playDead(s.admit(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { p.write(w) }))).ServeHTTP(w, r)
}

// opener finds the private key of an id.
func (s *Server) opener(id string) *seal.Opener {
	for _, o := range s.o.Secrets.openers {
		if o.Key().ID == id {
			return o
		}
	}
	return nil
}
