package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

// In the log, an answer or the database none of these may be.
const (
	canaryPassword = "kanarie-wachtwoord"
	canaryEAD      = "E5550001234"
	canaryBirth    = "1985-07-30"
)

func canaryCodes() (codes []secret.Bytes, plain []string) {
	for i := range portal.Codes {
		code := fmt.Sprintf("KANR%c%c", "ABCDEFGHJKMNPQRSTVWXYZ01"[i], "0123456789ABCDEFGHJKMNPQ"[i])
		codes, plain = append(codes, secret.NewBytes([]byte(code))), append(plain, code)
	}
	return codes, plain
}

// tell seals an action at the rig's clock and gives what became of it.
func (r *rig) tell(client *portal.Client, kiosk string, counter uint64, kind string, said interface{ Body() ([]byte, error) }) string {
	r.t.Helper()
	body, err := said.Body()
	must(r.t, err)
	return sent(r.t, client, r.sealAs(kind, kiosk, counter, body))
}

func (r *rig) sealAs(kind, kiosk string, counter uint64, body []byte) api.Action {
	r.t.Helper()
	key, id := r.key(), uuid.Must(uuid.NewV7())
	sealed, err := key.Seal(seal.Context{Kiosk: kiosk, Action: id.String(), Counter: counter, Type: kind}, body)
	must(r.t, err)
	return api.Action{Id: id, Counter: counter, Type: kind, OccurredAt: r.now(), KeyId: key.ID, Sealed: sealed}
}

// patient puts the person of the canaries into the register.
func (r *rig) patient() {
	r.t.Helper()
	must(r.t, r.portal.Admit(r.t.Context(), []reference.Patient{
		{Number: secret.NewText(number), EAD: secret.NewText(canaryEAD), Birth: secret.NewText(canaryBirth)},
	}, nil))
}

func (r *rig) holder(client *portal.Client) portal.Person {
	r.t.Helper()
	challenge, _, err := client.Challenge(r.t.Context())
	must(r.t, err)
	c, h := born(number, canaryBirth, "testing"), held(number, challenge)
	return portal.Person{Card: &c, Holder: &h}
}

// issue gives the person of the canaries a card, and the kiosk's next counter.
func (r *rig) issue(client *portal.Client, kiosk string, counter uint64) (card string) {
	r.t.Helper()
	card = strings.ToUpper(uuid.NewString())
	who := r.holder(client)
	reserved, err := client.ReserveCard(r.t.Context(), uuid.NewString(), card, who)
	must(r.t, err)
	codes, _ := canaryCodes()
	c := portal.CardIssued{Card: card, Person: who, Codes: codes}
	if reserved.NewAccount {
		c.Password = secret.NewBytes([]byte(canaryPassword))
	}
	if got := r.tell(client, kiosk, counter, portal.TypeCardIssued, c); got != "accepted" {
		r.t.Fatal(got)
	}
	return card
}

// logIn asks the log-in's API by hand.
func (r *rig) logIn(call string, question map[string]string) map[string]any {
	r.t.Helper()
	text, err := json.Marshal(question)
	must(r.t, err)
	_, _, answer := r.call(http.MethodPost, "/login/api/"+call, nil, string(text))
	var a map[string]any
	must(r.t, json.Unmarshal([]byte(answer), &a))
	return a
}

func TestNothingOfACardIsTold(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		token, client := r.enrol("K1")
		r.patient()
		_, plain := canaryCodes()
		card := r.issue(client, "K1", 1)
		a := r.logIn("password", map[string]string{"user_name": number, "password": canaryPassword})
		r.logIn("code", map[string]string{"session": a["session"].(string), "code": plain[0]})
		r.logIn("password", map[string]string{"user_name": canaryEAD, "password": canaryPassword + "x"})
		who := r.holder(client)
		if _, err := client.SetPassword(t.Context(), uuid.NewString(), who, secret.NewBytes([]byte(canaryPassword))); err != nil {
			t.Error(err)
		}
		r.tell(client, "K1", 2, portal.TypeCardBlocked, portal.CardBlocked{UserName: secret.NewText(canaryEAD), Birth: secret.NewText(canaryBirth)})
		r.tell(client, "K1", 3, portal.TypeCardBlocked, portal.CardBlocked{UserName: secret.NewText(number), Birth: secret.NewText(canaryPassword)})
		for i, body := range []string{
			`{"card":"` + number + `"}`, `{"card":"` + canaryPassword, `{"card":"` + card + `","codes":["` + plain[3] + `"],"password":"` + canaryPassword + `"}`,
		} {
			sent(t, client, r.sealAs(portal.TypeCardIssued, "K1", uint64(10+i), []byte(body)))
		}
		for _, path := range []string{"/v1/cards", "/v1/cards/status", "/v1/accounts/password", "/v1/accounts/unlock", "/v1/challenges", "/login/api/password", "/login/api/code", "/login/password", "/login/code"} {
			for _, body := range []string{`{"password":"` + canaryPassword + `","person":{"attested":"` + number + `"}}`, `{"code":"` + plain[5], `"` + number + `"`} {
				r.call(http.MethodPost, path, token, body)
				r.call(http.MethodPut, path, token, body)
			}
		}
		r.call(http.MethodGet, "/v1/cards/"+number, token, "")
		r.call(http.MethodGet, "/login/?lang="+number+"&user_name="+canaryEAD, nil, "")
		told := r.told()
		for _, canary := range append(plain, number, name, canaryPassword, canaryEAD, canaryBirth) {
			if at := strings.Index(told, canary); at >= 0 {
				t.Errorf("is told: …%q", told[max(0, at-80):at+len(canary)])
			}
		}
		if !strings.Contains(told, card) || !strings.Contains(told, "card-issued") {
			t.Error("the test looks in the wrong place")
		}
	})
}

// Guesses at the same time are counted all, and one right code lets one in.
func TestGuessesAtTheSameTime(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		r.issue(client, "K1", 1)
		_, plain := canaryCodes()
		begin := func() (string, string) {
			a := r.logIn("password", map[string]string{"user_name": number, "password": canaryPassword})
			if a["session"] == nil {
				t.Fatalf("%v", a)
			}
			return a["session"].(string), plain[int(a["code"].(float64))-1]
		}
		together := func(session string, codes []string) map[string]int {
			seen := map[string]int{}
			var mu sync.Mutex
			var group sync.WaitGroup
			for _, code := range codes {
				group.Go(func() {
					a := r.logIn("code", map[string]string{"session": session, "code": code})
					mu.Lock()
					defer mu.Unlock()
					seen[fmt.Sprint(a["code"])]++
				})
			}
			group.Wait()
			return seen
		}
		session, code := begin()
		if seen := together(session, []string{code, code, code, code}); seen["<nil>"] != 1 || seen["session-over"] != 3 {
			t.Errorf("four times the right code: %v", seen)
		}
		session, code = begin()
		wrong := make([]string, 20)
		for i := range wrong {
			wrong[i] = "00000" + string("0123456789ABCDEFGHJK"[i])
		}
		if seen := together(session, wrong); seen["code-wrong"] > 4 || seen["code-wrong"]+seen["account-locked"] != 20 {
			t.Errorf("twenty wrong codes: %v", seen)
		}
		if a := r.logIn("code", map[string]string{"session": session, "code": code}); a["code"] != "account-locked" {
			t.Errorf("the right code after them: %v", a)
		}
	})
}

// Nobody hears from how long it takes whether there is such a user.
func TestAnUnknownUserTakesAsLong(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, dir, dir+"/portal.db", "")
	r.options.Cost = reference.Cost{Passes: 1, KiB: 8 << 10}
	r.restart()
	_, client := r.enrol("K1")
	r.patient()
	r.issue(client, "K1", 1)
	least := func(user string) time.Duration {
		best := time.Hour
		for range 5 {
			began := time.Now()
			if a := r.logIn("password", map[string]string{"user_name": user, "password": "of-nobody"}); a["code"] != "log-in-refused" {
				t.Fatalf("%v", a)
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	if known, unknown := least(number), least("E0000000000"); unknown < known/2 {
		t.Errorf("a known user takes %v, an unknown one %v", known, unknown)
	}
}

func TestWhoHoldsTheCardIsProved(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		ask := func(what, code, reason string, p portal.Person) {
			t.Helper()
			_, err := client.AccountStatus(t.Context(), p)
			var e *portal.Error
			if code == "" && err != nil || code != "" && (!errors.As(err, &e) || e.Code != code || e.Reason != reason) {
				t.Errorf("%s: %v", what, err)
			}
		}
		good := r.holder(client)
		ask("good", "", "", good)
		foul := *good.Holder
		foul.Signature = []byte("pin of another")
		ask("another signature", "holder-refused", "signature", portal.Person{Card: good.Card, Holder: &foul})
		ask("no card", "bad-request", "", portal.Person{Holder: good.Holder})
		r.set(r.now().Add(10*time.Minute + time.Second))
		ask("after ten minutes", "holder-refused", "stale", good)
		must(t, r.store.RevokeCard(t.Context(), "ca", "5e"+number, r.now()))
		ask("revoked", "holder-refused", "revoked", r.holder(client))
		r.options.Test = false
		r.restart()
		ask("a test card at a production portal", "card-refused", "test", r.holder(client))
	})
}

// A clerk can be known by their own card, whose key is on the staff list.
func TestAClerkByCard(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		must(t, r.store.PutStaff(t.Context(), []reference.Clerk{{ID: "kaat", Name: "Kaat", Role: "desk", CardKey: "key of 5e" + other}}))
		ask := func(clerk string, challenge func(*portal.Shift) []byte) error {
			shift, err := portal.NewShift("kaat", "K1", r.now().Add(-time.Hour), r.now().Add(time.Hour))
			must(t, err)
			shift.ByCard(born(clerk, canaryBirth, "testing"), held(clerk, challenge(shift)))
			c := card(number, "good")
			a, err := shift.Attest(portal.Statement{Purpose: "account-status", At: r.now(), Patient: portal.Named{Card: &c}})
			must(t, err)
			_, err = client.AccountStatus(t.Context(), portal.Person{Card: &c, Attested: &a})
			shift.End()
			if _, err := shift.Attest(portal.Statement{Purpose: "account-status", At: r.now()}); err == nil {
				t.Error("a shift that has ended signs")
			}
			return err
		}
		if err := ask(other, (*portal.Shift).Challenge); err != nil {
			t.Errorf("the clerk: %v", err)
		}
		if err := ask("70010112345", (*portal.Shift).Challenge); !errors.Is(err, portal.ErrClerkRefused) {
			t.Errorf("another card: %v", err)
		}
		if err := ask(other, func(*portal.Shift) []byte { return bytes.Repeat([]byte{1}, 32) }); !errors.Is(err, portal.ErrClerkRefused) {
			t.Errorf("a card that signed something else: %v", err)
		}
		must(t, r.store.PutStaff(t.Context(), nil))
		if err := ask(other, (*portal.Shift).Challenge); !errors.Is(err, portal.ErrClerkRefused) {
			t.Errorf("who left: %v", err)
		}
	})
}

// step is one thing that is told of one card, at some time and perhaps later.
type step struct {
	kind string // "issued", "void" or "blocked"
	late int    // place in the order of arrival
}

// Whatever the order of arrival, a card that is void, or was blocked after it was
// reserved, is never active in the end; one that is neither always is.
func TestLateArrivalsNeverUndo(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, dir, dir+"/portal.db", "")
	_, client := r.enrol("K1")
	r.patient()
	counter := uint64(0)
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{rapid.SampledFrom([]string{"issued", "issued", "void", "blocked"}).Draw(t, "kind"), rapid.IntRange(0, 9).Draw(t, "late")}
		}), 1, 4).Draw(rt, "steps")
		r.set(r.now().Add(time.Minute)) // no two blocks in one minute are too many
		card, who := strings.ToUpper(uuid.NewString()), r.holder(client)
		reserved, err := client.ReserveCard(t.Context(), uuid.NewString(), card, who)
		if err != nil {
			rt.Fatal(err)
		}
		r.set(r.now().Add(5 * time.Minute))
		ended, issued := false, false
		byArrival := map[int][]api.Action{}
		codes, _ := canaryCodes()
		for _, s := range steps {
			counter++
			var said interface{ Body() ([]byte, error) }
			kind := "card-" + s.kind
			switch s.kind {
			case "issued":
				c := portal.CardIssued{Card: card, Person: who, Codes: codes}
				if reserved.NewAccount {
					c.Password = secret.NewBytes([]byte(canaryPassword))
				}
				said, issued = c, true
			case "void":
				said, ended = portal.CardVoid{Card: card, Reason: "restart"}, true
			default:
				said, ended = portal.CardBlocked{Card: card, ClockKnown: true}, true
			}
			body, err := said.Body()
			if err != nil {
				rt.Fatal(err)
			}
			byArrival[s.late] = append(byArrival[s.late], r.sealAs(kind, "K1", counter, body))
		}
		r.set(r.now().Add(time.Hour))
		for late := range 10 {
			for _, a := range byArrival[late] {
				sent(t, client, a)
			}
		}
		got, err := client.Card(t.Context(), card)
		if active := got.State == api.CardActive; err != nil || active != (issued && !ended) {
			rt.Fatalf("%v: %s, %v", steps, got.State, err)
		}
	})
}
