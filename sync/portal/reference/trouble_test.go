package reference_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// do runs a statement beside the portal.
func (r *rig) do(statement string) {
	r.t.Helper()
	if r.pg != "" {
		must(r.t, server.exec(r.t.Context(), r.pg, statement))
		return
	}
	db, err := sql.Open("sqlite3", r.where)
	must(r.t, err)
	_, err = db.ExecContext(r.t.Context(), statement)
	must(r.t, errors.Join(err, db.Close()))
}

// What cannot be noted has no effect either, and is to be sent again.
func TestAnEffectIsNotedOrNotThere(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		a := r.seal(action{kiosk: "K1", counter: 1, appointment: "mine", card: card(number, "good")})
		// The note fails last, when the appointment has been marked.
		r.do("CREATE UNIQUE INDEX trouble ON actions (type)")
		first := r.seal(action{kiosk: "K1", counter: 2, appointment: "none", card: card(number, "good")})
		if got := sent(t, client, first); got != "refused not-theirs" {
			t.Fatal(got)
		}
		results, err := client.Send(t.Context(), []api.Action{a})
		if err != nil || results[0].Status != api.Retry || results[0].Code != "busy" || results[0].RetryAfter == 0 {
			t.Errorf("%+v, %v", results, err)
		}
		if list, err := client.Appointments(t.Context(), card(number, "good")); err != nil || list[0].CheckedIn {
			t.Errorf("it had its effect: %+v, %v", list, err)
		}
		r.do("DROP INDEX trouble")
		if got := sent(t, client, a); got != "accepted" {
			t.Errorf("sent again: %s", got)
		}
	})
}

// crash is a verifier with a fault that names the person.
type crash struct{ people map[string]bool }

func (c crash) Verify(p portal.Proof) (reference.Person, error) {
	c.people[string(p.Identity.Reveal())] = true // of a nil map
	return reference.Person{}, nil
}

func (c crash) VerifyHolder(card portal.Proof, _ portal.HolderProof) (reference.Holder, error) {
	p, err := c.Verify(card)
	return reference.Holder{Person: p}, err
}

func TestACrashIsAnsweredAndNotTold(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.options.Verifier = crash{}
		r.restart()
		_, err := client.Appointments(t.Context(), card(number, "good"))
		var e *portal.Error
		if !errors.As(err, &e) || e.Status != http.StatusInternalServerError || e.Code != "internal" {
			t.Errorf("%v", err)
		}
		if told := r.told(); !strings.Contains(told, "cause=crash") || strings.Contains(told, number) {
			t.Error("the log does not tell of the crash, or tells of whom")
		}
		if _, err := client.Self(t.Context()); err != nil {
			t.Errorf("after it: %v", err)
		}
	})
}

// gone is a booth that goes when its answer comes.
type gone struct {
	*httptest.ResponseRecorder
	begun, wrote int
}

func (g *gone) WriteHeader(int) { g.begun++ }

func (g *gone) Write([]byte) (int, error) {
	g.wrote++
	return 0, errors.New("connection reset by peer")
}

// A booth that goes in the middle of an answer is not answered a second time.
func TestABoothThatGoesIsNotAnsweredTwice(t *testing.T) {
	r := newRig(t, t.TempDir(), filepath.Join(t.TempDir(), "portal.db"), "")
	cert := enrolByHand(t, r.portal, r.invite("K1", false))
	for _, call := range []string{"getSelf", "newChallenge", "getStaff"} {
		g := &gone{ResponseRecorder: httptest.NewRecorder()}
		r.portal.Handler().ServeHTTP(g, r.request(r.operation(call), cert, ""))
		if g.begun != 1 || g.wrote != 1 {
			t.Errorf("%s: %d answers are begun, and %d written", call, g.begun, g.wrote)
		}
	}
}

// The demo has appointments on the day after its start, too.
func TestANewDayIsSeeded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		secrets, err := reference.OpenSecrets(filepath.Join(dir, "state"))
		must(t, err)
		store, err := reference.OpenStore(t.Context(), filepath.Join(dir, "portal.db"))
		must(t, err)
		defer func() { must(t, store.Close()) }()
		p, err := reference.New(reference.Options{Store: store, Secrets: secrets, Verifier: words{}})
		must(t, err)
		must(t, p.Seed(t.Context()))
		token, err := store.Invite(t.Context(), secrets, reference.Invitation{Kiosk: "K1", Until: time.Now().Add(time.Hour)})
		must(t, err)
		badge := enrolByHand(t, p, token)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.KeepSeeded(ctx) }()
		first := demoOf(t, p, badge)
		<-time.After(24 * time.Hour)
		synctest.Wait()
		second := demoOf(t, p, badge)
		cancel()
		must(t, <-done)
		if len(first) != 2 || len(second) != 2 || first[0].Id == second[0].Id || !second[0].Start.After(first[0].Start) {
			t.Errorf("%+v, then %+v", first, second)
		}
	})
}

// demoOf looks up the first of the demo's people, without a network.
func demoOf(t *testing.T, p *reference.Server, badge *x509.Certificate) []api.Appointment {
	t.Helper()
	body, err := json.Marshal(api.Lookup{Proof: api.Proof{Identity: []byte("84051799897 1984-05-17 x"), Signature: []byte("good"), Rrn: []byte{1}, Root: []byte{1}}})
	must(t, err)
	req := httptest.NewRequest(http.MethodPost, "/v1/appointments/lookup", strings.NewReader(string(body)))
	req.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{badge}}
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, req)
	var result api.LookupResult
	must(t, json.Unmarshal(w.Body.Bytes(), &result))
	return result.Appointments
}

// enrolByHand gives a kiosk's certificate, without a network.
func enrolByHand(t testing.TB, p *reference.Server, token portal.Token) *x509.Certificate {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/v1/enrol", strings.NewReader(enrolBody(t, token.Secret().Reveal())))
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, req)
	var result api.Enrolment
	must(t, json.Unmarshal(w.Body.Bytes(), &result))
	badge, err := x509.ParseCertificate(result.Certificate)
	must(t, err)
	return badge
}
