package reference_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/identity"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// TestProblems makes every call that is answered no, and wants the code.
func TestProblems(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		who, client := r.enrol("K1")
		stopped, _ := r.enrol("K2")
		must(t, r.store.Stop(t.Context(), "K2", true))
		var none *identity.Identity
		good := r.seal(action{kiosk: "K1", counter: 1, appointment: "x", card: card(number, "good")})
		one, err := json.Marshal(good)
		must(t, err)
		many := fmt.Sprintf(`{"actions":[%s]}`, strings.TrimSuffix(strings.Repeat(string(one)+",", 101), ","))
		tests := []struct {
			name, method, path string
			who                *identity.Identity
			body               string
			status             int
			code               string
		}{
			{"no certificate", "GET", "/v1/kiosks/self", none, "", 401, "unauthorized"},
			{"a token of nobody", "POST", "/v1/enrol", none, enrolBody(t, "0123456789AB"), 403, "token-refused"},
			{"no token", "POST", "/v1/enrol", none, `{"token":"0123456789AB","csr":"AAAA","nonce":"AAAAAAAAAAAAAAAAAAAAAA=="}`, 422, "csr-refused"},
			{"no token at all", "POST", "/v1/enrol", none, `{}`, 400, "bad-request"},
			{"a long enrolment", "POST", "/v1/enrol", none, `{"x":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "too-large"},
			{"a renewal of nothing", "POST", "/v1/kiosks/self/certificate", who, `{"csr":"AAAA"}`, 422, "csr-refused"},
			{"no certificate, a batch", "POST", "/v1/actions", none, `{}`, 401, "unauthorized"},
			{"a stopped kiosk asks", "GET", "/v1/kiosks/self", stopped, "", 410, "kiosk-stopped"},
			{"a stopped kiosk tells", "POST", "/v1/actions", stopped, `{"actions":[]}`, 410, "kiosk-stopped"},
			{"a stopped kiosk looks up", "POST", "/v1/appointments/lookup", stopped, `{}`, 410, "kiosk-stopped"},
			{"no such call", "GET", "/v1/patients", who, "", 404, "not-found"},
			{"another method", "DELETE", "/v1/actions", who, "", 404, "not-found"},
			{"no body", "POST", "/v1/actions", who, "", 400, "bad-request"},
			{"no JSON", "POST", "/v1/actions", who, "{", 400, "bad-request"},
			{"no actions", "POST", "/v1/actions", who, `{"actions":[]}`, 400, "bad-request"},
			{"too many actions", "POST", "/v1/actions", who, many, 400, "bad-request"},
			{"a counter of none", "POST", "/v1/actions", who, strings.Replace(`{"actions":[`+string(one)+`]}`, `"counter":1`, `"counter":0`, 1), 400, "bad-request"},
			{"a counter too high", "POST", "/v1/actions", who, strings.Replace(`{"actions":[`+string(one)+`]}`, `"counter":1`, `"counter":9223372036854775808`, 1), 400, "bad-request"},
			{"no proof", "POST", "/v1/appointments/lookup", who, `{}`, 400, "bad-request"},
			{"half a proof", "POST", "/v1/appointments/lookup", who, `{"proof":{"identity":"AAAA"}}`, 400, "bad-request"},
			{"a long look-up", "POST", "/v1/appointments/lookup", who, `{"x":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "too-large"},
			{"a long batch", "POST", "/v1/actions", who, `{"x":"` + strings.Repeat("x", 4<<20) + `"}`, 413, "too-large"},
		}
		for _, tt := range tests {
			status, header, answer := r.call(tt.method, tt.path, tt.who, tt.body)
			var p api.Problem
			if err := json.Unmarshal([]byte(answer), &p); err != nil || status != tt.status || p.Code != tt.code || p.Status != status ||
				p.Type != "urn:balie:problem:"+p.Code || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %d %s", tt.name, status, answer)
			}
		}
		if _, err := client.Send(t.Context(), []api.Action{good}); err != nil {
			t.Errorf("what is refused with a wrong counter: %v", err)
		}
		if r.calls.Load() < int64(len(tests)) {
			t.Errorf("only %d answers were held against openapi.yaml", r.calls.Load())
		}
	})
}

func TestLookup(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "morning")
		for reason, want := range map[string]error{
			"good": nil, "testing": nil, "signature": portal.ErrCardRefused, "chain": portal.ErrCardRefused, "genuine": portal.ErrCardRefused,
		} {
			list, err := client.Appointments(t.Context(), card(number, reason))
			var e *portal.Error
			if !errors.Is(err, want) || want == nil && (len(list) != 1 || list[0].Id != "morning") || errors.As(err, &e) && e.Reason != reason {
				t.Errorf("%s: %+v, %v", reason, list, err)
			}
		}
		if _, err := client.Appointments(t.Context(), card("99010112345", "good")); !errors.Is(err, portal.ErrPatientUnknown) {
			t.Errorf("a stranger: %v", err)
		}
		// The day ends in Brussels, an hour before Greenwich.
		for _, at := range []struct {
			time string
			want int
		}{
			{"2026-03-02T22:59:00Z", 1}, {"2026-03-02T23:01:00Z", 0}, {"2026-03-01T23:01:00Z", 1}, {"2026-03-01T22:59:00Z", 0},
		} {
			now, err := time.Parse(time.RFC3339, at.time)
			must(t, err)
			r.set(now)
			if list, err := client.Appointments(t.Context(), card(number, "good")); err != nil || len(list) != at.want {
				t.Errorf("at %s: %d, %v", at.time, len(list), err)
			}
		}
	})
}

// A kiosk may ask as often as people put cards in, and another is not held by it.
func TestLookupsAreLimited(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Lookups = 3
		r.restart()
		r.admit(number, "mine")
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		ask := func(client *portal.Client, want string) {
			t.Helper()
			_, err := client.Appointments(t.Context(), card(number, "good"))
			var e *portal.Error
			switch {
			case want == "" && err != nil:
				t.Errorf("%v", err)
			case want != "" && (!errors.As(err, &e) || e.Status != http.StatusTooManyRequests || e.Code != "too-many-lookups" || fmt.Sprint(e.RetryAfter) != want):
				t.Errorf("%v, want 429 and %s", err, want)
			}
		}
		for range 3 {
			ask(one, "")
		}
		ask(one, "20s")
		ask(two, "")
		r.set(r.now().Add(19 * time.Second))
		ask(one, "1s")
		r.set(r.now().Add(time.Second))
		ask(one, "")
		ask(one, "20s")
		r.set(r.now().Add(time.Hour))
		for range 3 {
			ask(one, "")
		}
		ask(one, "20s")
	})
}

func TestHealth(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		for _, test := range []bool{true, false} {
			r.options.Test = test
			r.restart()
			if h, err := client.Health(t.Context()); err != nil || h.Status != api.Ok || h.Test != test || !h.Time.Equal(r.now()) {
				t.Errorf("%+v, %v", h, err)
			}
		}
	})
}

// A database that goes away costs time and no action.
func TestADatabaseThatIsAway(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		away, err := reference.OpenStore(t.Context(), r.where)
		must(t, err)
		must(t, away.Close())
		r.options.Store = away
		r.restart()
		_, err = client.Self(t.Context())
		var e *portal.Error
		if !errors.As(err, &e) || e.Status != http.StatusServiceUnavailable || e.RetryAfter == 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestTheDemoIsDatedAnew(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		const an, elise = "84051799897", "72082999888"
		look := func(who string) []api.Appointment {
			t.Helper()
			must(t, r.portal.Seed(t.Context()))
			list, err := client.Appointments(t.Context(), card(who, "good"))
			must(t, err)
			return list
		}
		first := look(an)
		if len(first) != 2 || first[0].Start.Sub(r.now()) > 30*time.Minute || !first[0].Start.After(r.now()) {
			t.Fatalf("%+v", first)
		}
		sent(t, client, r.seal(action{kiosk: "K1", counter: 1, appointment: first[0].Id, card: card(an, "good")}))
		r.set(r.now().Add(2 * time.Hour))
		second := look(an)
		if len(second) != 2 || !second[0].CheckedIn || !second[0].Start.Equal(first[0].Start) || second[1].CheckedIn ||
			second[1].Id != first[1].Id || !second[1].Start.Equal(first[1].Start.Add(2*time.Hour)) {
			t.Errorf("after two hours: %+v", second)
		}
		if list := look(elise); len(list) != 1 || !list[0].CheckedIn || list[0].Ticket == "" {
			t.Errorf("elise: %+v", list)
		}
		r.set(time.Date(2026, 3, 3, 22, 55, 0, 0, time.UTC)) // 23:55 of the next day in Brussels
		third := look(an)
		if len(third) != 2 || third[0].CheckedIn || third[0].Id == first[0].Id || third[0].End.After(time.Date(2026, 3, 3, 23, 0, 0, 0, time.UTC)) {
			t.Errorf("late on the next day: %+v", third)
		}
	})
}

func TestSecretsAreKeptAndTheDatabaseIsTheirs(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		again, err := reference.OpenSecrets(filepath.Join(r.dir, "state"))
		must(t, err)
		if !again.Root().Equal(r.secrets.Root()) {
			t.Error("the root changed")
		}
		must(t, r.store.Own(t.Context(), again))
		stranger, err := reference.OpenSecrets(filepath.Join(r.dir, "other"))
		must(t, err)
		if err := r.store.Own(t.Context(), stranger); !errors.Is(err, reference.ErrOtherSecrets) {
			t.Errorf("with other secrets: %v", err)
		}
	})
}

// Limits are the database's: another portal on it, or a restart, does not begin anew.
func TestSeveralPortalsCountTogether(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Lookups = 2
		r.restart()
		r.admit(number, "mine")
		_, client := r.enrol("K1")
		for i := range 4 {
			_, err := client.Appointments(t.Context(), card(number, "good"))
			var e *portal.Error
			if limited := errors.As(err, &e) && e.Code == "too-many-lookups"; limited != (i > 1) {
				t.Errorf("look-up %d, at another portal each time: %v", i+1, err)
			}
			r.restart()
		}
		r.set(r.now().Add(-time.Hour)) // a clock that is put back locks nobody out
		if _, err := client.Appointments(t.Context(), card(number, "good")); err != nil {
			t.Errorf("an hour before: %v", err)
		}
	})
}

// A kiosk that says without end how it is, is asked to leave off.
func TestHeartbeatsAreLimited(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		beat := api.Heartbeat{Version: "1", Devices: []api.Device{}}
		for range 6 {
			must(t, client.Heartbeat(t.Context(), beat))
		}
		var e *portal.Error
		if err := client.Heartbeat(t.Context(), beat); !errors.As(err, &e) || e.Code != "too-many-heartbeats" || e.RetryAfter != 10*time.Second {
			t.Errorf("the seventh: %v", err)
		}
		r.set(r.now().Add(10 * time.Second))
		must(t, client.Heartbeat(t.Context(), beat))
	})
}
