package reference_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// post sends a form as a browser would, from a site.
func (r *rig) post(path, site string, form url.Values) (status int, page string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.http.URL+path, strings.NewReader(form.Encode()))
	must(r.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", site)
	resp, err := http.DefaultClient.Do(req)
	must(r.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(r.t, err)
	return resp.StatusCode, html.UnescapeString(string(raw))
}

var (
	asked   = regexp.MustCompile(`<b id="number">([0-9]+)</b>`)
	session = regexp.MustCompile(`name="session" value="([^"]+)"`)
)

// Someone logs in on the page, after a slip in each step.
func TestLogInOnThePage(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		r.issue(client, "K1", 1)
		_, plain := canaryCodes()
		_, wrong := r.post("/login/password?lang=en", "same-origin", url.Values{"user_name": {number}, "password": {"of-nobody"}})
		if !strings.Contains(wrong, "User name or password is not right.") || strings.Contains(wrong, number) || asked.MatchString(wrong) {
			t.Errorf("a wrong password:\n%s", wrong)
		}
		_, page := r.post("/login/password?lang=en", "same-origin", url.Values{"user_name": {number}, "password": {canaryPassword}})
		n, s := asked.FindStringSubmatch(page), session.FindStringSubmatch(page)
		if n == nil || s == nil {
			t.Fatalf("no code is asked for:\n%s", page)
		}
		for code, says := range map[string]string{"K": "six letters and digits", "000000": "not right"} {
			_, page = r.post("/login/code?lang=en", "same-origin", url.Values{"session": {s[1]}, "code": {code}})
			if again := asked.FindStringSubmatch(page); again == nil || again[1] != n[1] || !strings.Contains(page, says) {
				t.Errorf("after %s:\n%s", code, page)
			}
		}
		index := map[string]string{}
		for i, code := range plain {
			index[strings.TrimSpace(string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10)))] = code
		}
		code := index[("0" + n[1])[len(n[1])-1:]]
		_, page = r.post("/login/code?lang=en", "same-origin", url.Values{"session": {s[1]}, "code": {strings.ToLower(code[:3] + " " + code[3:])}})
		if !strings.Contains(page, "You are logged in.") || !strings.Contains(page, `<b id="left">23</b>`) {
			t.Errorf("the right code:\n%s", page)
		}
		_, page = r.post("/login/code?lang=nl", "same-origin", url.Values{"session": {s[1]}, "code": {code}})
		if !strings.Contains(page, "Begin opnieuw.") {
			t.Errorf("a second time:\n%s", page)
		}
		if status, _ := r.post("/login/password", "cross-site", url.Values{"user_name": {number}, "password": {canaryPassword}}); status != http.StatusForbidden {
			t.Errorf("from another site: %d", status)
		}
	})
}

func TestThePageSpeaksFourLanguages(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, dir, dir+"/portal.db", "")
	seen := map[string]bool{}
	for lang, title := range map[string]string{"nl": "Aanmelden", "fr": "Se connecter", "de": "anmelden", "en": "Log in"} {
		status, header, page := r.call(http.MethodGet, "/login/?lang="+lang, nil, "")
		if status != http.StatusOK || !strings.Contains(page, `lang="`+lang+`"`) || !strings.Contains(page, title) ||
			!strings.Contains(header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %v\n%s", lang, status, header, page)
		}
		// Every sentence is there: an empty one is a problem that nobody is told of.
		for _, trouble := range []string{"", "x"} {
			_, page := r.post("/login/code?lang="+lang, "same-origin", url.Values{"session": {trouble}, "code": {"000000"}})
			if !strings.Contains(page, `role="alert">`) || strings.Contains(page, `role="alert"></p>`) {
				t.Errorf("%s: nothing is said:\n%s", lang, page)
			}
		}
		seen[page] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d languages differ", len(seen))
	}
}
