package reference_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// FuzzCalls has a kiosk say anything in a call: there is an answer that the API has
// (the rig holds it against openapi.yaml), and no crash inside.
func FuzzCalls(f *testing.F) {
	dir := f.TempDir()
	r := newRig(f, dir, filepath.Join(dir, "portal.db"), "")
	token, _ := r.enrol("K1")
	r.admit(number, "mine")
	good, err := json.Marshal(api.ActionBatch{Actions: []api.Action{r.seal(action{kiosk: "K1", counter: 1, appointment: "mine", card: card(number, "good")})}})
	must(f, err)
	f.Add("/v1/actions", string(good))
	f.Add("/v1/actions", `{"actions":[{}]}`)
	f.Add("/v1/actions", `{"actions":[{"id":"x","counter":-1}]}`)
	f.Add("/v1/appointments/lookup", `{"proof":{"identity":"AA==","signature":"AA==","rrn":"AA==","root":"AA=="}}`)
	f.Add("/v1/appointments/lookup", strings.Repeat("[", 5000))
	f.Add("/v1/kiosks/self", "")
	f.Fuzz(func(t *testing.T, path, body string) {
		if !plainPath(path) {
			return
		}
		r.t = t
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			if status, _, _ := r.call(method, path, token, body); status == http.StatusInternalServerError {
				t.Errorf("%s %s is answered %d", method, path, status)
			}
		}
	})
}

// plainPath tells whether a text can be the path of a call as a client writes it.
func plainPath(path string) bool {
	return strings.HasPrefix(path, "/v1/") && !strings.ContainsFunc(path, func(c rune) bool {
		return c != '/' && c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}) && !strings.Contains(path, "//")
}

// FuzzBodies has a kiosk seal anything: it is taken or refused, and not put off for
// ever, as what the portal trips over would be.
func FuzzBodies(f *testing.F) {
	dir := f.TempDir()
	r := newRig(f, dir, filepath.Join(dir, "portal.db"), "")
	_, client := r.enrol("K1")
	r.admit(number, "mine")
	good, err := portal.CheckIn{Appointment: "mine", Ticket: "A001", Proof: card(number, "good"), Document: "1", ReadAt: r.now()}.Body()
	must(f, err)
	f.Add(good)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"appointment":"\u0000","ticket":"\ud800"}`))
	f.Add([]byte(strings.Repeat(`{"a":`, 3000)))
	var counter atomic.Uint64
	f.Fuzz(func(t *testing.T, body []byte) {
		r.t = t
		results, err := client.Send(t.Context(), []api.Action{r.sealBody("K1", counter.Add(1), body)})
		if err != nil || len(results) != 1 || results[0].Status == api.Retry {
			t.Errorf("%+v, %v", results, err)
		}
	})
}
