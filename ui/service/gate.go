package service

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"sync"
	"time"
)

// How many wrong codes there can be in a row before nobody is let in for a while, and how
// long somebody who does nothing stays in. A code of six digits is found by five tries in
// a quarter of an hour after years.
const (
	maxTries  = 5
	lockTime  = 15 * time.Minute
	idleTime  = 3 * time.Minute
	sessionOf = "balie_technician"
)

// Why somebody is not let in.
var (
	errLocked = errors.New("locked")
	errNoCode = errors.New("no code is set")
	errWrong  = errors.New("wrong code")
)

// gate lets one technician in at a time.
type gate struct {
	mu      sync.Mutex // guards what follows, and that codes are tried one after the other
	tries   int
	locked  time.Time // until then
	session [sha256.Size]byte
	ends    time.Time // of the session; zero: there is none
}

// open lets in where the code is right, and gives the cookie of a session. Whoever was in
// before is out.
func (g *gate) open(right func() (right, set bool), now time.Time) (*http.Cookie, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.locked) {
		return nil, errLocked
	}
	is, set := right()
	switch {
	case !set:
		return nil, errNoCode
	case !is:
		if g.tries++; g.tries >= maxTries {
			g.tries, g.locked = 0, now.Add(lockTime)
		}
		return nil, errWrong
	}
	g.tries = 0
	value := rand.Text()
	g.session, g.ends = sha256.Sum256([]byte(value)), now.Add(idleTime)
	return &http.Cookie{Name: sessionOf, Value: value, Path: Prefix, HttpOnly: true, SameSite: http.SameSiteStrictMode}, nil
}

// knows tells whether a request is of the session, which then lasts on.
func (g *gate) knows(r *http.Request, now time.Time) bool {
	c, err := r.Cookie(sessionOf)
	if err != nil {
		return false
	}
	hash := sha256.Sum256([]byte(c.Value))
	g.mu.Lock()
	defer g.mu.Unlock()
	if !now.Before(g.ends) || subtle.ConstantTimeCompare(hash[:], g.session[:]) != 1 {
		return false
	}
	g.ends = now.Add(idleTime)
	return true
}

// close ends the session.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ends = time.Time{}
}
