package reference_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// anyID is what a parameter of a path is where nothing is at it.
const anyID = "00000000-0000-7000-8000-000000000000"

// Of what domainPeople puts in.
const (
	letter   = "KANARIE-BRIEF-2"
	clerkID  = "clerk"
	parentID = "84051799897"
	childID  = "17030599736"
	childDay = "2017-03-05"
)

// domainRows are those of the calls about code cards, links, the desk and the holder.
func domainRows() map[string]row {
	all := map[string]row{
		"newChallenge":      {own: challengesAreOwn},
		"certificateStatus": {body: fixed(api.CertificateQuery{Issuer: strings.Repeat("ab", 32), Serial: "1"}), own: sameForAll("certificateStatus")},
		"getStaff":          {own: sameForAll("getStaff")},
		"getRevocations":    {own: sameForAll("getRevocations")},
		"heartbeat":         {body: fixed(api.Heartbeat{Version: "K1", Devices: []api.Device{}}), own: heartbeatsAreOwn},
		"callStaff":         {body: fixed(api.HelpCall{Reason: api.CallHelp}), own: callsAreOwn},
		"getCall":           {at: callAt, own: notOfAnother("getCall", callAt)},
		"getCard":           {at: cardAt, own: notOfAnother("getCard", cardAt)},
		"getLink":           {at: linkAt, own: notOfAnother("getLink", linkAt)},
		"lookupByLetter": {
			body: fixed(api.LetterQuery{Letter: letter, Birth: canaryBirth}), own: sameForAll("lookupByLetter"), proof: noLetterWithoutBirth,
		},
		"accountStatus": ofPerson("accountStatus", byHolder, nil),
		"reserveCard":   ofPerson("reserveCard", byHolder, func() map[string]any { return map[string]any{"card": strings.ToUpper(uuid.NewString())} }),
		"setPassword":   ofPerson("setPassword", byHolder, func() map[string]any { return map[string]any{"password": canaryPassword} }),
		"unlockAccount": ofPerson("unlockAccount", byClerk("unlock-account"), nil),
		"registerApp":   ofPerson("registerApp", byHolder, nil),
		"lookupByNumber": ofBody("lookupByNumber", func(r *rig, kiosk string) map[string]any {
			return map[string]any{"attested": byClerk("lookup-by-number")(r, kiosk).Attested}
		}),
	}
	for _, call := range []string{"lookupHolderAppointments", "cancelAppointment", "getContact", "setContact"} {
		all[call] = ofBody(call, func(r *rig, kiosk string) map[string]any {
			p := byHolder(r, kiosk)
			body := map[string]any{"proof": p.Card, "holder": p.Holder}
			if call == "setContact" {
				body["contact"] = api.Contact{Phone: "+32 499 00 00 00"}
			}
			return body
		})
	}
	return all
}

// domainPeople puts in what the rows find: somebody with an account, an appointment with
// a letter and one to cancel; a parent and a child; a clerk.
func (r *rig) domainPeople(t *testing.T) {
	t.Helper()
	r.patient()
	who := reference.Patient{Number: secret.NewText(number), EAD: secret.NewText(canaryEAD), Birth: secret.NewText(canaryBirth)}
	mine := api.Appointment{Id: "mine", Start: r.now(), End: r.now().Add(time.Hour), Label: "Raadpleging"}
	later := api.Appointment{Id: anyID, Start: r.now().AddDate(0, 0, 30), End: r.now().AddDate(0, 0, 30).Add(time.Hour), Label: "Raadpleging"}
	must(t, r.portal.Admit(t.Context(), []reference.Patient{
		who, {Number: secret.NewText(parentID), Birth: secret.NewText(canaryBirth)}, {Number: secret.NewText(childID), Birth: secret.NewText(childDay)},
	}, []reference.Visit{{Patient: who, Letter: secret.NewText(letter), Appointment: mine}, {Patient: who, Appointment: later}}))
	must(t, r.store.PutStaff(t.Context(), []reference.Clerk{
		{ID: clerkID, Name: "Kaat", Role: "desk", BadgeSalt: "salt", BadgeHash: portal.BadgeHash("salt", []byte(suiteBadge))},
	}))
	_, client := r.enrol("SETUP")
	r.issue(client, "SETUP", 1)
}

// written is a body.
func written(t testing.TB, body any) string {
	t.Helper()
	raw, err := json.Marshal(body)
	must(t, err)
	return string(raw)
}

func fixed(body any) func(*rig, string) string {
	return func(r *rig, _ string) string { return written(r.t, body) }
}

// wired is a person as a call carries them.
func wired(t testing.TB, p portal.Person) (w api.Person) {
	t.Helper()
	body, err := portal.CardBlocked{Person: &p}.Body()
	must(t, err)
	var blocked api.CardBlocked
	must(t, json.Unmarshal(body, &blocked))
	return blocked.Person
}

// byHolder is the person of the canaries with card and PIN at a kiosk.
func byHolder(r *rig, kiosk string) api.Person {
	r.t.Helper()
	_, client := r.enrol(kiosk)
	return wired(r.t, r.holder(client))
}

// byClerk is that person, of whom a clerk says so at a kiosk.
func byClerk(purpose string) func(*rig, string) api.Person {
	return func(r *rig, kiosk string) api.Person {
		r.t.Helper()
		a := r.attest(kiosk, portal.Statement{Purpose: purpose, At: r.now(), Patient: portal.Named{
			EAD: secret.NewText(canaryEAD), Birth: secret.NewText(canaryBirth), Document: "passport", Reason: "no-chip",
		}})
		return wired(r.t, portal.Person{Attested: &a})
	}
}

func (r *rig) attest(kiosk string, st portal.Statement) portal.Attested {
	r.t.Helper()
	shift, err := portal.NewShift(clerkID, kiosk, r.now().Add(-time.Hour), r.now().Add(time.Hour))
	must(r.t, err)
	shift.ByBadge(secret.NewBytes([]byte(suiteBadge)))
	a, err := shift.Attest(st)
	must(r.t, err)
	return a
}

// ofPerson is the row of a call with a person, and what else is in its body.
func ofPerson(call string, who func(*rig, string) api.Person, more func() map[string]any) row {
	return ofBody(call, func(r *rig, kiosk string) map[string]any {
		body := map[string]any{"person": who(r, kiosk)}
		if more != nil {
			maps.Copy(body, more())
		}
		return body
	})
}

// ofBody is the row of a call of which each proof is of one kiosk, and which is answered
// to nobody without.
func ofBody(call string, body func(*rig, string) map[string]any) row {
	return row{
		body: func(r *rig, kiosk string) string { return written(r.t, body(r, kiosk)) },
		own: func(t *testing.T, r *rig, _, two *x509.Certificate) {
			if status, answer := r.try(r.operation(call), two, written(t, body(r, "K3"))); status != http.StatusUnprocessableEntity {
				t.Errorf("what was proved at K3 is answered at K2 with %d %s", status, answer)
			}
		},
		proof: func(t *testing.T, r *rig, _ *x509.Certificate) {
			good := written(t, body(r, "K4"))
			at := enrolByHand(t, r.portal, r.invite("K4", false))
			if status, answer := r.try(r.operation(call), at, good); status != http.StatusOK {
				t.Errorf("with all of it, answered %d %s", status, answer)
			}
			for name, bad := range withoutProof(t, good) {
				if status, answer := r.try(r.operation(call), at, bad); status < http.StatusBadRequest || strings.Contains(answer, anyID) || strings.Contains(answer, "mine") {
					t.Errorf("%s: answered %d %s", name, status, answer)
				}
			}
		},
	}
}

// withoutProof are bodies in which one thing of the proof is not as it must be.
func withoutProof(t *testing.T, good string) map[string]string {
	t.Helper()
	bad := map[string]string{"nothing": `{}`, "a number": `{"national_number":"` + number + `"}`}
	for _, change := range []struct{ part, field string }{
		{"proof", "signature"}, {"proof", ""}, {"card", "signature"}, {"card", ""}, {"holder", "signature"}, {"holder", "challenge"}, {"holder", ""},
		{"attested", "signature"}, {"attested", "payload"}, {"attested", "shift"}, {"attested", ""},
	} {
		var body map[string]any
		must(t, json.Unmarshal([]byte(good), &body))
		in := body
		if p, is := body["person"].(map[string]any); is {
			in = p
		}
		part, is := in[change.part].(map[string]any)
		if !is {
			continue
		}
		switch {
		case change.field == "":
			delete(in, change.part)
		case change.field == "shift":
			part["shift"].(map[string]any)["clerk"] = "nobody"
		default:
			part[change.field] = bytes.Repeat([]byte("signature"), 7)[:48]
		}
		bad[change.part+" "+change.field] = written(t, body)
	}
	return bad
}

// sameForAll: what is answered is of no kiosk.
func sameForAll(call string) func(*testing.T, *rig, *x509.Certificate, *x509.Certificate) {
	return func(t *testing.T, r *rig, one, two *x509.Certificate) {
		o, body := r.operation(call), ""
		if build := rows()[call].body; build != nil {
			body = build(r, "K1")
		}
		_, first := r.try(o, one, body)
		if status, second := r.try(o, two, body); status != http.StatusOK || first != second {
			t.Errorf("one is answered %s, the other %d %s", first, status, second)
		}
	}
}

// notOfAnother: what a kiosk made, another does not find.
func notOfAnother(call string, at func(*rig, *x509.Certificate) string) func(*testing.T, *rig, *x509.Certificate, *x509.Certificate) {
	return func(t *testing.T, r *rig, one, two *x509.Certificate) {
		o := r.operation(call)
		o.path = at(r, one)
		if status, answer := r.try(o, two, ""); status != http.StatusNotFound {
			t.Errorf("another is answered %d %s", status, answer)
		}
	}
}

func callAt(r *rig, cert *x509.Certificate) string {
	t := r.t.(*testing.T)
	return "/v1/calls/" + asks[api.HelpCallStatus](t, r, "callStaff", cert, written(t, api.HelpCall{Reason: api.CallHelp})).Call.String()
}

func cardAt(r *rig, cert *x509.Certificate) string {
	t := r.t.(*testing.T)
	p := r.holderAt(cert)
	id := strings.ToUpper(uuid.NewString())
	return "/v1/cards/" + asks[api.Card](t, r, "reserveCard", cert, written(t, api.CardReservation{Card: id, Person: p})).Card
}

// holderAt is the person of the canaries with card and PIN at the kiosk of a certificate.
func (r *rig) holderAt(cert *x509.Certificate) api.Person {
	t := r.t.(*testing.T)
	c := born(number, canaryBirth, "testing")
	h := held(number, asks[api.Challenge](t, r, "newChallenge", cert, "").Challenge)
	return wired(t, portal.Person{Card: &c, Holder: &h})
}

func linkAt(r *rig, cert *x509.Certificate) string {
	t := r.t.(*testing.T)
	id, kiosk := uuid.NewString(), cert.Subject.CommonName
	mother, child := born(parentID, canaryBirth, "good"), born(childID, childDay, "good")
	a := r.attest(kiosk, portal.Statement{
		Purpose: portal.TypeLink, At: r.now(), Matter: id, Patient: portal.Named{Card: &mother}, Child: portal.Named{Card: &child}, Authority: true,
	})
	body, err := portal.Link{ID: id, Parent: &mother, Child: &child, Attested: a, ClockKnown: true}.Body()
	must(t, err)
	counter := uint64(1_000_000 + r.calls.Load())
	answer := asks[api.ActionResults](t, r, "sendActions", cert, written(t, api.ActionBatch{Actions: []api.Action{r.sealAs(portal.TypeLink, kiosk, counter, body)}}))
	if answer.Results[0].Status != api.Accepted {
		t.Fatalf("the link is %+v", answer.Results[0])
	}
	return "/v1/links/" + id
}

// challengesAreOwn: one is good at its own kiosk.
func challengesAreOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	body := written(t, api.PersonQuery{Person: r.holderAt(one)})
	if status, answer := r.try(r.operation("accountStatus"), two, body); status != http.StatusUnprocessableEntity {
		t.Errorf("at another it is answered %d %s", status, answer)
	}
	if status, answer := r.try(r.operation("accountStatus"), one, body); status != http.StatusOK {
		t.Errorf("at its own it is answered %d %s", status, answer)
	}
}

// heartbeatsAreOwn: each is of the kiosk whose certificate it came with.
func heartbeatsAreOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	for version, cert := range map[string]*x509.Certificate{"of-K1": one, "of-K2": two} {
		asks[api.HeartbeatAnswer](t, r, "heartbeat", cert, written(t, api.Heartbeat{Version: version, Devices: []api.Device{}}))
	}
	_, _, page := r.call(http.MethodGet, "/staff/", nil, "")
	for _, kiosk := range []string{"K1", "K2"} {
		_, after, found := strings.Cut(page, "<tr><td>"+kiosk+"</td>")
		if line, _, _ := strings.Cut(after, "</tr>"); !found || !strings.Contains(line, "<td>of-"+kiosk+"</td>") {
			t.Errorf("%s: the page says %q", kiosk, line)
		}
	}
}

// callsAreOwn: two kiosks call for two.
func callsAreOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	if callAt(r, one) == callAt(r, two) {
		t.Error("two kiosks have one call")
	}
}

// noLetterWithoutBirth: neither is enough.
func noLetterWithoutBirth(t *testing.T, r *rig, one *x509.Certificate) {
	for name, body := range map[string]string{
		"nothing": `{}`, "no birth": `{"letter":"` + letter + `"}`, "another birth": `{"letter":"` + letter + `","birth":"1985-07-31"}`,
		"another letter": `{"letter":"KANARIE-BRIEF-3","birth":"` + canaryBirth + `"}`,
	} {
		if status, answer := r.try(r.operation("lookupByLetter"), one, body); status < http.StatusBadRequest || strings.Contains(answer, "mine") {
			t.Errorf("%s: answered %d %s", name, status, answer)
		}
	}
}
