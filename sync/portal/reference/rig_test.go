package reference_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"balie/internal/age"
	"balie/internal/secret"
	"balie/sync/identity"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

// Of someone who never was; neither may be told anywhere.
const (
	number = "85073003328"
	name   = "KANARIEVOGEL"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// words is a verifier of cards that say in words whom they prove: "number birth name", with
// a signature of "good" or the reason for which it is not. The real one is hw/eid's,
// and cmd/portald's tests have it.
type words struct{}

func (words) Verify(p portal.Proof) (reference.Person, error) {
	if string(p.Signature) != "good" && string(p.Signature) != "testing" {
		return reference.Person{}, &reference.CardError{Reason: string(p.Signature)}
	}
	who := strings.Fields(string(p.Identity.Reveal()))
	birth, _ := age.ParseDate(who[1])
	return reference.Person{Number: secret.NewText(who[0]), Birth: birth, Test: string(p.Signature) == "testing"}, nil
}

// VerifyHolder believes who repeats the challenge, and goes by any other signature as
// by a card's.
func (w words) VerifyHolder(card portal.Proof, h portal.HolderProof) (reference.Holder, error) {
	p, err := w.Verify(card)
	if err == nil && !bytes.Equal(h.Signature, append([]byte("pin "), h.Challenge...)) {
		err = &reference.HolderError{Reason: string(h.Signature)}
	}
	serial := string(h.Certificate.Reveal())
	return reference.Holder{Person: p, Key: "key of " + serial, Issuer: "ca", Serial: serial}, err
}

func card(who, signature string) portal.Proof {
	return born(who, "1985-07-30", signature)
}

func born(who, birth, signature string) portal.Proof {
	return portal.Proof{Identity: secret.NewBytes([]byte(who + " " + birth + " " + name)), Signature: []byte(signature), RRN: []byte{1}, Root: []byte{2}}
}

// minted makes such cards for the conformance suite.
type minted struct{}

func (minted) Card(p conformance.Person) (portal.Proof, error) {
	return born(p.Number, p.Birth, "testing"), nil
}

func (minted) Forged(p conformance.Person) (portal.Proof, error) {
	return born(p.Number, p.Birth, "signature"), nil
}

func (minted) Holder(p conformance.Person, challenge []byte) (portal.Proof, portal.HolderProof, error) {
	return born(p.Number, p.Birth, "testing"), held(p.Number, challenge), nil
}

func held(who string, challenge []byte) portal.HolderProof {
	return portal.HolderProof{
		Challenge: challenge, Signature: append([]byte("pin "), challenge...),
		Certificate: secret.NewBytes([]byte("5e" + who)), CA: []byte{3}, Root: []byte{2},
	}
}

// rig is a portal over HTTP on a database, every answer of which is held against
// openapi.yaml.
type rig struct {
	t       testing.TB
	dir     string
	where   string // of the database
	pg      string // name of the database; empty where it is SQLite
	store   *reference.Store
	secrets reference.Secrets
	options reference.Options
	portal  *reference.Server
	http    *httptest.Server
	kiosks  string // URL of what kiosks come to
	doc     *openapi3.T
	handler atomic.Pointer[http.Handler] // replaced when the portal restarts
	clock   atomic.Int64                 // milliseconds since 1970
	calls   atomic.Int64                 // that were held against openapi.yaml

	mu      sync.Mutex // guards what follows
	log     bytes.Buffer
	answers bytes.Buffer
}

// everywhere runs a test on SQLite and on PostgreSQL, at the same time.
func everywhere(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		test(t, newRig(t, dir, filepath.Join(dir, "portal.db"), ""))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		name := server.copied(t)
		test(t, newRig(t, t.TempDir(), server.url(name), name))
	})
}

// contractOnce reads openapi.yaml, which takes longer than most tests.
var contractOnce = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromFile("../openapi.yaml") })

func newRig(t testing.TB, dir, where, pg string) *rig {
	t.Helper()
	doc, err := contractOnce()
	must(t, err)
	r := &rig{t: t, dir: dir, where: where, pg: pg, doc: doc}
	r.clock.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMilli())
	r.secrets, err = reference.OpenSecrets(filepath.Join(dir, "state"))
	must(t, err)
	r.store, err = reference.OpenStore(t.Context(), where)
	must(t, err)
	must(t, r.store.Own(t.Context(), r.secrets))
	r.options = reference.Options{
		Store: r.store, Secrets: r.secrets, Verifier: words{}, Test: true, Lookups: 6000, Cost: reference.Cost{Passes: 1, KiB: 64}, Now: r.now,
		Log: slog.New(slog.NewTextHandler(writer{r}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	r.restart()
	r.http = httptest.NewServer(http.HandlerFunc(r.serve))
	r.kiosks = r.secure(http.HandlerFunc(r.serve))
	t.Cleanup(func() {
		r.http.Close()
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

type writer struct{ r *rig }

func (w writer) Write(p []byte) (int, error) {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	return w.r.log.Write(p)
}

func (r *rig) now() time.Time { return time.UnixMilli(r.clock.Load()) }

func (r *rig) set(at time.Time) { r.clock.Store(at.UnixMilli()) }

// restart has a new portal with the rig's options.
func (r *rig) restart() {
	r.t.Helper()
	s, err := reference.New(r.options)
	must(r.t, err)
	handler := s.Handler()
	r.handler.Store(&handler)
	r.portal = s
}

// serve answers, and holds the answer against openapi.yaml.
func (r *rig) serve(w http.ResponseWriter, req *http.Request) {
	recorder := httptest.NewRecorder()
	(*r.handler.Load()).ServeHTTP(recorder, req)
	if strings.HasPrefix(req.URL.Path, "/v1/") {
		if err := r.hold(req, recorder); err != nil {
			r.t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
		}
	}
	r.mu.Lock()
	fmt.Fprintln(&r.answers, recorder.Header(), recorder.Body)
	r.mu.Unlock()
	for key, values := range recorder.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes()) // the caller may have gone
}

func (r *rig) hold(req *http.Request, recorder *httptest.ResponseRecorder) error {
	item := r.item(req.URL.Path)
	if item == nil || item.GetOperation(req.Method) == nil {
		if recorder.Code != http.StatusNotFound {
			return fmt.Errorf("no such call, and the answer is %d", recorder.Code)
		}
		item, req = r.doc.Paths.Value("/v1/health"), httptest.NewRequest(http.MethodGet, "/v1/health", nil) // any that may answer 404
	}
	r.calls.Add(1)
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, Route: &routers.Route{
			Spec: r.doc, Path: req.URL.Path, PathItem: item, Method: req.Method, Operation: item.GetOperation(req.Method),
		}},
		Status: recorder.Code, Header: recorder.Header(), Body: io.NopCloser(bytes.NewReader(recorder.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// item finds the calls of a path, in which a part may be a parameter.
func (r *rig) item(path string) *openapi3.PathItem {
	if item := r.doc.Paths.Value(path); item != nil {
		return item
	}
	for pattern, item := range r.doc.Paths.Map() {
		if matched, err := filepath.Match(parameter.ReplaceAllString(pattern, "*"), path); err == nil && matched {
			return item
		}
	}
	return nil
}

var parameter = regexp.MustCompile(`\{[a-z]+\}`)

// secure serves what kiosks come to: over TLS under the portal's root, HTTP/1.1 so
// that a handler can hang up.
func (r *rig) secure(handler http.Handler) (url string) {
	r.t.Helper()
	return secure(r.t, r.secrets, handler)
}

func secure(t testing.TB, secrets reference.Secrets, handler http.Handler) (url string) {
	t.Helper()
	config, err := secrets.TLS()
	must(t, err)
	config.NextProtos = []string{"http/1.1"}
	server := httptest.NewUnstartedServer(handler)
	server.Listener = tls.NewListener(server.Listener, config)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // many hang up, as they are to
	server.Start()
	t.Cleanup(server.Close)
	return "https://" + server.Listener.Addr().String()
}

// invite makes a token.
func (r *rig) invite(id string, confirm bool) portal.Token {
	r.t.Helper()
	token, err := r.store.Invite(context.Background(), r.secrets, reference.Invitation{
		Kiosk: id, Name: "Kiosk " + id, Until: r.now().Add(time.Hour), Confirm: confirm,
	})
	must(r.t, err)
	return token
}

// identify enrols a kiosk at url, and gives who it is then.
func (r *rig) identify(url, id string) *identity.Identity {
	r.t.Helper()
	return identify(r.t, keptIn(r.t.TempDir(), url), r.invite(id, false))
}

func identify(t testing.TB, o identity.Options, token portal.Token) *identity.Identity {
	t.Helper()
	must(t, identity.Enrol(context.Background(), identity.EnrolOptions{Options: o, Token: token}))
	who, err := identity.Open(o)
	must(t, err)
	return who
}

// keptIn is an identity whose keys are files in a folder.
func keptIn(dir, url string) identity.Options {
	return identity.Options{Dir: dir, Keys: identity.Keyring{identity.Files()}, URL: url}
}

// enrol lets a kiosk in and gives who it is, and its client.
func (r *rig) enrol(id string) (*identity.Identity, *portal.Client) {
	r.t.Helper()
	who := r.identify(r.kiosks, id)
	client, err := who.Client()
	must(r.t, err)
	r.t.Cleanup(client.Close)
	return who, client
}

// call makes a call by hand: as a kiosk, or where who is nil as anybody, in plain.
func (r *rig) call(method, path string, who *identity.Identity, body string) (status int, header http.Header, answer string) {
	r.t.Helper()
	client, at := http.DefaultClient, r.http.URL
	if who != nil {
		transport := &http.Transport{TLSClientConfig: who.TLS()}
		defer transport.CloseIdleConnections()
		client, at = &http.Client{Transport: transport}, r.kiosks
	}
	req, err := http.NewRequestWithContext(context.Background(), method, at+path, strings.NewReader(body))
	must(r.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	must(r.t, err)
	raw, err := io.ReadAll(resp.Body)
	must(r.t, errors.Join(err, resp.Body.Close()))
	return resp.StatusCode, resp.Header, string(raw)
}

// admit puts someone with an appointment today into the register.
func (r *rig) admit(who, appointment string) {
	r.t.Helper()
	v := reference.Visit{Patient: reference.Patient{Number: secret.NewText(who)}, Appointment: api.Appointment{
		Id: appointment, Start: r.now(), End: r.now().Add(time.Hour), Label: "Raadpleging",
	}}
	must(r.t, r.portal.Admit(context.Background(), []reference.Patient{v.Patient}, []reference.Visit{v}))
}

// told is all that anyone could read: the log, the answers, the database.
func (r *rig) told() string {
	r.t.Helper()
	text := r.stored()
	r.mu.Lock()
	defer r.mu.Unlock()
	return text + r.log.String() + r.answers.String()
}

func (r *rig) stored() (text string) {
	r.t.Helper()
	if r.pg != "" {
		return server.dump(r.t, r.pg)
	}
	files, err := filepath.Glob(r.where + "*")
	must(r.t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(r.t, err)
		text += string(raw)
	}
	return text
}

// action is a check-in as a kiosk sends it.
type action struct {
	kiosk       string
	counter     uint64
	appointment string
	card        portal.Proof
	ticket      string
}

func (r *rig) seal(a action) api.Action {
	r.t.Helper()
	if a.ticket == "" {
		a.ticket = "A001"
	}
	body, err := portal.CheckIn{Appointment: a.appointment, Ticket: a.ticket, Proof: a.card, Document: "1", ReadAt: r.now()}.Body()
	must(r.t, err)
	return r.sealBody(a.kiosk, a.counter, body)
}

func (r *rig) sealBody(kiosk string, counter uint64, body []byte) api.Action {
	r.t.Helper()
	key := r.key()
	id := uuid.Must(uuid.NewV7())
	sealed, err := key.Seal(seal.Context{Kiosk: kiosk, Action: id.String(), Counter: counter, Type: portal.TypeCheckIn}, body)
	must(r.t, err)
	return api.Action{Id: id, Counter: counter, Type: portal.TypeCheckIn, OccurredAt: r.now(), KeyId: key.ID, Sealed: sealed}
}

// key is the portal's key to seal to.
func (r *rig) key() seal.Key {
	r.t.Helper()
	signed, err := r.secrets.SignedKeys()
	must(r.t, err)
	keys, err := signed.Verify(r.secrets.Root())
	must(r.t, err)
	return keys.Keys[0]
}
