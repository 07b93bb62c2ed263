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

func kioskRetired() *problem {
	return &problem{status: http.StatusUnauthorized, code: "kiosk-retired", title: "This kiosk was taken out of service: enrol it again."}
}

func notDrained() *problem {
	return &problem{status: http.StatusConflict, code: "not-drained", title: "The kiosk's queue is not empty."}
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

func tooManyHeartbeats(after int) *problem {
	return &problem{status: http.StatusTooManyRequests, code: "too-many-heartbeats", title: "This kiosk has just said how it is.", after: after}
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

func proofNeeded() *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "proof-needed", title: "More proof is needed for this."}
}

func holderRefused(reason string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "holder-refused", title: "The card's holder is not proved to be there.", reason: reason}
}

func patientDeceased() *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "patient-deceased", title: "The hospital knows that this person has died."}
}

func clerkRefused(reason string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "clerk-refused", title: "What the clerk attests is not believed.", reason: reason}
}

func cardExists() *problem {
	return &problem{status: http.StatusConflict, code: "card-exists", title: "There is a card of this id."}
}

func cardUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "card-unknown", title: "This kiosk has reserved no such card."}
}

func letterUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "letter-unknown", title: "No appointment of today goes with this."}
}

func appointmentUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "appointment-unknown", title: "This person has no such appointment."}
}

func appointmentPast() *problem {
	return &problem{status: http.StatusConflict, code: "appointment-past", title: "It has begun, or its person has checked in."}
}

func linkUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "link-unknown", title: "This kiosk has asked for no such link."}
}

func callUnknown() *problem {
	return &problem{status: http.StatusNotFound, code: "call-unknown", title: "This kiosk has made no such call."}
}

func noAccount() *problem {
	return &problem{status: http.StatusNotFound, code: "no-account", title: "This person has no account."}
}

func keyMissing() *problem {
	return &problem{status: http.StatusBadRequest, code: "idempotency-key-missing", title: "The header Idempotency-Key is missing or no string of it."}
}

func keyReused() *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "idempotency-key-reused", title: "The key was used for another request."}
}

func keyRunning() *problem {
	return &problem{status: http.StatusConflict, code: "idempotency-key-running", title: "The first request of this key has not ended."}
}

func loginRefused() *problem {
	return &problem{status: http.StatusUnauthorized, code: "log-in-refused", title: "User name or password is not right."}
}

func accountLocked() *problem {
	return &problem{status: http.StatusForbidden, code: "account-locked", title: "The account is locked; the desk unlocks it."}
}

func noActiveCard() *problem {
	return &problem{status: http.StatusForbidden, code: "no-active-card", title: "No code card is valid."}
}

func codeWrong() *problem {
	return &problem{status: http.StatusUnauthorized, code: "code-wrong", title: "The code is not right."}
}

func codeUnreadable() *problem {
	return &problem{status: http.StatusBadRequest, code: "code-unreadable", title: "A code has six letters and digits."}
}

func sessionOver() *problem {
	return &problem{status: http.StatusUnauthorized, code: "session-over", title: "Begin again."}
}

func tooManyTries(after int) *problem {
	return &problem{status: http.StatusTooManyRequests, code: "too-many-tries", title: "Too many tries with this user name.", after: after}
}

// noter is an answer that is logged: it is told the code, and gives its id in the log.
type noter interface {
	note(code string) (instance string)
}

// write answers with p. The instance is the id of this answer in the log.
func (p *problem) write(w http.ResponseWriter) {
	body := api.Problem{Type: "urn:balie:problem:" + p.code, Title: p.title, Status: p.status, Code: p.code, Reason: p.reason, Wipe: p.wipe}
	if n, is := w.(noter); is {
		body.Instance = n.note(p.code)
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
