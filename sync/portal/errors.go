package portal

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// What a caller acts on.
var (
	// ErrAway says that no answer came that can be used; it may come later.
	ErrAway = errors.New("portal not reachable")
	// ErrUnauthorized says that the portal does not take this kiosk's certificate.
	ErrUnauthorized = errors.New("portal does not accept this kiosk")
	// ErrStopped says that the portal has stopped this kiosk.
	ErrStopped = errors.New("portal has stopped this kiosk")
	// ErrPatientUnknown says that the hospital does not know whom the card names.
	ErrPatientUnknown = errors.New("patient not known at the portal")
	// ErrCardRefused says that the portal does not believe the card.
	ErrCardRefused = errors.New("portal refuses the card")
	// ErrHolderRefused says that the portal does not believe that the card's holder is
	// there, or does not tell them by themselves.
	ErrHolderRefused = errors.New("portal refuses the card's holder")
	// ErrTokenRefused says that an enrolment token is unknown, expired or used.
	ErrTokenRefused = errors.New("portal refuses the token")
	// ErrClerkRefused says that the portal does not believe what a clerk attests.
	ErrClerkRefused = errors.New("portal refuses the clerk")
	// ErrRefused says that the portal refuses for another reason: the code says which.
	ErrRefused = errors.New("portal refuses")
)

// Error is an answer that says no. It wraps one of the errors above where it is one.
type Error struct {
	Status     int           // of HTTP
	Code       string        // of the problem; empty where the answer was none
	Reason     string        // with ErrCardRefused, ErrHolderRefused and ErrClerkRefused
	RetryAfter time.Duration // 0: not said
}

// Error is made of codes only.
func (e *Error) Error() string {
	text := fmt.Sprintf("portal answers %d", e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	return text
}

// Unwrap gives what a caller acts on. 404, 409 and 422 are those of the API only
// with a code: a wrong address gives 404 too.
func (e *Error) Unwrap() error {
	switch {
	case e.Code == "patient-unknown":
		return ErrPatientUnknown
	case e.Code == "token-refused":
		return ErrTokenRefused
	case e.Code == "card-refused":
		return ErrCardRefused
	case e.Code == "holder-refused":
		return ErrHolderRefused
	case e.Code == "clerk-refused":
		return ErrClerkRefused
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return ErrUnauthorized
	case e.Status == http.StatusGone:
		return ErrStopped
	case e.Code != "" && e.Code != "not-found" && (e.Status == http.StatusNotFound || e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity):
		return ErrRefused
	}
	return ErrAway
}
