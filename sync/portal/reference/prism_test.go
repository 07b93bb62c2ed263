package reference_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/prismtest"
)

// TestPrism makes each call of openapi.yaml, each of the client, well and refused, and a
// whole booth's way, through prism, which must find nothing; then a portal answers
// wrongly, and it must find that.
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
	j := prismtest.Behind(t, behind.URL)
	r.eachOperation(t, j)
	r.behindTerminator(true)
	r.everyCall(t, r.secure(j))
	if found, calls := j.Found(); len(found) > 0 || calls < len(r.operations()) {
		t.Errorf("in %d calls, violations:\n%s", calls, strings.Join(found, "\n"))
	}
	for _, answer := range []string{`{"status":7,"time":"2026-03-02T09:00:00Z","test":false}`, `{"status":"ok"}`} {
		wrong.Store(&answer)
		j.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/health", http.NoBody))
		if found, _ := j.Found(); len(found) == 0 {
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
func (r *rig) eachOperation(t *testing.T, j *prismtest.Judge) {
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
