package reference_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// prism is the program that package.json of ../contract pins.
const prism = "../contract/node_modules/@stoplight/prism-cli/dist/index.js"

// behindPrism has another hand than ours stand before a portal: it holds each call
// and each answer against openapi.yaml, and answers with an error of its own where
// one of them is not what that says.
func behindPrism(t *testing.T, url string) (front string) {
	t.Helper()
	if _, err := os.Stat(prism); err != nil {
		t.Fatal("prism is missing: make contract")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody has
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, errors.Join(err, l.Close()))
	spec := withoutSecurity(t)
	cmd := exec.Command("node", prism, "proxy", spec, url, "--errors", "--host", "127.0.0.1", "--port", port)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := cmd.StdoutPipe()
	must(t, errors.Join(err, cmd.Start()))
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	var all strings.Builder
	for lines := bufio.NewScanner(io.TeeReader(said, &all)); lines.Scan(); {
		if strings.Contains(lines.Text(), "is listening on") {
			go func() { _, _ = io.Copy(io.Discard, said) }() // until it is killed
			return "http://127.0.0.1:" + port
		}
	}
	t.Fatalf("prism does not listen: %s", all.String())
	return ""
}

// withoutSecurity is openapi.yaml without its certificates, which prism does not know
// and takes for a violation: behind what ends TLS they are not its to judge.
func withoutSecurity(t *testing.T) (path string) {
	t.Helper()
	const demand = "security:\n  - kioskCertificate: []\n"
	raw, err := os.ReadFile("../openapi.yaml")
	must(t, err)
	if strings.Count(string(raw), demand) != 1 {
		t.Fatal("openapi.yaml does not ask for certificates where it did")
	}
	path = filepath.Join(t.TempDir(), "openapi.yaml")
	must(t, os.WriteFile(path, []byte(strings.Replace(string(raw), demand, "", 1)), 0o600))
	return path
}

// violations is what prism says of an answer that it did not let through.
func violations(header http.Header, answer string) string {
	if strings.Contains(answer, "stoplight.io/prism") || header.Get("sl-violations") != "" {
		return header.Get("sl-violations") + answer
	}
	return ""
}

// judge ends TLS, hands on who came, passes calls on to prism, one at a time, and keeps
// what prism finds.
type judge struct {
	front string
	found []string
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, j.front+r.URL.RequestURI(), r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	req.Header = r.Header.Clone()
	req.Header.Del("Client-Cert")
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 { // RFC 9440, section 2.2
		req.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(r.TLS.PeerCertificates[0].Raw)+":")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	raw, _ := io.ReadAll(resp.Body) // what is cut off is no JSON
	_ = resp.Body.Close()
	if v := violations(resp.Header, string(raw)); v != "" {
		j.found = append(j.found, fmt.Sprintf("%s %s: %d %s", r.Method, r.URL.Path, resp.StatusCode, v))
	}
	for _, key := range []string{"Content-Type", "Retry-After", "Date", "WWW-Authenticate"} {
		if v := resp.Header.Get(key); v != "" {
			w.Header().Set(key, v)
		}
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(raw)
}

// TestPrism makes each call of openapi.yaml, each of the client, well and refused, and a
// whole booth's way, through prism, which must find nothing; then a portal answers wrongly, and it must
// find that.
func TestPrism(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, dir, filepath.Join(dir, "portal.db"), "")
	var wrong atomic.Pointer[string]
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if answer := wrong.Load(); answer != nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, *answer)
			return
		}
		r.serve(w, req)
	}))
	defer behind.Close()
	j := &judge{front: behindPrism(t, behind.URL)}
	r.eachOperation(t, j)
	r.behindTerminator(true)
	r.everyCall(t, r.secure(j))
	if len(j.found) > 0 {
		t.Errorf("violations:\n%s", strings.Join(j.found, "\n"))
	}
	for _, answer := range []string{`{"status":7,"time":"2026-03-02T09:00:00Z","test":false}`, `{"status":"ok"}`} {
		j.found = nil
		wrong.Store(&answer)
		j.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/health", http.NoBody))
		if len(j.found) == 0 {
			t.Errorf("it finds nothing in %s", answer)
		}
	}
}

// behindTerminator has the portal believe who stands before it, or whoever comes by
// themselves.
func (r *rig) behindTerminator(is bool) {
	r.t.Helper()
	r.options.Terminators = nil
	if is {
		r.options.Terminators = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	r.restart()
}

// eachOperation makes each call of openapi.yaml, as a kiosk that may and as nobody.
func (r *rig) eachOperation(t *testing.T, j *judge) {
	t.Helper()
	r.domainPeople(t)
	known := rows()
	for _, o := range r.operations() {
		row := known[o.OperationID]
		cert, body := enrolByHand(t, r.portal, r.invite("K1", false)), ""
		if row.body != nil {
			body = row.body(r, "K1")
			cert = enrolByHand(t, r.portal, r.invite("K1", false)) // what is proved may have enrolled it anew
		}
		if row.before != nil {
			row.before(r, cert)
		}
		if row.at != nil {
			o.path = row.at(r, cert)
		}
		r.behindTerminator(true)
		for who, want := range map[*x509.Certificate]int{cert: http.StatusOK, nil: http.StatusUnauthorized} {
			if o.open() && who == nil {
				continue
			}
			if o.OperationID == "enrolKiosk" {
				want = http.StatusForbidden // the token is none
			}
			w := httptest.NewRecorder()
			j.ServeHTTP(w, r.request(o, who, body))
			if w.Code != want {
				t.Errorf("%s: through prism it is answered %d %s, want %d", o.OperationID, w.Code, w.Body, want)
			}
		}
		r.behindTerminator(false)
	}
}

// everyCall makes each call of the client at an address of the portal.
func (r *rig) everyCall(t *testing.T, url string) {
	t.Helper()
	r.admit(number, "mine")
	b := newBooth(t, r, url, "BOOTH")
	defer b.client.Close()
	id := b.add("mine", number)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	must(t, b.box.Wait(ctx, id))
	b.end()
	lookup := func(proof portal.Proof) func() error {
		return func() error { _, err := b.client.Appointments(ctx, proof); return err }
	}
	calls := []struct {
		name string
		do   func() error
		want error
	}{
		{"health", func() error { _, err := b.client.Health(ctx); return err }, nil},
		{"self", func() error { _, err := b.client.Self(ctx); return err }, nil},
		{"look-up", lookup(card(number, "good")), nil},
		{"look-up of a stranger", lookup(card("99010112345", "good")), portal.ErrPatientUnknown},
		{"look-up with a forged card", lookup(card(number, "signature")), portal.ErrCardRefused},
		{"a refused action", func() error {
			_, err := b.client.Send(ctx, []api.Action{r.seal(action{kiosk: "BOOTH", counter: 900, appointment: "none", card: card(number, "good")})})
			return err
		}, nil},
		{"stopping", func() error { return r.store.Stop(ctx, "BOOTH", true) }, nil},
		{"when stopped", func() error { _, err := b.client.Self(ctx); return err }, portal.ErrStopped},
	}
	for _, c := range calls {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n := int(r.calls.Load()); n < len(calls) {
		t.Errorf("only %d calls came to the portal", n)
	}
}
