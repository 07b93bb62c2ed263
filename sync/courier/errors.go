package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"syscall"
	"time"

	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/seal"
)

// errOdd says that the portal left out, or said nonsense of, some of what was sent.
var errOdd = errors.New("the portal's answer is odd")

// stops tells whether an error means that the portal does not take this kiosk.
func stops(err error) bool {
	return errors.Is(err, portal.ErrStopped) || errors.Is(err, portal.ErrUnauthorized) || errors.Is(err, errOtherKiosk)
}

// answered tells whether whatever answers at the portal's address did.
func answered(err error) bool {
	var e *portal.Error
	return errors.As(err, &e)
}

// retryAfter is how long the portal wants to be left alone; 0: it did not say.
func retryAfter(err error) time.Duration {
	var e *portal.Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// code names what went wrong for a technician: one of the words here, the portal's
// own code, or http-503 where what answered gave none. The text of an error is not
// logged, since a driver's or a stranger's words may be in it.
func code(err error) string {
	var e *portal.Error
	switch {
	case errors.Is(err, errOtherKiosk):
		return "other-kiosk"
	case errors.Is(err, portal.ErrStopped):
		return "kiosk-stopped"
	case errors.Is(err, portal.ErrUnauthorized):
		errors.As(err, &e) // or it is nobody's answer
		return unauthorized(e)
	case errors.Is(err, errOdd):
		return reasonOdd
	case errors.As(err, &e):
		return word(e.Code, "http-"+strconv.Itoa(e.Status))
	case errors.Is(err, portal.ErrAway):
		return awayCode(err)
	case errors.Is(err, outbox.ErrFull):
		return "disk-full"
	}
	return "queue"
}

// unauthorized is the portal's word on why it does not take this kiosk, where it gave one.
func unauthorized(e *portal.Error) string {
	if e == nil {
		return "unauthorized"
	}
	return word(e.Code, "unauthorized")
}

// awayCode says why no answer came, as far as the network knows.
func awayCode(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return "name-not-found"
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection-refused"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return "away"
}

// keysCode says why keys were not taken; empty where they were.
func keysCode(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, seal.ErrSignature):
		return "keys-not-signed"
	case errors.Is(err, seal.ErrOld):
		return "keys-old"
	}
	return "keys-not-kept"
}
