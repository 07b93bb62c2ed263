package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

const other = "40010112345"

// TestEachActionHasItsResult sends one action for every code of openapi.yaml, in one
// batch: none of them holds the others.
func TestEachActionHasItsResult(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		r.admit(other, "theirs")
		steps := []struct {
			name   string
			spoil  func(*api.Action)
			of     action
			status api.ActionResultStatus
			code   string
		}{
			{"good", nil, action{appointment: "mine", card: card(number, "good")}, api.Accepted, ""},
			{"again by another action", nil, action{appointment: "mine", card: card(number, "good")}, api.Accepted, "already-checked-in"},
			{"of another person", nil, action{appointment: "theirs", card: card(number, "good")}, api.Refused, "not-theirs"},
			{"of nobody", nil, action{appointment: "none", card: card(number, "good")}, api.Refused, "not-theirs"},
			{"a stranger", nil, action{appointment: "mine", card: card("99010112345", "good")}, api.Refused, "patient-unknown"},
			{"a forged card", nil, action{appointment: "mine", card: card(number, "signature")}, api.Refused, "card-refused"},
			{"a ticket with a line break", nil, action{appointment: "mine", card: card(number, "good"), ticket: "A\n1"}, api.Refused, "bad-body"},
			{"a ticket with a zero", nil, action{appointment: "mine", card: card(number, "good"), ticket: "A\x001"}, api.Refused, "bad-body"},
			{"a long ticket", nil, action{appointment: "mine", card: card(number, "good"), ticket: strings.Repeat("A", 21)}, api.Refused, "bad-body"},
			{"yesterday", func(a *api.Action) { a.OccurredAt = r.now().Add(-24 * time.Hour) }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "wrong-day"},
			{"another type", func(a *api.Action) { a.Type = "launch" }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "unknown-type"},
			{"another key", func(a *api.Action) { a.KeyId = "k0" }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "unknown-key"},
			{"another id", func(a *api.Action) { a.Id = uuid.Must(uuid.NewV7()) }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "does-not-open"},
			{"another kiosk", nil, action{kiosk: "K2", appointment: "mine", card: card(number, "good")}, api.Refused, "does-not-open"},
			{"a broken seal", func(a *api.Action) { a.Sealed[40] ^= 1 }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "does-not-open"},
			{"nothing sealed", func(a *api.Action) { a.Sealed = []byte{} }, action{appointment: "mine", card: card(number, "good")}, api.Refused, "does-not-open"},
		}
		var batch []api.Action
		open := 0
		for i, s := range steps {
			if s.code != "does-not-open" {
				open++
			}
			if s.of.counter = uint64(i + 1); s.of.kiosk == "" {
				s.of.kiosk = "K1"
			}
			a := r.seal(s.of)
			if s.spoil != nil {
				s.spoil(&a)
			}
			batch = append(batch, a)
		}
		results, err := client.Send(t.Context(), batch)
		if err != nil || len(results) != len(steps) {
			t.Fatalf("%d results, %v", len(results), err)
		}
		for i, s := range steps {
			if got := results[i]; got.Id != batch[i].Id || got.Status != s.status || got.Code != s.code {
				t.Errorf("%s: %s %q, want %s %q", s.name, got.Status, got.Code, s.status, s.code)
			}
		}
		if list := r.checkIns(); len(list) != open {
			t.Errorf("%d are remembered", len(list))
		}
		if self, err := client.Self(t.Context()); err != nil || self.LastCounter != uint64(len(steps)) {
			t.Errorf("%+v, %v", self, err)
		}
	})
}

func (r *rig) checkIns() []reference.CheckIn {
	r.t.Helper()
	list, err := r.store.CheckIns(r.t.Context(), 100000)
	must(r.t, err)
	return list
}

// sent gives the one result of one action.
func sent(t testing.TB, client *portal.Client, a api.Action) string {
	t.Helper()
	results, err := client.Send(t.Context(), []api.Action{a})
	if err != nil || len(results) != 1 || results[0].Id != a.Id {
		t.Fatalf("%+v, %v", results, err)
	}
	return strings.TrimSpace(string(results[0].Status) + " " + results[0].Code)
}

// What does not open may be anybody's: it binds neither the id nor the counter that it
// came with, at its own kiosk or another.
func TestWhatDoesNotOpenBindsNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		r.admit(number, "mine")
		good := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		broken := good
		broken.Sealed = []byte("nothing that was sealed, and of no use")
		for i, s := range []struct {
			client *portal.Client
			action api.Action
			want   string
		}{
			{two, good, "refused does-not-open"}, {one, broken, "refused does-not-open"}, {one, good, "accepted"}, {one, good, "duplicate"},
			{one, broken, "refused id-reused"}, {two, good, "refused id-reused"},
		} {
			if got := sent(t, s.client, s.action); got != s.want {
				t.Errorf("step %d: %s, want %s", i, got, s.want)
			}
		}
	})
}

// Within a batch each action finds what those before it left.
func TestABatchRemembersItself(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		good := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		sameCounter := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		sealedAnew := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		sealedAnew.Id = good.Id
		refused := r.seal(action{kiosk: "K1", counter: 6, appointment: "none", card: card(number, "good")})
		for round, want := range [][]string{
			{"refused not-theirs", "accepted", "duplicate", "refused counter-reused", "refused id-reused", "refused not-theirs"},
			{"refused not-theirs", "duplicate", "duplicate", "refused counter-reused", "refused id-reused", "refused not-theirs"},
		} {
			results, err := client.Send(t.Context(), []api.Action{refused, good, good, sameCounter, sealedAnew, refused})
			must(t, err)
			for i, r := range results {
				if got := strings.TrimSpace(string(r.Status) + " " + r.Code); got != want[i] {
					t.Errorf("round %d, action %d: %s, want %s", round, i, got, want[i])
				}
			}
		}
		if list := r.checkIns(); len(list) != 3 {
			t.Errorf("%d are remembered", len(list))
		}
	})
}

func TestAnIdAndACounterAreTakenOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		r.admit(number, "mine")
		first := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		sealedAnew := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		sealedAnew.Id = first.Id
		later := first
		later.OccurredAt = later.OccurredAt.Add(time.Second)
		sameCounter := r.seal(action{kiosk: "K1", counter: 5, appointment: "mine", card: card(number, "good")})
		for i, s := range []struct {
			client *portal.Client
			action api.Action
			want   string
		}{
			{one, first, "accepted"},
			{one, first, "duplicate"},
			{two, first, "refused id-reused"},
			{one, sealedAnew, "refused id-reused"},
			{one, later, "refused id-reused"},
			{one, sameCounter, "refused counter-reused"},
			{one, sameCounter, "refused counter-reused"},
			{two, r.seal(action{kiosk: "K2", counter: 5, appointment: "mine", card: card(number, "good")}), "accepted already-checked-in"},
			{one, r.seal(action{kiosk: "K1", counter: 2, appointment: "mine", card: card(number, "good")}), "accepted already-checked-in"},
			{one, first, "duplicate"},
		} {
			if got := sent(t, s.client, s.action); got != s.want {
				t.Errorf("step %d: %s, want %s", i+1, got, s.want)
			}
		}
		if self, err := one.Self(t.Context()); err != nil || self.LastCounter != 5 {
			t.Errorf("%+v, %v", self, err)
		}
	})
}

// What was refused is judged anew, as when a technician tries what is parked again.
func TestARefusedActionCanSucceedLater(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		a := r.seal(action{kiosk: "K1", counter: 1, appointment: "mine", card: card(number, "good")})
		for _, want := range []string{"refused patient-unknown", "refused patient-unknown", "accepted", "duplicate"} {
			if want == "accepted" {
				r.admit(number, "mine")
			}
			if got := sent(t, client, a); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if list := r.checkIns(); len(list) != 1 || list[0].Outcome != "accepted" {
			t.Errorf("%+v", list)
		}
	})
}

func TestTestCardsAreMarkedOrRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		silent := r.seal(action{kiosk: "K1", counter: 1, appointment: "mine", card: card(number, "testing")})
		if got := sent(t, client, silent); got != "accepted" || !r.checkIns()[0].Test {
			t.Errorf("a test card that the kiosk does not mark: %s, %+v", got, r.checkIns())
		}
		r.options.Test = false
		r.restart()
		marked := r.seal(action{kiosk: "K1", counter: 2, appointment: "mine", card: card(number, "good")})
		marked.Test = true
		if got := sent(t, client, marked); got != "refused test-refused" {
			t.Errorf("at a production portal: %s", got)
		}
	})
}

// Calls that overlap, as when a kiosk gave up waiting, have one effect.
func TestOverlappingCallsHaveOneEffect(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		who, _ := r.enrol("K1")
		r.admit(number, "mine")
		var batch []api.Action
		for i := range 20 {
			batch = append(batch, r.seal(action{kiosk: "K1", counter: uint64(i + 1), appointment: "mine", card: card(number, "good")}))
		}
		statuses := make(map[string]int)
		var mu sync.Mutex
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				client, err := who.Client()
				if err != nil {
					t.Error(err)
					return
				}
				defer client.Close()
				results, err := client.Send(t.Context(), batch)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || len(results) != len(batch) {
					t.Errorf("%d results, %v", len(results), err)
				}
				for _, result := range results {
					statuses[strings.TrimSpace(string(result.Status)+" "+result.Code)]++
				}
			})
		}
		group.Wait()
		if statuses["accepted"] != 1 || statuses["accepted already-checked-in"] != 19 || statuses["duplicate"] != 100 || len(r.checkIns()) != 20 {
			t.Errorf("%v, %d remembered", statuses, len(r.checkIns()))
		}
	})
}

func TestOneOfTwoKiosksChecksIn(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		clients := map[string]*portal.Client{}
		for _, id := range []string{"K1", "K2", "K3", "K4"} {
			_, clients[id] = r.enrol(id)
		}
		for round := range 10 {
			appointment := "a" + string(rune('0'+round))
			r.admit(number, appointment)
			won := make(chan bool, len(clients))
			for id, client := range clients {
				a := r.seal(action{kiosk: id, counter: uint64(round + 1), appointment: appointment, card: card(number, "good")})
				go func() {
					results, err := client.Send(t.Context(), []api.Action{a})
					won <- err == nil && len(results) == 1 && results[0].Status == api.Accepted && results[0].Code == ""
				}()
			}
			n := 0
			for range clients {
				if <-won {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d kiosks were first at %s", n, appointment)
			}
		}
	})
}

// Nobody finds a person, a token or a word that was sent in the log, in an answer or
// in the database.
func TestNothingPersonalIsTold(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		who, client := r.enrol("K1")
		r.admit(number, "mine")
		for i, signature := range []string{"good", "testing", "chain", number} {
			_, err := client.Appointments(t.Context(), card(number, signature))
			if i < 2 && err != nil || i >= 2 && !errors.Is(err, portal.ErrCardRefused) {
				t.Errorf("%s: %v", signature, err)
			}
			sent(t, client, r.seal(action{kiosk: "K1", counter: uint64(i + 1), appointment: "mine", card: card(number, signature)}))
		}
		sent(t, client, r.sealBody("K1", 90, []byte(`{"appointment":"`+number+`"}`)))
		sent(t, client, r.seal(action{kiosk: "K1", counter: 91, appointment: number, card: card(number, "good")}))
		bodies := []string{
			`{"proof":{"identity":"` + number + `"}}`, `{"proof":"` + number, `"` + number + `"`, `{"actions":[{"id":"` + number + `"}]}`,
			`{"proof":{"identity":"AAAA","signature":"AAAA","rrn":"AAAA","root":"AAAA","` + number + `":1,"answer":5}}`,
			`{"actions":[{"id":"` + name + `","counter":1,"type":"check-in","occurred_at":"2026-03-02","test":false,"key_id":"x","sealed":"AAAA"}]}`,
		}
		for _, body := range bodies {
			for _, path := range []string{"/v1/actions", "/v1/appointments/lookup"} {
				if status, _, _ := r.call(http.MethodPost, path, who, body); status != http.StatusBadRequest {
					t.Errorf("%s is answered %d", body, status)
				}
			}
		}
		r.call(http.MethodGet, "/v1/"+number, who, "")
		r.call(http.MethodGet, "/v1/health?name="+name, who, "")
		r.call(http.MethodPost, "/v1/enrol", nil, `{"token":"`+name+`"}`)
		invited := r.invite("K7", false)
		told := r.told()
		for _, canary := range []string{number, name, invited.Reveal(), invited.Secret().Reveal()} {
			if strings.Contains(told, canary) {
				at := strings.Index(told, canary)
				t.Errorf("is told: …%q", told[max(0, at-80):at+len(canary)])
			}
		}
		if !strings.Contains(told, "card-refused") || !strings.Contains(told, "Raadpleging") || !strings.Contains(told, "K1") {
			t.Error("the test looks in the wrong place")
		}
	})
}

func TestTheStaffSeesToday(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		sent(t, client, r.seal(action{kiosk: "K1", counter: 7, appointment: "mine", card: card(number, "testing")}))
		status, header, page := r.call(http.MethodGet, "/staff/", nil, "")
		if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%d, %v", status, header)
		}
		for _, want := range []string{"Raadpleging", "10:00", "A001", "TEST", "K1", "2026-03-02"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q:\n%s", want, page)
			}
		}
		_, _, text := r.call(http.MethodGet, "/staff/checkins.json", nil, "")
		var list []map[string]any
		must(t, json.Unmarshal([]byte(text), &list))
		if len(list) != 1 || list[0]["kiosk"] != "K1" || list[0]["counter"] != 7.0 || list[0]["appointment"] != "mine" || list[0]["outcome"] != "accepted" ||
			list[0]["test"] != true || list[0]["ticket"] != "A001" || list[0]["at"] != "2026-03-02T09:00:00Z" || list[0]["received"] != "2026-03-02T09:00:00Z" {
			t.Errorf("%s", text)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.http.URL+"/staff/", nil)
		must(t, err)
		req.Host = "evil.example"
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != http.StatusNotFound || resp.Body.Close() != nil {
			t.Errorf("under another name: %v, %v", resp, err)
		}
	})
}

// To whose challenge the chip answered is marked: the portal knows its own, and that of
// another kiosk is none.
func TestWhatTheChipAnsweredToIsMarked(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		r.admit(number, "mine")
		challenge := func(client *portal.Client) []byte {
			c, _, err := client.Challenge(t.Context())
			must(t, err)
			return c
		}
		want := map[string]string{}
		for i, c := range []struct {
			challenge, answer []byte
			chip              string
		}{
			{challenge(one), []byte{1}, "portal"}, {challenge(two), []byte{1}, "kiosk"}, {bytes.Repeat([]byte{9}, 48), []byte{1}, "kiosk"}, {nil, nil, "none"},
		} {
			proof := card(number, "good")
			proof.Challenge, proof.Answer = c.challenge, c.answer
			a := r.seal(action{kiosk: "K1", counter: uint64(i + 1), appointment: "mine", card: proof})
			want[a.Id.String()] = c.chip
			r.set(r.now().Add(time.Hour)) // it may come late
			sent(t, one, a)
		}
		for _, c := range r.checkIns() {
			if c.Chip != want[c.Action] {
				t.Errorf("counter %d is marked %q, want %q", c.Counter, c.Chip, want[c.Action])
			}
		}
	})
}
