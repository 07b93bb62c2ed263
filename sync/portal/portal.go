// Package portal asks the central portal what a person at the booth needs, and
// tells it what people did, as openapi.yaml says. It is a thin client over the
// generated one: deadlines, limits on what is read, and errors to act on. It keeps
// nothing and tries nothing twice: that is sync/courier's.
//
// The portal is not trusted to behave. An answer that stalls, is cut off, is too
// long, is not JSON or not what was asked costs time and becomes [ErrAway].
package portal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// How long an answer may take where Options say nothing: someone waits for a
// look-up, nobody for a batch.
const (
	lookupTime = 5 * time.Second
	batchTime  = 30 * time.Second
)

// Options say where the portal is and who asks.
type Options struct {
	URL string // https, or http on loopback
	// TLS holds the portal's roots and this kiosk's certificate, as sync/identity
	// gives them.
	TLS *tls.Config
	// Ordered is told of an order to wipe that came with an answer; nil: nobody is. It
	// is not verified yet.
	Ordered func(api.SignedOrder)
	// LookupTime and BatchTime bound a whole call, connecting included; 0 is 5 s and 30 s.
	LookupTime, BatchTime time.Duration
}

// Client asks the portal. It is safe for use by several goroutines.
type Client struct {
	api   *api.Client
	o     Options
	close func()

	mu   sync.Mutex // guards skew
	skew Skew
}

// Skew is how far the portal's clock is ahead of this one.
type Skew struct {
	Ahead      time.Duration // to half a second, as the header Date allows
	MeasuredAt time.Time     // zero: never
}

// New makes a client. It does not connect.
func New(o Options) (*Client, error) {
	if err := checkURL(o.URL); err != nil {
		return nil, err
	}
	if o.LookupTime == 0 {
		o.LookupTime = lookupTime
	}
	if o.BatchTime == 0 {
		o.BatchTime = batchTime
	}
	transport := newTransport(o.TLS)
	c := &Client{o: o, close: transport.CloseIdleConnections}
	wire := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	generated, err := api.NewClient(o.URL, api.WithHTTPClient(wire), api.WithRequestEditorFn(accept))
	if err != nil {
		return nil, fmt.Errorf("making the portal's client: %w", err)
	}
	c.api = generated
	return c, nil
}

// checkURL keeps people's data off a wire that can be read.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return errors.New("the portal's address is not a URL with a host and without a user")
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return errors.New("the portal's address must be https, or http on loopback")
	}
	return nil
}

func newTransport(config *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 4 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    4 * time.Second,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
		DisableCompression:     true, // a few bytes that unpack to a gigabyte are refused unread
		MaxResponseHeaderBytes: 32 << 10,
		MaxIdleConns:           2,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        2 * time.Minute,
	}
}

func accept(_ context.Context, r *http.Request) error {
	r.Header.Set("Accept", "application/json, application/problem+json")
	return nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.close() }

// Skew is how the portal's clock last compared with this one.
func (c *Client) Skew() Skew {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

// Health asks whether the portal is up. The error wraps [ErrAway].
func (c *Client) Health(ctx context.Context) (api.Health, error) {
	return call[api.Health](ctx, c, c.o.LookupTime, "asking the portal's health", func(ctx context.Context) (*http.Response, error) {
		return c.api.Health(ctx)
	})
}

// Self is what the portal knows of this kiosk.
type Self struct {
	Kiosk       string
	LastCounter uint64
	Keys        seal.Signed // not yet verified: seal.Ring does
}

// Self asks what the portal knows of this kiosk. The error is an [*Error] or wraps
// [ErrAway].
func (c *Client) Self(ctx context.Context) (Self, error) {
	k, err := call[api.Kiosk](ctx, c, c.o.BatchTime, "asking about this kiosk", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetSelf(ctx)
	})
	if err == nil && k.Id == "" {
		return Self{}, fmt.Errorf("asking about this kiosk: %w", errNotAPI)
	}
	return Self{Kiosk: k.Id, LastCounter: k.LastCounter, Keys: seal.Signed(k.Keys)}, err
}

// Enrolment is what the portal answers to a token.
type Enrolment = api.Enrolment

// Enrol trades the secret of a token for a certificate of the key that signed csr
// (PKCS #10, DER). The error is an [*Error] or wraps [ErrAway].
func (c *Client) Enrol(ctx context.Context, token secret.Text, csr, nonce []byte) (Enrolment, error) {
	return call[Enrolment](ctx, c, c.o.BatchTime, "enrolling", func(ctx context.Context) (*http.Response, error) {
		return c.api.EnrolKiosk(ctx, api.Enrol{Token: token.Reveal(), Csr: csr, Nonce: nonce})
	})
}

// Renew asks for a certificate (DER) of the new key that signed csr. The error is an
// [*Error] or wraps [ErrAway].
func (c *Client) Renew(ctx context.Context, csr []byte) ([]byte, error) {
	r, err := call[api.IssuedCertificate](ctx, c, c.o.BatchTime, "renewing the certificate", func(ctx context.Context) (*http.Response, error) {
		return c.api.RenewCertificate(ctx, api.Renewal{Csr: csr})
	})
	return r.Certificate, err
}

// Appointments gives today's appointments of the person whom proof proves, in
// order of start. The error wraps [ErrAway], [ErrPatientUnknown], [ErrCardRefused],
// [ErrUnauthorized] or [ErrStopped].
func (c *Client) Appointments(ctx context.Context, proof Proof) ([]api.Appointment, error) {
	return c.lookup(ctx, "asking for appointments", func(ctx context.Context) (*http.Response, error) {
		return c.api.LookupAppointments(ctx, api.Lookup{Proof: proof.wire(), Certificate: proof.Certificate.wire()})
	})
}

// Send tells what people did. The results are as the portal gave them: in any
// order, perhaps not one for each. The error is an [*Error] or wraps [ErrAway].
func (c *Client) Send(ctx context.Context, actions []api.Action) ([]api.ActionResult, error) {
	r, err := call[api.ActionResults](ctx, c, c.o.BatchTime, "sending actions", func(ctx context.Context) (*http.Response, error) {
		return c.api.SendActions(ctx, api.ActionBatch{Actions: actions})
	})
	return r.Results, err
}
