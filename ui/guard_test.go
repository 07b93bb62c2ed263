package ui_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"balie/ui"
)

// TestEveryAnswerIsHardened holds that no answer, good or bad, leaves without the
// policy that keeps a page to what this server sends.
func TestEveryAnswerIsHardened(t *testing.T) {
	logo := []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)
	bubble(t, ui.Options{Hospital: ui.Hospital{Logo: logo}}, func(r *rig) {
		r.Show(choosing(7))
		in := r.enter()
		for _, c := range []struct {
			method, path string
			edits        []edit
			want         int
		}{
			{"GET", "/", []edit{in}, 200},
			{"HEAD", "/", []edit{in}, 200},
			{"GET", "/page.js", []edit{in}, 200},
			{"GET", "/frame.css", []edit{in}, 200},
			{"GET", "/theme.css", []edit{in}, 200},
			{"GET", "/latin.woff2", []edit{in}, 200},
			{"GET", "/logo", []edit{in}, 200},
			{"GET", "/nothing", []edit{in}, 404},
			{"GET", "/templates/page.html", []edit{in}, 404},
			{"DELETE", "/press", []edit{in}, 405},
			{"POST", "/press", []edit{in, form("seq", "7", "do", "stop")}, 204},
			{"POST", "/press", []edit{in, form("seq", "6", "do", "stop")}, 409},
			{"POST", "/press", []edit{in, form("seq", "x", "do", "stop")}, 400},
			{"POST", "/press", []edit{in, form("seq", "7", "do", strings.Repeat("x", 5000))}, 400},
			{"POST", "/alive", []edit{in, form("seq", "7")}, 200},
			{"GET", "/", nil, 403},
			{"GET", "/page.js", nil, 403},
			{"GET", "/", []edit{in, with("Host", "kiosk.example")}, 421},
			{"POST", "/press", []edit{in, form("seq", "7", "do", "stop"), with("Sec-Fetch-Site", "cross-site")}, 403},
		} {
			a := r.ask(c.method, c.path, c.edits...)
			name := fmt.Sprintf("%s %s", c.method, c.path)
			if a.status != c.want {
				t.Errorf("%s: %d, want %d", name, a.status, c.want)
			}
			hardened(t, fmt.Sprintf("%s (%d)", name, c.want), a.header)
		}
		p := r.send("GET", "/events", in)
		hardened(t, "GET /events", p.Header)
		_ = p.Body.Close()
	})
}

// hardened holds the headers against what each must say. The policy is compared
// word by word: one more word in it is a door.
func hardened(t *testing.T, name string, h http.Header) {
	t.Helper()
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
			"font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	for key, value := range want {
		if got := h.Get(key); got != value {
			t.Errorf("%s: %s is %q, want %q", name, key, got, value)
		}
	}
	if h.Get("Permissions-Policy") == "" {
		t.Errorf("%s: no Permissions-Policy", name)
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: another origin may read it", name)
	}
}

func TestHostAndOrigin(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		r.Show(choosing(7))
		in := r.enter()
		for _, c := range []struct {
			name string
			edit edit
			want int
		}{
			{"address", with("Host", "127.0.0.1:9000"), 200},
			{"IPv6", with("Host", "[::1]:8080"), 200},
			{"localhost", with("Host", "localhost:8080"), 200},
			{"own origin", with("Origin", "http://"+host), 200},
			{"a name that was made to point here", with("Host", "rebound.example:8080"), 421},
			{"a name that begins like an address", with("Host", "127.0.0.1.example"), 421},
			{"another machine", with("Host", "192.0.2.1:8080"), 421},
			{"no machine", with("Host", ":8080"), 421},
			{"a site", with("Origin", "https://example.org"), 403},
			{"another port of this machine", with("Origin", "http://127.0.0.1:9000"), 403},
			{"another scheme", with("Origin", "https://"+host), 403},
			{"a sandboxed frame", with("Origin", "null"), 403},
		} {
			if a := r.ask("GET", "/", in, c.edit); a.status != c.want {
				t.Errorf("%s: %d, want %d", c.name, a.status, c.want)
			}
		}
		for _, site := range []string{"cross-site", "same-site"} {
			r.ask("POST", "/press", in, form("seq", "7", "do", "stop"), with("Sec-Fetch-Site", site))
		}
		r.ask("POST", "/press", in, form("seq", "7", "do", "stop"), with("Origin", "http://127.0.0.1:9000"))
		if len(r.presses) != 0 {
			t.Errorf("another site pressed %v", r.presses)
		}
	})
}

func TestFramesAreForDevelopment(t *testing.T) {
	const bench = "http://127.0.0.1:7000"
	if _, err := ui.New(ui.Options{FrameAncestors: []string{bench}}); err == nil || !strings.Contains(err.Error(), "development") {
		t.Errorf("error %v, want one that says development", err)
	}
	bubble(t, ui.Options{Development: true, FrameAncestors: []string{bench}}, func(r *rig) {
		a := r.ask("GET", "/")
		if a.status != 200 || a.header.Get("X-Frame-Options") != "" || !strings.HasSuffix(a.header.Get("Content-Security-Policy"), "frame-ancestors "+bench) {
			t.Errorf("%d, %v", a.status, a.header)
		}
		if !strings.Contains(a.body, `data-banner="development"`) {
			t.Error("the page does not say that it is for development")
		}
	})
}

func TestHospitalIsChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		h    ui.Hospital
		want string // part of the error
	}{
		{"colour word", ui.Hospital{Primary: "blue"}, "primary colour"},
		{"colour with alpha", ui.Hospital{Accent: "#0b5c7aff"}, "accent colour"},
		{"colour of other digits", ui.Hospital{Primary: "#0b5c7g"}, "primary colour"},
		{"page as logo", ui.Hospital{Logo: []byte("<!DOCTYPE html><script>1</script>")}, "logo"},
		{"huge logo", ui.Hospital{Logo: bytes.Repeat([]byte("<svg"), 1<<19)}, "logo"},
	} {
		if _, err := ui.New(ui.Options{Hospital: c.h}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.name, err, c.want)
		}
	}
}

func TestWordsAreNoMarkup(t *testing.T) {
	const script = `<script>alert(1)</script>`
	bubble(t, ui.Options{Hospital: ui.Hospital{Name: script, Phone: script}}, func(r *rig) {
		v := choosing(2)
		v.Appointments[0].Label, v.Appointments[0].Choice = script, `"><b>`
		r.Show(v)
		if a := r.ask("GET", "/", r.enter()); strings.Contains(a.body, script) || strings.Contains(a.body, "<b>") {
			t.Error("words became markup")
		}
	})
}
