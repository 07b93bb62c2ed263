package reference_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
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

// FuzzActionBody opens what anyone may have sealed: it is accepted or refused with a
// code, never a crash, never to be sent again.
func FuzzActionBody(f *testing.F) {
	r := newRig(f, f.TempDir(), f.TempDir()+"/portal.db", "")
	_, client := r.enrol("K1")
	r.admit(number, "mine")
	who := card(number, "good")
	codes, _ := canaryCodes()
	for kind, said := range map[string]interface{ Body() ([]byte, error) }{
		portal.TypeCheckIn:     portal.CheckIn{Appointment: "mine", Ticket: "A001", Proof: who, ReadAt: r.now()},
		portal.TypeCardIssued:  portal.CardIssued{Card: "CARD-0000-0001", Person: portal.Person{Card: &who}, Codes: codes},
		portal.TypeCardVoid:    portal.CardVoid{Card: "CARD-0000-0001", Reason: "restart"},
		portal.TypeCardBlocked: portal.CardBlocked{Person: &portal.Person{Card: &who}, ClockKnown: true},
		portal.TypeLink:        portal.Link{ID: "link-0000-0001", Parent: &who, Child: &who},
		portal.TypeUnlink:      portal.Unlink{Parent: &who, Child: &who},
	} {
		body, err := said.Body()
		must(f, err)
		f.Add(kind, body)
		f.Add(kind, []byte(`{"appointment":"\u0000","ticket":"\ud800"}`))
		f.Add(kind, []byte(strings.Repeat(`{"a":`, 3000)))
		f.Add(kind, []byte(`{"person":{"attested":{"payload":"e30=","shift":{}}},"attested":{}}`))
	}
	key := r.key()
	counter := uint64(0)
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		counter++
		id := uuid.Must(uuid.NewV7())
		sealed, err := key.Seal(seal.Context{Kiosk: "K1", Action: id.String(), Counter: counter, Type: kind}, body)
		if err != nil || len(kind) == 0 || len(kind) > 40 || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz-") != "" || kind[0] == '-' || len(sealed) > 90000 {
			return
		}
		results, err := client.Send(t.Context(), []api.Action{{
			Id: id, Counter: counter, Type: kind, OccurredAt: r.now(), KeyId: key.ID, Sealed: sealed,
		}})
		if err != nil || len(results) != 1 || results[0].Status == api.Retry && results[0].Code != "too-many-blocks" || results[0].Status == api.Refused && results[0].Code == "" {
			t.Errorf("%+v, %v", results, err)
		}
	})
}

// FuzzCall sends anything to any call: it is answered with a problem or what was asked,
// never with a crash, and what was sent is not repeated.
func FuzzCall(f *testing.F) {
	r := newRig(f, f.TempDir(), f.TempDir()+"/portal.db", "")
	cert := enrolByHand(f, r.portal, r.invite("K1", false))
	handler := r.portal.Handler()
	paths := []string{
		"/v1/cards", "/v1/cards/status", "/v1/accounts/unlock", "/v1/appointments/lookup", "/v1/appointments/by-number", "/v1/appointments/by-letter",
		"/v1/appointments/holder-lookup", "/v1/appointments/x/cancel", "/v1/contact/query", "/v1/app/registrations", "/v1/calls", "/v1/certificates/status", "/v1/heartbeat", "/v1/actions",
		"/login/api/password", "/login/api/code", "/app/api/redeem",
	}
	proof, err := json.Marshal(api.Lookup{Proof: api.Proof{Identity: []byte("85073003328 1985-07-30 x"), Signature: []byte("good"), Rrn: []byte{1}, Root: []byte{1}}})
	must(f, err)
	for i := range paths {
		f.Add(i, string(proof), "12345678")
		f.Add(i, `{"letter":"SUITE-LETTER-1","birth":"1984-05-17","person":{"attested":{}},"holder":{},"user_name":"E1","password":"x","session":"","code":""}`, "")
	}
	f.Fuzz(func(t *testing.T, path int, body, key string) {
		req := httptest.NewRequest(http.MethodPost, paths[(path%len(paths)+len(paths))%len(paths)], strings.NewReader(body))
		req.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
		req.Header.Set("Content-Type", "application/json")
		req.Header["Idempotency-Key"] = []string{`"` + key + `"`}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%s is answered %d: %s", req.URL.Path, w.Code, w.Body)
		}
	})
}
