package control_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
	"balie/internal/secret"
	"balie/sync/identity"
	"balie/sync/portal"
	"balie/ui/admit"
)

// booth plays a daemon: it answers what it was given and keeps what it was told.
type booth struct {
	status  control.Status
	list    []control.Action
	printed control.Printed

	printers []control.PrinterState
	err      error
	told     []string
	kept     []control.Form
}

func (b *booth) Status(context.Context) (control.Status, error) { return b.status, b.err }

func (b *booth) Queue(_ context.Context, limit int, states ...string) ([]control.Action, error) {
	b.told = append(b.told, strings.Join(states, "+"))
	return b.list[:min(limit, len(b.list))], b.err
}

func (b *booth) Show(_ context.Context, id uuid.UUID) (control.Action, error) {
	b.told = append(b.told, "show "+id.String())
	return b.list[0], b.err
}

func (b *booth) Retry(_ context.Context, id uuid.UUID) error {
	b.told = append(b.told, "retry "+id.String())
	return b.err
}

func (b *booth) Park(_ context.Context, id uuid.UUID) error {
	b.told = append(b.told, "park "+id.String())
	return b.err
}

func (b *booth) Deliver(context.Context) error {
	b.told = append(b.told, "deliver")
	return b.err
}

func (b *booth) Printers(context.Context) ([]control.PrinterState, error) { return b.printers, b.err }

func (b *booth) Enrol(_ context.Context, e control.Enrol) (control.Enrolment, error) {
	b.told = append(b.told, "enrol "+e.Portal+" "+e.Token.Reveal())
	return control.Enrolment{Kiosk: "K1", Fingerprint: "0000"}, b.err
}

func (b *booth) Print(_ context.Context, o control.Order) (control.Printed, error) {
	b.told = append(b.told, "print "+o.Kind+" "+o.Language+" "+o.Printer+" "+string(o.Data))
	return b.printed, b.err
}

func (b *booth) Forms(context.Context) ([]control.Form, error) { return b.kept, b.err }

func (b *booth) Audit(_ context.Context, limit int) ([]control.AuditRecord, error) {
	return []control.AuditRecord{{Number: uint64(limit), Clerk: "kaat", What: "link"}}, nil
}

func (b *booth) VerifyAudit(_ context.Context, heads ...string) (control.AuditVerdict, error) {
	return control.AuditVerdict{Records: uint64(len(heads)), Why: "changed", Broken: 3}, nil
}

func (b *booth) TakeForm(_ context.Context, id int) ([]byte, error) {
	b.told = append(b.told, fmt.Sprint("take ", id))
	return []byte("%PDF"), b.err
}

func (b *booth) Config(context.Context) ([]config.Setting, error) {
	return config.Default().Settings(), b.err
}

func (b *booth) Reload(context.Context) (control.Reloaded, error) {
	b.told = append(b.told, "reload")
	return control.Reloaded{Waiting: []config.Change{{Name: "screen.listen"}}}, b.err
}

func (b *booth) Retire(_ context.Context, r control.Retire) error {
	b.told = append(b.told, fmt.Sprint("retire ", r.Exported))
	return b.err
}

func (b *booth) SetCode(_ context.Context, code secret.Text) error {
	b.told = append(b.told, "code "+code.Reveal())
	return b.err
}

// TestSetCode: the code comes through, and is not in the log.
func TestSetCode(t *testing.T) {
	b := &booth{}
	client, log := serve(t, b)
	if err := client.SetCode(t.Context(), secret.NewText("493817")); err != nil || len(b.told) != 1 || b.told[0] != "code 493817" {
		t.Errorf("%q, %v", b.told, err)
	}
	if strings.Contains(log.String(), "493817") {
		t.Error(log)
	}
}

// TestReload: what the daemon applied comes through, and so does why it took nothing.
func TestReload(t *testing.T) {
	b := &booth{}
	client, _ := serve(t, b)
	if r, err := client.Reload(t.Context()); err != nil || len(r.Waiting) != 1 || r.Waiting[0].Name != "screen.listen" {
		t.Errorf("%+v, %v", r, err)
	}
	if list, err := client.Config(t.Context()); err != nil || len(list) != len(config.Default().Settings()) {
		t.Errorf("%d settings, %v", len(list), err)
	}
	b.err = &control.ConfigError{Do: "booth.late: such a line"}
	var refused *control.ConfigError
	if _, err := client.Reload(t.Context()); !errors.As(err, &refused) || refused.Do != "booth.late: such a line" {
		t.Errorf("%v", err)
	}
}

// serve serves a booth at a socket until the test ends.
func serve(t *testing.T, b *booth) (client *control.Client, log *bytes.Buffer) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "control.sock")
	l, err := admit.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	log = &bytes.Buffer{}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	server := &control.Server{Daemon: b, Log: slog.New(slog.NewTextHandler(log, nil))}
	go func() { done <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return control.NewClient(socket), log
}

func TestAskedThroughTheSocket(t *testing.T) {
	at := time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC)
	id := uuid.MustParse("0194d0a0-0000-7000-8000-000000000001")
	b := &booth{
		status:   control.Status{Kiosk: "K1", CardService: "up", Out: []string{"no-printer"}, Queue: control.Queue{Pending: 3, Oldest: &at}},
		list:     []control.Action{{ID: id, Counter: 7, Type: "check-in", State: "parked", OccurredAt: at, Reason: "refused", Bytes: 812}},
		printed:  control.Printed{Printer: "card", Outcome: "taken", By: "ticket in output", Faults: []string{}, Steps: []control.Step{{Stage: "sent", By: "drained"}}},
		printers: []control.PrinterState{{Name: "card", Role: "card", Faults: []string{"paper-near-end"}, Reachable: true, Ready: true, Clear: true}},
	}
	c, _ := serve(t, b)
	if s, err := c.Status(t.Context()); err != nil || !reflect.DeepEqual(s, b.status) {
		t.Errorf("status: %+v, %v", s, err)
	}
	if l, err := c.Queue(t.Context(), 10, "parked", "pending"); err != nil || !reflect.DeepEqual(l, b.list) {
		t.Errorf("queue: %+v, %v", l, err)
	}
	if a, err := c.Show(t.Context(), id); err != nil || !reflect.DeepEqual(a, b.list[0]) {
		t.Errorf("show: %+v, %v", a, err)
	}
	if list, err := c.Printers(t.Context()); err != nil || !reflect.DeepEqual(list, b.printers) {
		t.Errorf("printers: %+v, %v", list, err)
	}
	if p, err := c.Print(t.Context(), control.Order{Kind: "test", Language: "nl", Printer: "card"}); err != nil || !reflect.DeepEqual(p, b.printed) {
		t.Errorf("print test: %+v, %v", p, err)
	}
	if err := errors.Join(c.Retry(t.Context(), id), c.Park(t.Context(), id), c.Deliver(t.Context())); err != nil {
		t.Error(err)
	}
	want := []string{"parked+pending", "show " + id.String(), "print test nl card ", "retry " + id.String(), "park " + id.String(), "deliver"}
	if !reflect.DeepEqual(b.told, want) {
		t.Errorf("the daemon was told %q, not %q", b.told, want)
	}
}

func TestPapersThroughTheSocket(t *testing.T) {
	b := &booth{
		printed: control.Printed{Outcome: "sent", By: "drained", Faults: []string{}},
		kept:    []control.Form{{ID: 3, Title: "form", Since: time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC)}},
	}
	c, _ := serve(t, b)
	order := control.Order{Kind: "password", Language: "fr", Printer: "desk", Data: []byte(`{"password":"x"}`)}
	if p, err := c.Print(t.Context(), order); err != nil || !reflect.DeepEqual(p, b.printed) {
		t.Errorf("print: %+v, %v", p, err)
	}
	if l, err := c.Forms(t.Context()); err != nil || !reflect.DeepEqual(l, b.kept) {
		t.Errorf("forms: %+v, %v", l, err)
	}
	if f, err := c.TakeForm(t.Context(), 3); err != nil || string(f) != "%PDF" {
		t.Errorf("take: %q, %v", f, err)
	}
	if want := []string{`print password fr desk {"password":"x"}`, "take 3"}; !reflect.DeepEqual(b.told, want) {
		t.Errorf("the daemon was told %q, not %q", b.told, want)
	}
	if l, err := c.Audit(t.Context(), 7); err != nil || len(l) != 1 || l[0].Number != 7 || l[0].Clerk != "kaat" {
		t.Errorf("audit: %+v, %v", l, err)
	}
	if v, err := c.VerifyAudit(t.Context(), "1:00", "2:00"); err != nil || v.Records != 2 || v.Why != "changed" || v.Broken != 3 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	if _, err := c.Audit(t.Context(), 100000); err == nil {
		t.Error("an audit log without end was asked for and given")
	}
	b.err = control.ErrNoForm
	if _, err := c.TakeForm(t.Context(), 4); !errors.Is(err, control.ErrNoForm) {
		t.Errorf("a form that is not kept: %v", err)
	}
	b.err = control.ErrNoPrinter
	if _, err := c.Print(t.Context(), order); !errors.Is(err, control.ErrNoPrinter) {
		t.Errorf("no such printer: %v", err)
	}
	order.Data = []byte(`{"password":"` + strings.Repeat("x", 90_000) + `"}`)
	if _, err := c.Print(t.Context(), order); err == nil || errors.Is(err, control.ErrNoPrinter) {
		t.Errorf("an order that is too long: %v", err)
	}
}

func TestErrorsComeThrough(t *testing.T) {
	id := uuid.Must(uuid.NewV7())
	b := &booth{}
	c, _ := serve(t, b)
	for _, want := range []error{control.ErrUnknown, control.ErrNoPrinter} {
		b.err = want
		_, printing := c.Print(t.Context(), control.Order{Kind: "test", Language: "nl"})
		for _, err := range []error{c.Retry(t.Context(), id), c.Park(t.Context(), id), printing} {
			if !errors.Is(err, want) {
				t.Errorf("%v came as %v", want, err)
			}
		}
	}
	b.err = errors.New("the disk is full")
	if _, err := c.Status(t.Context()); err == nil || err.Error() != "the disk is full" {
		t.Errorf("the daemon's own words came as %v", err)
	}
	if _, err := c.Queue(t.Context(), 100000); err == nil {
		t.Error("a list without end was asked for and given")
	}
}

// An enrolment comes through with its token, and a failure with its code; the token is
// in no log.
func TestEnrolThroughTheSocket(t *testing.T) {
	b := &booth{}
	c, log := serve(t, b)
	e := control.Enrol{Portal: "https://portal", Token: secret.NewText("4XJ7K")}
	if got, err := c.Enrol(t.Context(), e); err != nil || got.Kiosk != "K1" || b.told[0] != "enrol https://portal 4XJ7K" {
		t.Errorf("%+v, %v; told %q", got, err, b.told)
	}
	for want, cause := range map[string]error{
		control.TokenMistyped: portal.ErrToken, control.TokenRefused: portal.ErrTokenRefused, control.OtherKiosk: identity.ErrOtherKiosk,
		control.NotThePortal: identity.ErrNotPortal, control.PortalAway: portal.ErrAway, control.NotKept: os.ErrPermission,
	} {
		b.err = control.EnrolError(fmt.Errorf("enrolling: %w", cause))
		_, err := c.Enrol(t.Context(), e)
		var failed *control.EnrolFailure
		if !errors.As(err, &failed) || failed.Code != want || failed.Do == "" {
			t.Errorf("%v came as %v, want %s", cause, err, want)
		}
	}
	if _, err := c.Enrol(t.Context(), control.Enrol{Portal: "https://portal"}); err == nil {
		t.Error("an enrolment without a token was asked for")
	}
	if strings.Contains(log.String(), "4XJ7K") || !strings.Contains(log.String(), "enrolment") {
		t.Errorf("the log says %s", log)
	}
}

func TestMetrics(t *testing.T) {
	b := &booth{status: control.Status{CardService: "up", Visits: 12, Out: []string{"x"}, Queue: control.Queue{Pending: 3, SetAside: []string{"a"}}}}
	b.status.Faults = []fault.Shown{{Finding: fault.Found("printer ticket", "printer-mute", "a fact is not told")}}
	ahead := -3.5
	b.status.Portal.ClockAhead = &ahead
	c, _ := serve(t, b)
	text, err := c.Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"balie_up 1", "balie_visits_total 12", "balie_out_of_order 1", "balie_card_service_up 1", "balie_printer_ready 0", "balie_queue_pending 3", "balie_queue_oldest_seconds 0",
		"balie_queue_set_aside 1", `balie_fault{fault="printer-mute",part="printer ticket",state="error"} 1`, "balie_portal_clock_ahead_seconds -3.5"} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("%q is not among the metrics:\n%s", line, text)
		}
	}
	b.err = errors.New("hangs")
	if text, err = c.Metrics(t.Context()); err != nil || !strings.Contains(string(text), "\nbalie_up 0\n") {
		t.Errorf("a booth that does not answer gives %v:\n%s", err, text)
	}
}

func TestNobodyThere(t *testing.T) {
	dir := t.TempDir()
	if _, err := control.NewClient(filepath.Join(dir, "none.sock")).Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	l, err := admit.Listen(filepath.Join(dir, "dead.sock"))
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := control.NewClient(filepath.Join(dir, "dead.sock")).Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("a dead daemon's socket: %v", err)
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		name  string
		group string
		ok    bool
	}{{"nobody else", "", true}, {"a group of this machine", "root", true}, {"a number", "4711", true}, {"no such group", "no-such-group", false}} {
		if err := (control.Allowed{Group: c.group}).Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
