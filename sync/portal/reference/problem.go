package reference

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"balie/sync/portal/api"
)

// problem is an answer that says no, made of codes only (RFC 9457).
type problem struct {
	status int
	code   string
	title  string
	reason string
	after  int // seconds, with 429 and 503
	wipe   api.SignedOrder
}

func (p *problem) Error() string { return p.code }

func badRequest() *problem {
	return &problem{status: http.StatusBadRequest, code: "bad-request", title: "The request is not what the API says."}
}

func tooLarge() *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, code: "too-large", title: "The request is too large."}
}

func unauthorized() *problem {
	return &problem{status: http.StatusUnauthorized, code: "unauthorized", title: "The call came with no certificate of a kiosk."}
}

func kioskStopped() *problem {
	return &problem{status: http.StatusGone, code: "kiosk-stopped", title: "This kiosk has been stopped."}
}

func kioskWiped(order api.SignedOrder) *problem {
	p := kioskStopped()
	p.wipe = order
	return p
}

func certificateExpired() *problem {
	return &problem{status: http.StatusUnauthorized, code: "certificate-expired", title: "The kiosk's certificate has ended: enrol it again."}
}

func certificateRevoked() *problem {
	return &problem{status: http.StatusUnauthorized, code: "certificate-revoked", title: "The kiosk's certificate has been revoked: enrol it again."}
}

func tokenRefused() *problem {
	return &problem{status: http.StatusForbidden, code: "token-refused", title: "The token is not good, or not any more."}
}

func csrRefused() *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "csr-refused", title: "The request is not signed by a P-256 key."}
}

func wrongDay() *problem {
	return &problem{status: http.StatusConflict, code: "wrong-day", title: "That is not today."}
}

func noWorklist() *problem {
	return &problem{status: http.StatusConflict, code: "no-worklist", title: "No key was set for today's list."}
}

func cardRefused(reason string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "card-refused", title: "The card proves nobody.", reason: reason}
}

func patientUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "patient-unknown", title: "The hospital does not know this person."}
}

func tooManyLookups(after int) *problem {
	return &problem{status: http.StatusTooManyRequests, code: "too-many-lookups", title: "This kiosk asks too often.", after: after}
}

func unavailable(after int) *problem {
	return &problem{status: http.StatusServiceUnavailable, code: "unavailable", title: "Not now.", after: after}
}

func notFound() *problem {
	return &problem{status: http.StatusNotFound, code: "not-found", title: "There is no such call."}
}

func internal() *problem {
	return &problem{status: http.StatusInternalServerError, code: "internal", title: "It went wrong here."}
}

// write answers with p. The instance is the id of this answer in the log.
func (p *problem) write(w http.ResponseWriter) {
	body := api.Problem{Type: "urn:balie:problem:" + p.code, Title: p.title, Status: p.status, Code: p.code, Reason: p.reason, Wipe: p.wipe}
	if o, is := w.(*observed); is {
		o.code, body.Instance = p.code, "urn:uuid:"+o.id
	}
	raw, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.after))
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(raw) // the kiosk may have gone
}

// answerError answers with the problem that an error is, or with other. The text of
// an error is told to nobody: it may repeat what was sent.
func (s *Server) answerError(other *problem) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		var p *problem
		if !errors.As(err, &p) {
			p = other
		}
		p.write(w)
	}
}

// saidOr is the problem that an error is, or other: what a database says stays unsaid.
func saidOr(err error, other *problem) error {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	return other
}
