package main

import (
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard lets nobody in but programs of this computer and the bench's own page.
// The bench listens on loopback only; the Host keeps out a page whose name was made
// to lead here (DNS rebinding), Origin and Sec-Fetch-Site keep out every other page,
// and a body that says it is JSON cannot come from a form.
func guard(next http.Handler, port string, frames string) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header(), frames)
		if err := admit(r, port, crossSite); err != nil {
			refuse(w, http.StatusForbidden, err)
			return
		}
		if !safe(r) && !isJSON(r) {
			refuse(w, http.StatusUnsupportedMediaType, errors.New("the Content-Type must be application/json"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func admit(r *http.Request, port string, crossSite *http.CrossOriginProtection) error {
	if !ourHost(r.Host, port) {
		return fmt.Errorf("the bench is not known as %q: open it as http://127.0.0.1:%s/", r.Host, port)
	}
	if err := crossSite.Check(r); err != nil {
		return fmt.Errorf("not from another site: %w", err)
	}
	// Another site may lead here by a link, but show nothing of it.
	if site := r.Header.Get("Sec-Fetch-Site"); (site == "cross-site" || site == "same-site") && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		return errors.New("not from another site")
	}
	return nil
}

func safe(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// ourHost tells whether a Host header names this computer by a loopback address or
// localhost, and our port.
func ourHost(host, port string) bool {
	name, p, err := net.SplitHostPort(host)
	if err != nil || p != port {
		return false
	}
	return loopback(name)
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// headers forbid the page everything that it does not need.
func headers(h http.Header, frames string) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-src "+frames+
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// frameSource is what the page may show in a frame: the booth's origin.
func frameSource(booth string) (string, error) {
	if booth == "" {
		return "'none'", nil
	}
	u, err := url.Parse(booth)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%q is not a URL such as http://127.0.0.1:8610/", booth)
	}
	return u.Scheme + "://" + u.Host, nil
}
