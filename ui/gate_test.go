package ui_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"balie/ui"
)

func TestTokenIsTradedOnce(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		token := r.Admit()
		a := r.ask("GET", "/", bearer(token))
		c := a.cookie
		if a.status != 200 || c == nil {
			t.Fatalf("a fresh token is answered %d, cookie %v", a.status, c)
		}
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("the cookie is %s", a.header.Get("Set-Cookie"))
		}
		if c.Value == token || strings.Contains(a.body, c.Value) || strings.Contains(a.body, token) {
			t.Error("the cookie is the token, or a page shows one of them")
		}
		if again := r.ask("GET", "/", bearer(token)); again.status != 403 || again.cookie != nil {
			t.Errorf("a spent token is answered %d, cookie %v", again.status, again.cookie)
		}
		for _, path := range []string{"/", "/page.js"} {
			if b := r.ask("GET", path, as(c)); b.status != 200 || b.cookie != nil {
				t.Errorf("with the cookie, %s is answered %d, cookie %v", path, b.status, b.cookie)
			}
		}
		if log := r.log.String(); strings.Contains(log, token) || strings.Contains(log, c.Value) {
			t.Errorf("the log shows the token or the cookie:\n%s", log)
		}
	})
}

func TestTokenGoesInOneWayOnly(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		token := r.Admit()
		for _, c := range []struct {
			name, method, path string
			edits              []edit
		}{
			{"in the URL", "GET", "/?token=" + token, nil},
			{"as the cookie", "GET", "/", []edit{as(&http.Cookie{Name: "balie_patient", Value: token})}},
			{"for a file", "GET", "/page.js", []edit{bearer(token)}},
			{"for the stream", "GET", "/events", []edit{bearer(token)}},
			{"for a press", "POST", "/press", []edit{bearer(token), form("seq", "0", "do", "stop")}},
			{"as a password", "GET", "/", []edit{with("Authorization", "Basic "+token)}},
			{"empty", "GET", "/", []edit{bearer("")}},
		} {
			if a := r.ask(c.method, c.path, c.edits...); a.status != 403 || a.cookie != nil {
				t.Errorf("%s: %d, cookie %v", c.name, a.status, a.cookie)
			}
		}
	})
}

func TestTokenEndsAfterAMinute(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		early, late := r.Admit(), r.Admit()
		pass(59 * time.Second)
		if a := r.ask("GET", "/", bearer(early)); a.status != 200 {
			t.Errorf("after 59 s: %d", a.status)
		}
		pass(2 * time.Second)
		if a := r.ask("GET", "/", bearer(late)); a.status != 403 {
			t.Errorf("after 61 s: %d", a.status)
		}
	})
}

// TestTokensAreBounded holds that a window which restarts forever fills nothing,
// and that the newest one always comes in.
func TestTokensAreBounded(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		oldest, first := r.Admit(), r.enter()
		for range 100 {
			r.Admit()
			r.enter()
		}
		if a := r.ask("GET", "/", bearer(oldest)); a.status != 403 {
			t.Errorf("the oldest token is answered %d", a.status)
		}
		if a := r.ask("GET", "/", first); a.status != 403 {
			t.Errorf("the oldest cookie is answered %d", a.status)
		}
	})
}

// TestNothingOpensAnotherSurface holds that what lets in to one surface, or let in
// to it before the daemon restarted, lets in to no other.
func TestNothingOpensAnotherSurface(t *testing.T) {
	bubble(t, ui.Options{Role: ui.Patient}, func(patient *rig) {
		token := patient.Admit()
		cookie := patient.ask("GET", "/", bearer(patient.Admit())).cookie
		if cookie == nil || cookie.Name != "balie_patient" {
			t.Fatalf("the cookie is %v", cookie)
		}
		for _, role := range []ui.Role{ui.Desk, ui.Patient} {
			other := newRig(patient.t, ui.Options{Role: role})
			renamed := *cookie
			renamed.Name = "balie_" + string(role)
			for name, e := range map[string]edit{"token": bearer(token), "cookie": as(cookie), "renamed cookie": as(&renamed)} {
				if a := other.ask("GET", "/", e); a.status != 403 {
					t.Errorf("the %s opens another surface, %s", name, role)
				}
			}
			if a := other.ask("GET", "/", other.enter(), as(cookie)); a.status != 200 {
				t.Errorf("%s, with the cookies of both in one browser: %d", role, a.status)
			}
		}
	})
}
