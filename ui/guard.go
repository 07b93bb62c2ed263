package ui

import (
	"net"
	"net/http"
	"strings"
)

const (
	refused     = "This is the screen of a kiosk. Only the kiosk's own window can open it.\n"
	misdirected = "The screen of a kiosk has an address on this machine only.\n"
)

// guard stands before everything: it lets in who may, refuses requests that
// another site made, and tells the browser what the page may do.
func (s *Server) guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	policy := s.policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header(), policy)
		if len(s.opts.FrameAncestors) == 0 {
			w.Header().Set("X-Frame-Options", "DENY")
		}
		if !onLoopback(r.Host) {
			s.refuse(w, r, "host", misdirected, http.StatusMisdirectedRequest)
			return
		}
		if foreign(r) {
			s.refuse(w, r, "origin", refused, http.StatusForbidden)
			return
		}
		if !s.admitted(w, r) {
			s.refuse(w, r, "no cookie or token", refused, http.StatusForbidden)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, why, text string, status int) {
	s.opts.Log.Warn("screen refused", "why", why, "method", r.Method)
	http.Error(w, strings.TrimSpace(text), status)
}

// policy is the content security policy: nothing but what this server sends, and
// no inline script or style.
func (s *Server) policy() string {
	ancestors := "'none'"
	if len(s.opts.FrameAncestors) > 0 {
		ancestors = strings.Join(s.opts.FrameAncestors, " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors " + ancestors
}

func harden(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()")
}

// onLoopback tells whether a Host header names this machine by address, or as
// localhost. Any other name could have been made to point here by its owner.
func onLoopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// foreign tells whether a browser says that a page of elsewhere sends a request.
// Another port of this machine is elsewhere too, and SameSite cookies do not know
// ports; reading is refused as well as writing, since a stream takes a place.
func foreign(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}
