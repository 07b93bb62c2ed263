package reference_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// What is said in links, letters, contacts, calls and answers is told nowhere.
func TestNothingOfTheCallsIsTold(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		const letter, phone, mail, serial = "KANARIE-BRIEF-1", "+32 499 12 34 56", "kanarie@voorbeeld.example", "592999888777"
		token, client := r.enrol("K1")
		r.patient()
		must(t, r.portal.Admit(t.Context(), nil, []reference.Visit{{
			Patient: reference.Patient{Number: secret.NewText(number)}, Letter: secret.NewText(letter),
			Appointment: api.Appointment{Id: "mine", Start: r.now(), End: r.now().Add(time.Hour), Label: "Raadpleging"},
		}}))
		who := r.holder(client)
		_, err := client.SetContact(t.Context(), uuid.NewString(), *who.Card, *who.Holder, api.Contact{Phone: phone, Email: mail})
		must(t, err)
		code, err := client.RegisterApp(t.Context(), uuid.NewString(), who)
		must(t, err)
		if list, err := client.AppointmentByLetter(t.Context(), secret.NewText(letter), secret.NewText(canaryBirth)); err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		if got := r.tell(client, "K1", 1, portal.TypeCheckIn, portal.CheckIn{
			Appointment: "mine", Ticket: "A001", Proof: card(number, "good"), Serial: secret.NewText(serial), ReadAt: r.now(),
		}); got != "accepted" {
			t.Error(got)
		}
		bodies := []string{`{"letter":"` + letter + `","birth":5}`, `{"holder":"` + mail + `"}`, `{"contact":{"phone":"` + phone + `"}}`, `{"reason":"` + name + `"}`}
		for _, path := range []string{"/v1/appointments/by-letter", "/v1/appointments/by-number", "/v1/contact/query", "/v1/calls", "/v1/heartbeat", "/v1/appointments/" + letter + "/cancel"} {
			for _, body := range bodies {
				r.call(http.MethodPost, path, token, body)
			}
		}
		for _, path := range []string{"/v1/links/" + letter, "/v1/calls/" + letter, "/v1/appointments/" + letter, "/staff/"} {
			r.call(http.MethodGet, path, token, "")
		}
		r.mu.Lock()
		r.answers.Reset() // the answers to the holder say what was asked for
		r.mu.Unlock()
		told := r.told()
		for _, canary := range []string{number, name, letter, phone, mail, serial, code.Code, canaryBirth, canaryEAD} {
			if at := strings.Index(told, canary); at >= 0 {
				t.Errorf("%s is told: …%q", canary, told[max(0, at-80):at+len(canary)])
			}
		}
	})
}

// More blocks than people can lose cards come later; none is lost.
func TestBlocksAreLimited(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Blocks = 2
		r.restart()
		_, client := r.enrol("K1")
		block := func(counter uint64) api.Action {
			body, err := portal.CardBlocked{Card: strings.ToUpper(uuid.NewString()), ClockKnown: true}.Body()
			must(t, err)
			return r.sealAs(portal.TypeCardBlocked, "K1", counter, body)
		}
		for counter := range uint64(2) {
			if got := sent(t, client, block(counter+1)); got != "accepted" {
				t.Error(got)
			}
		}
		third := block(3)
		results, err := client.Send(t.Context(), []api.Action{third})
		if err != nil || results[0].Status != api.Retry || results[0].Code != "too-many-blocks" || results[0].RetryAfter != 30 {
			t.Errorf("%+v, %v", results, err)
		}
		r.set(r.now().Add(30 * time.Second))
		if got := sent(t, client, third); got != "accepted" {
			t.Errorf("later: %s", got)
		}
	})
}

// A production portal takes nothing of a test root, whoever brings it.
func TestProductionTakesNoTestIdentity(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Test = false
		r.restart()
		_, client := r.enrol("K1")
		r.patient()
		who := r.holder(client)
		_, err := client.ReserveCard(t.Context(), uuid.NewString(), strings.ToUpper(uuid.NewString()), who)
		var e *portal.Error
		if !errors.As(err, &e) || e.Code != "card-refused" || e.Reason != "test" {
			t.Errorf("a holder: %v", err)
		}
		if _, err := client.Appointments(t.Context(), card(number, "testing")); !errors.Is(err, portal.ErrCardRefused) {
			t.Errorf("a look-up: %v", err)
		}
		if got := r.tell(client, "K1", 1, portal.TypeCardBlocked, portal.CardBlocked{Person: &who, ClockKnown: true}); got != "refused card-refused" {
			t.Errorf("a block: %s", got)
		}
	})
}

// The staff's page shows what arrived and whom, and a call can be answered on it.
func TestTheStaffSeesWhatArrived(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		card := r.issue(client, "K1", 1)
		call, err := client.CallStaff(t.Context(), uuid.NewString(), api.HelpCall{Reason: api.CallWheelchair, Language: "fr"})
		must(t, err)
		must(t, client.Heartbeat(t.Context(), api.Heartbeat{Version: "1.2.3", Devices: []api.Device{{Name: "ticket-printer", State: api.DeviceWarning, Code: "paper-low"}}}))
		_, _, page := r.call(http.MethodGet, "/staff/", nil, "")
		for _, want := range []string{"…" + card[len(card)-4:], "active", "holder", "wheelchair", "1.2.3", "paper-low", "card-issued"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, card) {
			t.Error("it shows the whole number of a card")
		}
		resp, err := http.PostForm(r.http.URL+"/staff/calls/"+call.Call.String(), url.Values{"state": {"coming"}})
		must(t, err)
		must(t, resp.Body.Close())
		if got, err := client.HelpCall(t.Context(), call.Call); err != nil || got.State != api.CallComing {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// A call that never answered is held to be dead after a minute, and one that runs is
// not run again.
func TestACallThatRuns(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		key := uuid.NewString()
		ring := func() error {
			_, err := client.CallStaff(t.Context(), key, api.HelpCall{Reason: api.CallHelp})
			return err
		}
		must(t, ring())
		r.do("UPDATE answers SET status = 0")
		var e *portal.Error
		if err := ring(); !errors.As(err, &e) || e.Status != http.StatusConflict || e.Code != "idempotency-key-running" {
			t.Errorf("while it runs: %v", err)
		}
		r.set(r.now().Add(61 * time.Second))
		if err := ring(); err != nil {
			t.Errorf("after a minute: %v", err)
		}
	})
}

// What a card says of itself may be anything: it is no reason to send a check-in for
// ever.
func TestAnOddReadingIsTaken(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		if got := r.tell(client, "K1", 1, portal.TypeCheckIn, portal.CheckIn{
			Appointment: "mine", Ticket: "A001", Proof: card(number, "good"), Document: "6\x00", Reason: "\x00", Serial: secret.NewText("\x00"), ReadAt: r.now(),
		}); got != "accepted" {
			t.Error(got)
		}
		if list := r.checkIns(); list[0].Method != "chip" || list[0].Unverified {
			t.Errorf("%+v", list)
		}
	})
}
