package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/ui/admit"
)

// daemon plays one with a single action in its queue.
type daemon struct {
	control.Daemon
	action  control.Action
	done    []string
	audit   []control.AuditRecord
	verdict control.AuditVerdict
}

func (d *daemon) Status(context.Context) (control.Status, error) {
	ahead := -90.0
	return control.Status{
		CardService: "up", Portal: control.Portal{Reachable: true, ClockAhead: &ahead},
		Queue: control.Queue{Pending: 1, Parked: 2, Acknowledged: 3, Oldest: &d.action.OccurredAt, SetAside: []string{"/var/lib/balie/queue.db.corrupt-x"}},
	}, nil
}

func (d *daemon) Queue(context.Context, int, ...string) ([]control.Action, error) {
	return []control.Action{d.action}, nil
}

func (d *daemon) one(what string, id uuid.UUID) error {
	if id != d.action.ID {
		return control.ErrUnknown
	}
	d.done = append(d.done, what)
	return nil
}

func (d *daemon) Show(_ context.Context, id uuid.UUID) (control.Action, error) {
	return d.action, d.one("show", id)
}

func (d *daemon) Retry(_ context.Context, id uuid.UUID) error { return d.one("retry", id) }

func (d *daemon) Park(_ context.Context, id uuid.UUID) error { return d.one("park", id) }

func (d *daemon) Deliver(context.Context) error { return nil }

// ctl runs kioskctl against a daemon.
func ctl(t *testing.T, d *daemon, args ...string) (code int, said, complained string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "control.sock")
	l, err := admit.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	server := &control.Server{Daemon: d, Log: slog.New(slog.DiscardHandler)}
	go func() { served <- server.Serve(ctx, l) }()
	var out, bad strings.Builder
	cmd := root()
	cmd.SetOut(&out)
	code = exit.Execute(t.Context(), cmd, append(args, "--socket", socket), &bad, coded)
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	return code, out.String(), bad.String()
}

func TestQueueCommands(t *testing.T) {
	id, stranger := "0194d0a0-0000-7000-8000-000000000001", "0194d0a0-0000-7000-8000-000000000002"
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.Local)
	d := &daemon{action: control.Action{
		ID: uuid.MustParse(id), Counter: 7, Type: "check-in", State: "parked", Attempts: 2, OccurredAt: at, SettledAt: &at,
		Reason: "patient-unknown", KeyID: "k1", Bytes: 812,
	}}
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"list"}, 0, []string{"COUNTER", id, "check-in", "parked", "patient-unknown"}},
		{[]string{"show", id}, 0, []string{"counter   7\n", "settled   2026-03-02 10:00:00\n", "reason    patient-unknown\n", "812 bytes, to the portal's key k1"}},
		{[]string{"stats"}, 0, []string{"pending             1\n", "parked              2\n", "acknowledged        3\n", "2026-03-02 10:00:00", "queue.db.corrupt-x"}},
		{[]string{"retry", id}, 0, nil},
		{[]string{"park", id}, 0, nil},
		{[]string{"show", stranger}, 3, []string{"no such action", "kioskctl queue list"}},
		{[]string{"retry", stranger}, 3, []string{"no such action"}},
		{[]string{"park", stranger}, 3, []string{"no such action"}},
		{[]string{"show", "85073003328"}, 2, []string{"not the id of an action"}},
		{[]string{"show"}, 2, []string{"accepts 1 arg"}},
		{[]string{"list", "--state", "lost"}, 2, []string{"none of pending, parked, acknowledged"}},
	} {
		code, said, complained := ctl(t, d, append([]string{"queue"}, c.args...)...)
		for _, part := range c.says {
			if !strings.Contains(said+complained, part) {
				t.Errorf("%v does not say %q:\n%s%s", c.args, part, said, complained)
			}
		}
		if code != c.code {
			t.Errorf("%v ends with %d, not %d: %s", c.args, code, c.code, complained)
		}
	}
	if got := strings.Join(d.done, " "); got != "show retry park" {
		t.Errorf("done: %s", got)
	}
}

func TestQueueAsJSON(t *testing.T) {
	d := &daemon{action: control.Action{ID: uuid.MustParse("0194d0a0-0000-7000-8000-000000000001"), Counter: 7, State: "pending"}}
	for _, c := range []struct {
		args []string
		want string
		into any
	}{
		{[]string{"list"}, `"counter": 7`, &[]control.Action{}},
		{[]string{"show", d.action.ID.String()}, `"counter": 7`, &control.Action{}},
		{[]string{"stats"}, `"acknowledged": 3`, &control.Queue{}},
	} {
		code, said, complained := ctl(t, d, append([]string{"queue"}, append(c.args, "--json")...)...)
		if err := json.Unmarshal([]byte(said), c.into); err != nil || code != 0 || !strings.Contains(said, c.want) {
			t.Errorf("%v: %d, %v, %s%s", c.args, code, err, said, complained)
		}
	}
}

func TestStatusTellsOfClockAndDamage(t *testing.T) {
	_, said, _ := ctl(t, &daemon{}, "status")
	for _, part := range []string{"! clock: Clock is wrong: the portal's is 1m30s behind this one", "! queue: A damaged queue lies aside: /var/lib/balie/queue.db.corrupt-x"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is not said:\n%s", part, said)
		}
	}
}
