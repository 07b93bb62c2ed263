package ui

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"balie/internal/secret"
	"balie/kiosk"
)

// maxPIN is how long a PIN may be, in digits.
const maxPIN = 12

// servePIN takes what was typed on the keypad: the body is the digits and nothing else,
// so that they are never part of a form, of which Go keeps texts that nobody can wipe.
// The number of the view is in the address. Whoever is not on the screen that asks for
// a PIN is answered 409, and what they sent is wiped.
func (s *Server) servePIN(w http.ResponseWriter, r *http.Request) {
	letGo(w)
	var typed [maxPIN + 1]byte
	n, err := io.ReadFull(r.Body, typed[:])
	switch {
	case err == nil || !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		clear(typed[:])
		http.Error(w, "no PIN", http.StatusBadRequest)
		return
	case !digits(typed[:n]):
		clear(typed[:])
		http.Error(w, "no digits", http.StatusBadRequest)
		return
	}
	pin := append(make([]byte, 0, maxPIN), typed[:n]...)
	clear(typed[:])
	seq, err := strconv.ParseUint(r.URL.Query().Get("seq"), 10, 64)
	p := kiosk.Press{Seq: seq, Do: "pin"}
	if _, ok := s.accepts(p); err != nil || !ok {
		clear(pin)
		http.Error(w, "not on the present view", http.StatusConflict)
		return
	}
	s.opts.PIN(secret.NewBytes(pin))
	s.opts.Press(p)
	w.WriteHeader(http.StatusNoContent)
}

func digits(typed []byte) bool {
	for _, c := range typed {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
