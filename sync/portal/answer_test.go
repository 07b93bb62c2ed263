package portal_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// answering is a client of a portal that answers every call with body.
func answering(t *testing.T, body string) *portal.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	c, err := portal.New(portal.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// lookup is an answer with one appointment, with more fields of it.
func lookup(more string) string {
	return `{"day":"2026-03-02","appointments":[{"id":"a","start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:20:00Z","label":"Raadpleging"` + more + `}]}`
}

// many is an answer with n appointments.
func many(n int) string {
	one := strings.TrimSuffix(strings.TrimPrefix(lookup(""), `{"day":"2026-03-02","appointments":[`), "]}")
	return `{"day":"2026-03-02","appointments":[` + strings.Repeat(one+",", n-1) + one + "]}"
}

func TestAppointmentsAreWhatTheAPISays(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want int
	}{
		"none":            {`{"day":"2026-03-02","appointments":[]}`, 0},
		"one":             {lookup(""), 1},
		"longest":         {lookup(`,"place":"` + strings.Repeat("é", 120) + `"`), 1},
		"null":            {`null`, -1},
		"nothing":         {`{}`, -1},
		"no list":         {`{"day":"2026-03-02","appointments":null}`, -1},
		"no day":          {`{"appointments":[]}`, -1},
		"an empty one":    {`{"day":"2026-03-02","appointments":[{}]}`, -1},
		"no start":        {strings.Replace(lookup(""), `"start":"2026-03-02T09:00:00Z",`, "", 1), -1},
		"long id":         {strings.Replace(lookup(""), `"id":"a"`, `"id":"`+strings.Repeat("a", 65)+`"`, 1), -1},
		"long place":      {lookup(`,"place":"` + strings.Repeat("é", 121) + `"`), -1},
		"long route":      {lookup(`,"route":"` + strings.Repeat("x", 900_000) + `"`), -1},
		"too much for QR": {lookup(`,"route_url":"https://` + strings.Repeat("x", 300) + `"`), -1},
		"long ticket":     {lookup(`,"ticket":"` + strings.Repeat("x", 21) + `"`), -1},
		"most":            {many(100), 100},
		"too many":        {many(101), -1},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := answering(t, tt.body).Appointments(t.Context(), portal.Proof{})
			switch {
			case tt.want < 0 && !errors.Is(err, portal.ErrAway):
				t.Errorf("%d appointments, %v; want ErrAway", len(list), err)
			case tt.want >= 0 && (err != nil || len(list) != tt.want):
				t.Errorf("%d appointments, %v; want %d", len(list), err, tt.want)
			}
		})
	}
}

// A portal that names no kiosk does not say that this one is another.
func TestSelfNamesAKiosk(t *testing.T) {
	for _, body := range []string{`null`, `{}`, `{"name":"K1"}`} {
		if self, err := answering(t, body).Self(t.Context()); !errors.Is(err, portal.ErrAway) {
			t.Errorf("%s: %+v, %v", body, self, err)
		}
	}
	if self, err := answering(t, `{"id":"K1"}`).Self(t.Context()); err != nil || self.Kiosk != "K1" {
		t.Errorf("%+v, %v", self, err)
	}
}

// An answer that is not to what was asked is none, whatever call it is.
func TestAnswersAreToWhatWasAsked(t *testing.T) {
	const id = "018f0000-0000-7000-8000-000000000000"
	calls := map[string]func(*portal.Client) error{
		"challenge": func(c *portal.Client) error { _, _, err := c.Challenge(t.Context()); return err },
		"account":   func(c *portal.Client) error { _, err := c.AccountStatus(t.Context(), portal.Person{}); return err },
		"unlock":    func(c *portal.Client) error { _, err := c.UnlockAccount(t.Context(), id, portal.Person{}); return err },
		"password": func(c *portal.Client) error {
			_, err := c.SetPassword(t.Context(), id, portal.Person{}, secret.Bytes{})
			return err
		},
		"reserve": func(c *portal.Client) error {
			_, err := c.ReserveCard(t.Context(), id, id, portal.Person{})
			return err
		},
		"card": func(c *portal.Client) error { _, err := c.Card(t.Context(), id); return err },
		"link": func(c *portal.Client) error { _, err := c.Link(t.Context(), id); return err },
		"by number": func(c *portal.Client) error {
			_, err := c.AppointmentsByNumber(t.Context(), portal.Attested{})
			return err
		},
		"by letter": func(c *portal.Client) error {
			_, err := c.AppointmentByLetter(t.Context(), secret.Text{}, secret.Text{})
			return err
		},
		"cancel": func(c *portal.Client) error {
			_, err := c.Cancel(t.Context(), id, id, portal.Proof{}, portal.HolderProof{})
			return err
		},
		"app":         func(c *portal.Client) error { _, err := c.RegisterApp(t.Context(), id, portal.Person{}); return err },
		"staff":       func(c *portal.Client) error { _, err := c.Staff(t.Context(), make([]byte, 32)); return err },
		"call staff":  func(c *portal.Client) error { _, err := c.CallStaff(t.Context(), id, api.HelpCall{}); return err },
		"help call":   func(c *portal.Client) error { _, err := c.HelpCall(t.Context(), uuid.MustParse(id)); return err },
		"retire":      func(c *portal.Client) error { return c.Retire(t.Context(), 0, 0) },
		"certificate": func(c *portal.Client) error { _, err := c.CertificateStatus(t.Context(), "", ""); return err },
	}
	for _, body := range []string{
		`null`, `{}`, `[]`, `{"card":"another","link":"another","call":"` + id[:35] + `1","state":"active","status":"good","appointment":"another","code":"x"}`,
		`{"state":"` + id + `","status":"` + id + `","user_name":"` + id + `","card":"` + id + `","link":"` + id + `","challenge":"AAAA","payload":"e30=","signature":"AAAA"}`,
	} {
		client := answering(t, body)
		for name, ask := range calls {
			if err := ask(client); !errors.Is(err, portal.ErrAway) || strings.Contains(err.Error(), id) {
				t.Errorf("%s, answered %s: %v", name, body, err)
			}
		}
	}
}
