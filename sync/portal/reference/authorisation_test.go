package reference_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/sync/portal/api"
	"balie/sync/worklist"
)

// row is what is known of who may make a call. Every operation of openapi.yaml has one:
// a call that is added without is a failure of TestAuthorisation.
type row struct {
	// open: anybody may call it; openapi.yaml says security: [].
	open bool
	// body is a good request of a kiosk; empty: it has none.
	body func(r *rig, kiosk string) string
	// before is done by the kiosk first; nil: nothing.
	before func(r *rig, cert *x509.Certificate)
	// at does what must be there first, and gives the path with its parameters; nil: the
	// parameters are anyID.
	at func(r *rig, cert *x509.Certificate) (path string)
	// own holds that two kiosks reach each its own things; nil only for an open call.
	own func(t *testing.T, r *rig, one, two *x509.Certificate)
	// proof holds that nobody is looked up without their proof; every call that
	// openapi.yaml tags "patient" has one, and others may.
	proof func(t *testing.T, r *rig, one *x509.Certificate)
}

func rows() map[string]row {
	all := map[string]row{
		"health":       {open: true},
		"enrolKiosk":   {open: true, body: func(r *rig, _ string) string { return enrolBody(r.t, "0123456789AB") }},
		"getSelf":      {own: selfIsOwn},
		"getOverrides": {own: overridesAreOwn},
		"retireKiosk": {
			body: func(r *rig, _ string) string { return retirementBody(r.t, 0) }, own: retiredIsOneself,
		},
		"renewCertificate": {
			body: func(r *rig, _ string) string { return renewalBody(r.t, "x") }, own: aRenewalIsOwn,
		},
		"lookupAppointments": {
			body: func(r *rig, _ string) string { return lookupBody(r.t, nil) }, own: aLookupIsThePersons, proof: noLookupWithoutProof,
		},
		"setWorklistKey": {body: func(r *rig, _ string) string { return worklistKeyBody(r, 1) }, own: aWorklistIsOwn},
		"getWorklist":    {before: func(r *rig, cert *x509.Certificate) { setsWorklistKey(r, cert, 1) }, own: aWorklistIsOwn},
		"sendActions": {
			body: func(r *rig, kiosk string) string { return batchBody(r, kiosk, 1) }, own: actionsAreOwn,
		},
	}
	maps.Copy(all, domainRows())
	return all
}

// operation is a call of openapi.yaml.
type operation struct {
	method, path string
	*openapi3.Operation
}

// operations are all calls of openapi.yaml, whatever a path's parameters are.
func (r *rig) operations() (list []operation) {
	for path, item := range r.doc.Paths.Map() {
		for method, op := range item.Operations() {
			list = append(list, operation{method, path, op})
		}
	}
	return list
}

func (o operation) open() bool { return o.Security != nil && len(*o.Security) == 0 }

func (o operation) patient() bool {
	for _, tag := range o.Tags {
		if tag == "patient" {
			return true
		}
	}
	return false
}

// try makes a call with a certificate, as if TLS had proved it, nil for none.
func (r *rig) try(o operation, cert *x509.Certificate, body string) (status int, answer string) {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.serve(w, r.request(o, cert, body))
	return w.Code, w.Body.String()
}

func (r *rig) request(o operation, cert *x509.Certificate, body string) *http.Request {
	path := o.path
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		_, after, _ := strings.Cut(rest, "}")
		path = before + anyID + after
	}
	req := httptest.NewRequest(o.method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if o.Parameters.GetByInAndName("header", "Idempotency-Key") != nil {
		req.Header.Set("Idempotency-Key", `"`+uuid.NewString()+`"`)
	}
	if cert != nil {
		req.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
		// What anybody can write counts for nothing.
		req.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(cert.Raw))
	}
	return req
}

// TestAuthorisation makes every call of openapi.yaml with every kind of certificate that
// is none, and holds each against its row.
func TestAuthorisation(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.CertificateLife = 24 * time.Hour
		r.restart()
		r.admit(number, "mine")
		r.domainPeople(t)
		known, seen, badges := rows(), 0, r.badges(t)
		for _, o := range r.operations() {
			row, is := known[o.OperationID]
			if !is {
				t.Errorf("%s %s (%s) is in openapi.yaml and has no row: say who may call it", o.method, o.path, o.OperationID)
				continue
			}
			seen++
			if row.open != o.open() || !row.open && row.own == nil || row.proof == nil && o.patient() {
				t.Errorf("%s: its row is not of what openapi.yaml says", o.OperationID)
				continue
			}
			t.Run(o.OperationID, func(t *testing.T) {
				r.t = t
				r.authorises(t, o, row, badges)
			})
		}
		r.t = t
		if seen != len(known) {
			t.Errorf("%d rows, and %d calls that they are of", len(known), seen)
		}
	})
}

func (r *rig) authorises(t *testing.T, o operation, row row, badges map[string]badge) {
	body := ""
	if row.body != nil {
		body = row.body(r, "K1")
	}
	if row.open {
		if status, _ := r.try(o, nil, body); status == http.StatusUnauthorized {
			t.Errorf("anybody may call it, and is answered %d", status)
		}
		return
	}
	for name, c := range badges {
		status, answer := r.try(o, c.cert, body)
		var p api.Problem
		if err := json.Unmarshal([]byte(answer), &p); err != nil || status != c.status || p.Code != c.code {
			t.Errorf("%s: answered %d %s, want %d %s", name, status, answer, c.status, c.code)
		}
		if strings.Contains(answer, "mine") || strings.Contains(answer, `"keys"`) {
			t.Errorf("%s: is told %s", name, answer)
		}
	}
	one, two := enrolByHand(t, r.portal, r.invite("K1", false)), enrolByHand(t, r.portal, r.invite("K2", false))
	if row.before != nil {
		row.before(r, one)
	}
	if row.at != nil {
		o.path = row.at(r, one)
	}
	if status, answer := r.try(o, one, body); status != http.StatusOK && status != http.StatusNoContent {
		t.Errorf("a kiosk that may is answered %d %s: the test could not tell", status, answer)
	}
	row.own(t, r, one, two)
	if row.proof != nil {
		row.proof(t, r, one)
	}
}

// badge is a certificate that lets nobody in.
type badge struct {
	cert   *x509.Certificate
	status int
	code   string
}

func (r *rig) badges(t *testing.T) map[string]badge {
	t.Helper()
	real := enrolByHand(t, r.portal, r.invite("K1", false))
	revoked := enrolByHand(t, r.portal, r.invite("REVOKED", false))
	must(t, r.store.Revoke(t.Context(), "REVOKED", r.now()))
	stopped := enrolByHand(t, r.portal, r.invite("STOPPED", false))
	must(t, r.store.Stop(t.Context(), "STOPPED", true))
	wiped := enrolByHand(t, r.portal, r.invite("WIPED", false))
	must(t, r.store.Wipe(t.Context(), "WIPED", r.now()))
	former := enrolByHand(t, r.portal, r.invite("FORMER", false))
	enrolByHand(t, r.portal, r.invite("FORMER", false))
	r.set(r.now().Add(-48 * time.Hour))
	expired := enrolByHand(t, r.portal, r.invite("EXPIRED", false))
	r.set(r.now().Add(48 * time.Hour))
	config, err := r.secrets.TLS()
	must(t, err)
	own, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: "K1"})
	must(t, err)
	server, err := x509.ParseCertificate(own.Certificate[0])
	must(t, err)
	root, err := x509.ParseCertificate(own.Certificate[1])
	must(t, err)
	return map[string]badge{
		"no certificate":                     {nil, http.StatusUnauthorized, "unauthorized"},
		"under another root, else the same":  {forged(t, real), http.StatusUnauthorized, "unauthorized"},
		"of the portal's own TLS":            {server, http.StatusUnauthorized, "unauthorized"},
		"the root's own":                     {root, http.StatusUnauthorized, "unauthorized"},
		"revoked":                            {revoked, http.StatusUnauthorized, "certificate-revoked"},
		"expired":                            {expired, http.StatusUnauthorized, "certificate-expired"},
		"from before it was enrolled anew":   {former, http.StatusUnauthorized, "certificate-revoked"},
		"of a kiosk that is stopped":         {stopped, http.StatusGone, "kiosk-stopped"},
		"of a kiosk that is to be wiped":     {wiped, http.StatusGone, "kiosk-stopped"},
		"of a kiosk that the portal forgot ": {r.unknown(t), http.StatusUnauthorized, "unauthorized"},
	}
}

// forged is a certificate with all that a real one says, under a root of its own.
func forged(t *testing.T, real *x509.Certificate) *x509.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: real.Issuer, NotBefore: time.Unix(0, 0), NotAfter: real.NotAfter.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, SubjectKeyId: real.AuthorityKeyId, PublicKey: public,
	}
	template := &x509.Certificate{
		SerialNumber: real.SerialNumber, Subject: pkix.Name{CommonName: real.Subject.CommonName}, NotBefore: real.NotBefore, NotAfter: real.NotAfter,
		KeyUsage: real.KeyUsage, ExtKeyUsage: real.ExtKeyUsage, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, root, real.PublicKey, private)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

// unknown is a certificate under the root of which the database knows nothing, as after
// a backup was put back.
func (r *rig) unknown(t *testing.T) *x509.Certificate {
	t.Helper()
	elsewhere := newRig(t, r.dir, r.dir+"/elsewhere.db", "")
	return enrolByHand(t, elsewhere.portal, elsewhere.invite("K1", false))
}

func (r *rig) operation(id string) operation {
	r.t.Helper()
	for _, o := range r.operations() {
		if o.OperationID == id {
			return o
		}
	}
	r.t.Fatalf("no call %s", id)
	return operation{}
}

// asks makes a call that is to be answered, and reads the answer.
func asks[T any](t *testing.T, r *rig, call string, cert *x509.Certificate, body string) (v T) {
	t.Helper()
	status, answer := r.try(r.operation(call), cert, body)
	if status != http.StatusOK {
		t.Fatalf("%s is answered %d %s", call, status, answer)
	}
	must(t, json.Unmarshal([]byte(answer), &v))
	return v
}

func selfIsOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	for id, cert := range map[string]*x509.Certificate{"K1": one, "K2": two} {
		if self := asks[api.Kiosk](t, r, "getSelf", cert, ""); self.Id != id {
			t.Errorf("%s is told of %s", id, self.Id)
		}
	}
}

func renewalBody(t testing.TB, subject string) string {
	t.Helper()
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: subject}}, newKey(t))
	must(t, err)
	body, err := json.Marshal(api.Renewal{Csr: csr})
	must(t, err)
	return string(body)
}

// aRenewalIsOwn: whatever a kiosk asks to be called, the certificate is its own.
func aRenewalIsOwn(t *testing.T, r *rig, _, two *x509.Certificate) {
	answer := asks[api.IssuedCertificate](t, r, "renewCertificate", two, renewalBody(t, "K1"))
	cert, err := x509.ParseCertificate(answer.Certificate)
	must(t, err)
	if cert.Subject.CommonName != "K2" || cert.IsCA || len(cert.DNSNames) > 0 {
		t.Errorf("K2 is given a certificate of %s", cert.Subject)
	}
	if self := asks[api.Kiosk](t, r, "getSelf", cert, ""); self.Id != "K2" {
		t.Errorf("with it, it is %s", self.Id)
	}
}

// lookupBody is a look-up of the one who is admitted, after change.
func lookupBody(t testing.TB, change func(*api.Proof)) string {
	p := card(number, "good")
	proof := api.Proof{Identity: p.Identity.Reveal(), Signature: p.Signature, Rrn: p.RRN, Root: p.Root}
	if change != nil {
		change(&proof)
	}
	body, err := json.Marshal(api.Lookup{Proof: proof})
	must(t, err)
	return string(body)
}

// aLookupIsThePersons: at which kiosk a card is does not matter; what one kiosk asked
// does not take from what another may.
func aLookupIsThePersons(t *testing.T, r *rig, one, two *x509.Certificate) {
	for _, cert := range []*x509.Certificate{one, two} {
		if answer := asks[api.LookupResult](t, r, "lookupAppointments", cert, lookupBody(r.t, nil)); len(answer.Appointments) != 1 {
			t.Errorf("%+v", answer)
		}
	}
}

func noLookupWithoutProof(t *testing.T, r *rig, one *x509.Certificate) {
	o := r.operation("lookupAppointments")
	for name, body := range map[string]string{
		"nothing": `{}`, "an empty proof": `{"proof":{}}`, "a number": `{"national_number":"` + number + `"}`,
		"no identity":     lookupBody(t, func(p *api.Proof) { p.Identity = nil }),
		"no signature":    lookupBody(t, func(p *api.Proof) { p.Signature = nil }),
		"a bad signature": lookupBody(t, func(p *api.Proof) { p.Signature = []byte("signature") }),
		"a forged chain":  lookupBody(t, func(p *api.Proof) { p.Signature = []byte("chain") }),
		"a copied chip":   lookupBody(t, func(p *api.Proof) { p.Signature = []byte("genuine") }),
	} {
		if status, answer := r.try(o, one, body); status == http.StatusOK || strings.Contains(answer, "mine") {
			t.Errorf("%s: answered %d %s", name, status, answer)
		}
	}
}

func batchBody(r *rig, kiosk string, counter uint64) string {
	body, err := json.Marshal(api.ActionBatch{Actions: []api.Action{r.seal(action{kiosk: kiosk, counter: counter, appointment: "mine", card: card(number, "good")})}})
	must(r.t, err)
	return string(body)
}

// actionsAreOwn: what was sealed at one kiosk cannot be brought in by another, and its
// counters are its own.
func actionsAreOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	send := func(cert *x509.Certificate, body, want string) {
		t.Helper()
		answer := asks[api.ActionResults](t, r, "sendActions", cert, body)
		if got := fmt.Sprint(answer.Results[0].Status, " ", answer.Results[0].Code); strings.TrimSpace(got) != want {
			t.Errorf("it is %s, want %s", got, want)
		}
	}
	send(two, batchBody(r, "K1", 5), "refused does-not-open")
	fresh := batchBody(r, "K1", 6)
	send(one, fresh, "accepted already-checked-in")
	send(two, fresh, "refused id-reused")
	send(two, batchBody(r, "K2", 6), "accepted already-checked-in")
}

func worklistKeyBody(r *rig, key byte) string {
	body, err := json.Marshal(api.WorklistKey{Day: openapi_types.Date{Time: r.now()}, Key: bytes.Repeat([]byte{key}, 32)})
	must(r.t, err)
	return string(body)
}

func setsWorklistKey(r *rig, cert *x509.Certificate, key byte) (salt []byte) {
	r.t.Helper()
	status, answer := r.try(r.operation("setWorklistKey"), cert, worklistKeyBody(r, key))
	var s api.WorklistSalt
	if err := json.Unmarshal([]byte(answer), &s); err != nil || status != http.StatusOK {
		r.t.Fatalf("setting a key is answered %d %s", status, answer)
	}
	return s.Salt
}

// aWorklistIsOwn: each kiosk's list is made under its own key, and another's key opens
// nothing of it.
func aWorklistIsOwn(t *testing.T, r *rig, one, two *x509.Certificate) {
	subject := worklist.Subject("ssin", number)
	for i, cert := range []*x509.Certificate{one, two} {
		salt := setsWorklistKey(r, cert, byte(i+1))
		page := asks[api.Worklist](t, r, "getWorklist", cert, "")
		for key := range byte(2) {
			made, err := worklist.Derive(subject, bytes.Repeat([]byte{key + 1}, 32), salt)
			must(t, err)
			found := false
			for _, e := range page.Entries {
				found = found || worklist.Index(e.Index) == made.Index()
			}
			if found != (int(key) == i) {
				t.Errorf("on list %d with key %d: found is %v", i+1, key+1, found)
			}
		}
	}
}
