package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/version"
	"balie/kiosk"
	"balie/printer"
	"balie/sync/outbox"
	"balie/ui/admit"
)

// controlSocket is the technician's door.
type controlSocket struct {
	listener *net.UnixListener
	allowed  control.Allowed
	log      *slog.Logger
}

func (b *booth) buildControl(context.Context) error {
	allowed := control.Allowed{Group: b.config.Control.Group}
	if err := allowed.Check(); err != nil {
		return exit.Errorf(exitUnusable, "control.group: %w", err)
	}
	l, err := admit.Listen(filepath.Join(b.config.RunDir, "control.sock"))
	if err != nil {
		return exit.Errorf(exitUnusable, "run_dir: %w", err)
	}
	b.control = &controlSocket{listener: l, allowed: allowed, log: b.log}
	return nil
}

func (c *controlSocket) serve(ctx context.Context, d control.Daemon) error {
	return (&control.Server{Daemon: d, May: c.allowed, Log: c.log}).Serve(ctx, c.listener)
}

func (c *controlSocket) Close() error {
	if err := c.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

var _ control.Daemon = (*booth)(nil)

// Status is how everything stands.
func (b *booth) Status(ctx context.Context) (control.Status, error) {
	health, err := b.kiosk.Health(ctx)
	if err != nil {
		return control.Status{}, err
	}
	readers, out := readerStates(health.Readers), health.Out
	if taken := b.readers.route.atDesk(); taken != nil { // a booth whose readers a clerk has is in order
		readers, out = taken, slices.DeleteFunc(slices.Clone(out), func(what string) bool { return what == "no-reader" })
	}
	portal, queue := b.portalStatus(ctx)
	service, serviceFault := b.readers.service()
	s := control.Status{
		Kiosk: b.id, Version: version.String(), Started: b.started,
		Test: len(b.config.Cards.TestRoots) > 0, Development: b.config.Screen.Development,
		Visits: health.Visits, Out: append([]string{}, out...),
		Screen:      control.Screen{Showing: string(health.Screen), URL: b.screen.url, Alive: control.Moment(b.screen.ui.Alive())},
		CardService: service, CardFault: serviceFault, DeskReader: b.config.Cards.DeskReader != "",
		Readers: append(readers, b.readers.desk.states()...), Printer: b.printerStatus(health.Printer),
		Portal: portal, Queue: queue, Revocations: b.revocations.status(), Identity: b.identityStatus(), Worklist: b.worklistStatus(),
	}
	s.Faults = b.health.shown(s, b.config)
	return s, nil
}

func readerStates(list []kiosk.Reader) []control.Reader {
	out := make([]control.Reader, 0, len(list))
	for _, r := range list {
		state := "empty"
		switch {
		case r.Claimed:
			state = "claimed by another program"
		case r.Spent:
			state = "card left in"
		case r.Card:
			state = "card"
		}
		out = append(out, control.Reader{Name: r.Name, Role: config.PatientReader, State: state})
	}
	return out
}

func (b *booth) printerStatus(last printer.Status) control.Printer {
	if b.tickets == nil {
		return control.Printer{Faults: []string{}}
	}
	p := control.Printer{Configured: true, Ready: last.Ready(), Port: b.tickets.Port, Profile: b.tickets.Profile, Faults: faultNames(last)}
	if err := b.tickets.trouble(); err != nil {
		p.Ready, p.Error, p.Fault = false, err.Error(), driver.Fault(err)
	}
	return p
}

func faultNames(s printer.Status) []string {
	names := make([]string, 0, len(s.Faults))
	for _, f := range s.Faults {
		names = append(names, string(f))
	}
	return names
}

func (b *booth) portalStatus(ctx context.Context) (control.Portal, control.Queue) {
	s, err := b.courier.State(ctx)
	portal := control.Portal{
		URL: b.identity.URL(), Reachable: s.Reachable, Stopped: s.Stopped, LastOK: control.Moment(s.LastOK),
		NextTry: control.Moment(s.NextTry), Error: s.Error, Keys: s.Keys,
	}
	if skew := b.portal.Skew(); !skew.MeasuredAt.IsZero() {
		ahead := skew.Ahead.Seconds()
		portal.ClockAhead = &ahead
	}
	queue := control.Queue{
		Pending: s.Waiting, Parked: s.Parked, Acknowledged: s.Acknowledged, Oldest: control.Moment(s.Oldest),
		SetAside: b.setAside(), Error: b.kept.trouble(), Full: b.kept.full(),
	}
	if err != nil {
		queue.Error = err.Error()
	}
	return portal, queue
}

// Queue lists actions.
func (b *booth) Queue(ctx context.Context, limit int, states ...string) ([]control.Action, error) {
	var of []outbox.State
	for _, s := range states {
		of = append(of, outbox.State(s))
	}
	rows, err := b.queue.List(ctx, limit, of...)
	if err != nil {
		return nil, err
	}
	list := make([]control.Action, 0, len(rows))
	for _, r := range rows {
		list = append(list, actionOf(r))
	}
	return list, nil
}

func actionOf(r outbox.Row) control.Action {
	return control.Action{
		ID: r.ID, Counter: r.Counter, Type: r.Type, Priority: r.Priority, State: string(r.State), Attempts: r.Attempts, OccurredAt: r.OccurredAt,
		NotBefore: control.Moment(r.NotBefore), SettledAt: control.Moment(r.SettledAt), Reason: r.Reason, KeyID: r.KeyID, Bytes: r.Bytes,
	}
}

// Show gives one action.
func (b *booth) Show(ctx context.Context, id uuid.UUID) (control.Action, error) {
	row, err := b.queue.Show(ctx, id)
	return actionOf(row), changed(err)
}

// setAside gives the files of damaged queues that nobody took away yet, without their
// logs: what they hold may not be at the portal.
func (b *booth) setAside() []string {
	files, err := filepath.Glob(b.state("queue.db.corrupt-*"))
	if err != nil {
		return []string{} // of a pattern that is none: ours is one
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "-wal") || strings.HasSuffix(f, "-shm") })
	return append([]string{}, files...)
}

// Retry makes a parked action pending again.
func (b *booth) Retry(ctx context.Context, id uuid.UUID) error {
	return changed(b.queue.Retry(ctx, id))
}

// Park takes a pending action out of the way.
func (b *booth) Park(ctx context.Context, id uuid.UUID) error {
	return changed(b.queue.Park(ctx, id, "by-technician"))
}

// changed is an error of the queue as the technician's door knows it.
func changed(err error) error {
	if errors.Is(err, outbox.ErrUnknown) {
		return control.ErrUnknown
	}
	return err
}

// Deliver has the courier try now.
func (b *booth) Deliver(context.Context) error {
	b.courier.Try()
	return nil
}
