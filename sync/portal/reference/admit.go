package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// How long a body may be, in bytes: more than a kiosk puts in a batch, in base64, and
// what openapi.yaml lets the fields of a look-up, the longest of the others, be.
const (
	maxBatch = 4 << 20
	maxCall  = 128 << 10 // a card, its holder, and a clerk with a card of their own
	maxOther = 64 << 10
)

// kioskKey is the context key of the kiosk that calls.
type kioskKey struct{}

func kioskOf(ctx context.Context) Kiosk {
	k, _ := ctx.Value(kioskKey{}).(Kiosk)
	return k
}

// open are the calls that need no certificate.
func open(pattern string) bool { return pattern == "GET /v1/health" || pattern == "POST /v1/enrol" }

// admit lets kiosks in by their certificate, and reads what they say up to its limit.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var k Kiosk
		var p *problem
		if !open(r.Pattern) {
			k, p = s.whoCalls(r)
		}
		if o, is := w.(*observed); is {
			o.kiosk = k.ID
		}
		if p == nil {
			p = readBody(w, r)
		}
		if p != nil {
			p.write(w)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), kioskKey{}, k)))
	})
}

func readBody(w http.ResponseWriter, r *http.Request) *problem {
	limit := int64(maxOther)
	switch r.Pattern {
	case "POST /v1/cards", "POST /v1/cards/status", "POST /v1/accounts/password", "POST /v1/accounts/unlock", "POST /v1/appointments/by-number",
		"POST /v1/appointments/{appointment}/cancel", "PUT /v1/contact", "POST /v1/contact/query", "POST /v1/app/registrations":
		limit = maxCall
	case "POST /v1/actions":
		limit = maxBatch
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return tooLarge()
	case err != nil:
		return badRequest()
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	return nil
}

// retryLater is how many seconds a kiosk leaves the portal alone when it cannot.
const retryLater = 5

// playDead refuses every call of a kiosk while the bench says so.
func (s *Server) playDead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			unavailable(1).write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// setDown is the bench's switch.
func (s *Server) setDown(w http.ResponseWriter, r *http.Request) {
	var body struct {
		On *bool `json:"on"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&body); err != nil || body.On == nil {
		badRequest().write(w)
		return
	}
	s.down.Store(*body.On)
	w.WriteHeader(http.StatusNoContent)
}
