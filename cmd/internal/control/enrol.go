package control

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"balie/internal/secret"
	"balie/sync/identity"
	"balie/sync/portal"
)

// Enrol is what an enrolment is asked for with.
type Enrol struct {
	Portal string // URL
	Token  secret.Text
}

// enrolWire is Enrol on its way through the socket.
type enrolWire struct {
	Portal string `json:"portal"`
	Token  string `json:"token"`
}

// Enrolment is how an enrolment stands.
type Enrolment struct {
	Kiosk       string `json:"kiosk"`
	Pending     bool   `json:"pending"`     // somebody must confirm the kiosk at the portal; ask again then
	Fingerprint string `json:"fingerprint"` // of the kiosk's key
}

// Identity is who the booth is to the portal.
type Identity struct {
	Keys        string    `json:"keys"` // where they are: "tpm", "credential", "file"
	Fingerprint string    `json:"fingerprint"`
	NotAfter    time.Time `json:"not_after"`
	RenewFrom   time.Time `json:"renew_from"`
	Error       string    `json:"error,omitempty"` // code of why it could not be renewed
}

// Why an enrolment did not come about.
const (
	TokenMistyped = "token-mistyped"
	TokenRefused  = "token-refused"
	OtherKiosk    = "other-kiosk"
	NotThePortal  = "not-the-portal"
	PortalAway    = "portal-away"
	NotKept       = "not-kept"
)

// EnrolFailure is an enrolment that did not come about: a code to act on, and a line
// that says what to do.
type EnrolFailure struct {
	Code string `json:"code"`
	Do   string `json:"error"`
}

// Error is the line.
func (e *EnrolFailure) Error() string { return e.Do }

// EnrolError says what to do about the error of an enrolment.
func EnrolError(err error) *EnrolFailure {
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, portal.ErrToken):
		return &EnrolFailure{TokenMistyped, err.Error()}
	case errors.Is(err, portal.ErrTokenRefused):
		return &EnrolFailure{TokenRefused, "the portal does not take this token: it is unknown, too old, or was used on another kiosk: have a new one made (portald kiosk add)"}
	case errors.Is(err, identity.ErrOtherKiosk):
		return &EnrolFailure{OtherKiosk, "the token is of another kiosk or portal than the one that runs: stop kioskd first, if that is meant"}
	case errors.Is(err, identity.ErrNotPortal), errors.As(err, &untrusted), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return &EnrolFailure{NotThePortal, "what answers there is not the portal that made the token, or its certificate is not trusted: " +
			"compare address and clock; behind a proxy name its authority in portal.ca"}
	case errors.Is(err, portal.ErrAway), errors.Is(err, portal.ErrUnauthorized), errors.Is(err, portal.ErrStopped):
		return &EnrolFailure{PortalAway, "the portal cannot be reached, or does not enrol kiosks there: look at address and network; the token is still good"}
	}
	return &EnrolFailure{NotKept, err.Error()}
}

// Enrol enrols the kiosk again. The error is an *[EnrolFailure], or one of the door's.
func (c *Client) Enrol(ctx context.Context, e Enrol) (Enrolment, error) {
	return askWith[Enrolment](ctx, c, http.MethodPost, "/v1/enrol", enrolWire{Portal: e.Portal, Token: e.Token.Reveal()})
}

func (s *Server) enrol(r *http.Request) (any, error) {
	var e enrolWire
	if json.NewDecoder(r.Body).Decode(&e) != nil || e.Portal == "" || e.Token == "" {
		return nil, badRequest{errors.New("an enrolment needs portal and token")}
	}
	uid, _ := peer(r.Context())
	answer, err := s.Daemon.Enrol(r.Context(), Enrol{Portal: e.Portal, Token: secret.NewText(e.Token)})
	s.Log.Info("control: enrolment", "uid", uid, "enrolled", err == nil && !answer.Pending)
	if err != nil {
		return nil, fmt.Errorf("enrolling: %w", err)
	}
	return answer, nil
}
