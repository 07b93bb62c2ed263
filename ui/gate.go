package ui

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	tokenLife = time.Minute
	// maxPasses bounds tokens not yet traded, and cookies: the oldest goes first. A
	// booth has a window or two; one that restarts leaves its old cookie behind.
	maxPasses = 16
)

// gate knows who may come in. Only hashes are kept.
type gate struct {
	mu      sync.Mutex // guards everything below
	tokens  []token
	cookies [][sha256.Size]byte
}

type token struct {
	hash [sha256.Size]byte
	ends time.Time
}

func (g *gate) admit() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	secret := rand.Text()
	g.tokens = append(g.tokens, token{hash: sha256.Sum256([]byte(secret)), ends: time.Now().Add(tokenLife)})
	g.tokens = g.tokens[max(0, len(g.tokens)-maxPasses):]
	return secret
}

// trade takes a token, once, and gives the value of a cookie.
func (g *gate) trade(secret string) (cookie string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	hash := sha256.Sum256([]byte(secret))
	for i, t := range g.tokens {
		if t.hash != hash {
			continue
		}
		g.tokens = append(g.tokens[:i], g.tokens[i+1:]...)
		if time.Now().After(t.ends) {
			return "", false
		}
		cookie = rand.Text()
		g.cookies = append(g.cookies, sha256.Sum256([]byte(cookie)))
		g.cookies = g.cookies[max(0, len(g.cookies)-maxPasses):]
		return cookie, true
	}
	return "", false
}

func (g *gate) knows(cookie string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	hash := sha256.Sum256([]byte(cookie))
	for _, c := range g.cookies {
		if c == hash {
			return true
		}
	}
	return false
}

// window tells whether a request comes from an admitted window.
func (s *Server) window(r *http.Request) bool {
	c, err := r.Cookie(s.cookieName())
	return err == nil && s.gate.knows(c.Value)
}

// cookieName keeps the surfaces of one machine apart: cookies know no port.
func (s *Server) cookieName() string { return "balie_" + string(s.opts.Role) }

// admitted lets a request in by its cookie, or by a token on the first page, and
// in development without either. A token that is sent is spent in any case.
func (s *Server) admitted(w http.ResponseWriter, r *http.Request) bool {
	if secret, ok := bearer(r); ok && r.Method == http.MethodGet && r.URL.Path == "/" {
		if cookie, ok := s.gate.trade(secret); ok {
			http.SetCookie(w, &http.Cookie{
				Name: s.cookieName(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
			return true
		}
	}
	return s.window(r) || s.opts.Development
}

func bearer(r *http.Request) (string, bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}
