package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"balie/sync/overrides"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

func callChecks() []Check {
	return []Check{
		{"no call is answered to who is no kiosk", toNobody},
		{"what is not the API's is 400, and what is said is not repeated", badRequests},
		{"the portal says who this kiosk is, and its clock", self},
		{"settings are signed, of this kiosk, and not sent twice", settings},
		{"a kiosk whose queue is not empty is not retired", notDrained},
	}
}

// raw makes a call by hand, as whom send is, and gives the status, the code of the problem and the body.
func (r *run) raw(send http.RoundTripper, method, path, body string) (status int, code, text string, err error) {
	req, err := http.NewRequestWithContext(r.ctx, method, r.t.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", `"`+unique()+`"`)
	resp, err := (&http.Client{Timeout: byHand, Transport: send}).Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var p api.Problem
	_ = json.Unmarshal(raw, &p) // what is none has no code
	if resp.Header.Get("Content-Type") != "application/problem+json" {
		p.Code = ""
	}
	return resp.StatusCode, p.Code, string(raw), err
}

// eachCall goes through the calls of openapi.yaml that a kiosk makes.
func eachCall(do func(method, path string)) error {
	doc, err := openapi3.NewLoader().LoadFromData(portal.Spec())
	if err != nil {
		return fmt.Errorf("reading openapi.yaml: %w", err)
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.Security != nil && len(*operation.Security) == 0 {
				continue
			}
			do(method, strings.NewReplacer("{card}", "CARD-OF-NOBODY", "{link}", "link-of-nobody", "{call}", "00000000-0000-7000-8000-000000000000", "{appointment}", "x").Replace(path))
		}
	}
	return nil
}

func toNobody(r *run) error {
	return eachCall(func(method, path string) {
		if status, code, _, err := r.raw(r.outside, method, path, "{}"); err != nil || status != http.StatusUnauthorized || code != "unauthorized" {
			r.wrong("%s %s: %d %s, %v", method, path, status, code, err)
		}
	})
}

func badRequests(r *run) error {
	const canary = "91111111111"
	return eachCall(func(method, path string) {
		if method == http.MethodGet {
			return
		}
		bodies := []string{"{", `"` + canary + `"`, `{"person":"` + canary + `","holder":"` + canary + `","attested":5,"proof":"` + canary + `","actions":"` + canary + `","card":"` + canary + `"}`}
		if path == "/v1/challenges" {
			return // it has no body
		}
		for _, body := range bodies {
			status, code, text, err := r.raw(r.one.send, method, path, body)
			if err != nil || status != http.StatusBadRequest || code != "bad-request" || strings.Contains(text, canary) {
				r.wrong("%s %s %s: %d %s, %v", method, path, body, status, code, err)
			}
		}
	})
}

func self(r *run) error {
	s, err := r.one.Self(r.ctx)
	if err != nil || s.Kiosk != r.t.Kiosk.ID {
		return errors.Join(fmt.Errorf("this kiosk is %q", s.Kiosk), err)
	}
	h, err := r.one.Health(r.ctx)
	if err != nil || !h.Test {
		return errors.Join(errors.New("the portal does not say that it believes a test root"), err)
	}
	return nil
}

func settings(r *run) error {
	signed, changed, err := r.one.Overrides(r.ctx, 0)
	if err != nil || !changed {
		return fmt.Errorf("no settings are given: %w", err)
	}
	set, err := overrides.Verify(signed, r.t.Kiosk.Root, r.t.Kiosk.ID)
	if err != nil {
		return err
	}
	if _, changed, err := r.one.Overrides(r.ctx, set.Version); err != nil || changed && set.Version > 0 {
		r.wrong("the same version again: %v, %w", changed, err)
	}
	other, _, err := r.two.Overrides(r.ctx, 0)
	if err != nil {
		return err
	}
	if _, err := overrides.Verify(other, r.t.Other.Root, r.t.Other.ID); err != nil {
		r.wrong("of the other kiosk: %w", err)
	}
	return nil
}

// notDrained does not go further: a kiosk that is retired could not run the suite again.
func notDrained(r *run) error {
	r.refused("with one waiting", r.one.Retire(r.ctx, 1, 0), "not-drained")
	_, err := r.one.Self(r.ctx)
	return err
}
