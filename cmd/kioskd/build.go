package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/cmd/internal/config"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/version"
	"balie/internal/durable"
	"balie/kiosk"
	"balie/kiosk/desk"
	"balie/kiosk/info"
	"balie/kiosk/text"
	"balie/printer/form"
	"balie/printer/spool"
	"balie/printer/spool/journal"
	"balie/sync/audit"
	"balie/sync/courier"
	"balie/sync/identity"
	"balie/sync/outbox"
	"balie/sync/overrides"
	"balie/sync/portal"
	"balie/sync/seal"
	"balie/sync/worklist"
)

// booth is everything a running daemon is made of, in the order it is built in.
type booth struct {
	config  config.Config // as at the start
	live    live          // as it holds now
	log     *slog.Logger
	started time.Time

	id          string // of this kiosk, from its enrolment
	texts       *text.Catalog
	info        *info.Library
	helpers     []kiosk.Helper
	readers     *readers
	devices     map[string]driver.Device // the printers, by name
	tickets     *tickets                 // nil where the booth has no ticket printer
	journal     *journal.Journal         // of print jobs; nil where the booth has no printer
	spool       *spool.Spool             // likewise
	left        leftovers                // jobs of an earlier process that nobody has settled
	shelf       *form.Shelf              // sheets of A4 that wait for the desk
	forms       *form.Printer
	keys        identity.Keyring
	identity    *identity.Identity
	queue       *outbox.Outbox
	kept        kept
	audit       *audit.Log // of what the staff do
	portal      *portal.Client
	courier     *courier.Courier
	revocations *revocations
	worklist    *worklist.List
	overrides   *overrides.Keeper // nil where the portal may set nothing
	kiosk       *kiosk.Kiosk
	screen      *screen
	desk        *desk.Desk   // nil where the staff have none here
	deskScreen  *screen      // nil where they share the patients'
	shared      *desk.Shared // nil where they do not
	speech      *speech      // nil where the booth does not speak
	control     *controlSocket
	health      health
	codeCards   *codeCards
	freed       freed
	retired     retirement
	metrics     *metrics // nil where no address is given
	scanner     *scanner // nil where there is none
}

// build makes the parts and takes hold of what only one can have: addresses,
// sockets, the database. It starts nothing. The error says what to do and has its
// exit code.
func build(ctx context.Context, c config.Config, log *slog.Logger) (b *booth, err error) {
	b = &booth{config: c, log: log, started: time.Now(), freed: newFreed()}
	b.live.holds, b.live.file = c, c
	b.retired.done = make(chan struct{})
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
			b = nil
		}
	}()
	for _, part := range []func(context.Context) error{
		b.buildTexts, b.buildCards, b.buildPrinters, b.buildForms, b.buildSync, b.buildAudit, b.buildCodeCards, b.buildScanner, b.buildRevocations, b.buildSpeech,
		b.buildScreen, b.buildDesk, b.buildControl, b.buildMetrics,
	} {
		if err := part(ctx); err != nil {
			return b, err
		}
	}
	tickets := &given{queue: b.queue}
	b.kiosk = kiosk.New(b.settings(c, b.info, b.helpers), kiosk.Parts{
		Cards: b.readers, Portal: lookups{b.portal, tickets, fallback{b.worklist, b.readers.trust}},
		Queue: queue{b.id, b.queue, b.courier, &b.kept, tickets, b.clockKnown}, Tickets: b.ticketPart(), CodeCards: b.codeCards, Scanner: b.scannerPart(), Show: b.show, Log: log,
	})
	return b, nil
}

// settings are those of the booth's behaviour.
func (b *booth) settings(c config.Config, library *info.Library, helpers []kiosk.Helper) kiosk.Settings {
	zone, err := c.Hospital.Zone()
	if err != nil {
		zone = time.Local // config.Load has checked it
	}
	return kiosk.Settings{
		Languages: c.Booth.Languages, Hospital: c.Hospital.Name, Kiosk: b.id, Phone: c.Hospital.Phone,
		Test: len(c.Cards.TestRoots) > 0, Printer: b.tickets != nil, CodeCards: b.makesCodeCards(), Calls: true, PIN: pinSetting(c.Cards.PIN),
		Early: time.Duration(c.Booth.Early), Late: time.Duration(c.Booth.Late), Zone: zone, Texts: b.texts,
		Info: library, AppLink: c.Info.App, Helpers: helpers, Without: c.Booth.Without,
	}
}

// show shows a view of the booth.
func (b *booth) show(v kiosk.View) {
	if b.shared != nil {
		b.shared.Booth(v)
		return
	}
	b.paint(v)
}

// paint shows a view on the patients' screen. A PIN that was typed for the one before is
// gone with it.
func (b *booth) paint(v kiosk.View) {
	b.readers.pin.shown(v.Screen)
	b.screen.ui.Show(v)
	if v.Screen == kiosk.ScreenWelcome { // a visit is over
		b.freed.soon()
	}
}

// press brings what was pressed on the patients' screen to whose view it was.
func (b *booth) press(p kiosk.Press) {
	if b.shared != nil {
		b.pressShared(p)
		return
	}
	b.kiosk.Press(p)
}

// pinSetting is cards.pin as the booth takes it.
func pinSetting(text string) kiosk.PIN {
	if text == config.PINOff {
		return ""
	}
	return kiosk.PIN(text)
}

// buildSync opens what the portal must hear, and makes who carries it.
func (b *booth) buildSync(ctx context.Context) error {
	if err := b.identify(); err != nil {
		return err
	}
	ring, err := seal.OpenRing(b.state("portal-keys.json"), b.identity.Root(), b.identity.Keys())
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	key, err := b.keys.Secret(b.state("device.key"))
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	if b.queue, err = b.openQueue(ctx, outbox.Options{Kiosk: b.id, Keys: ring, MACKey: key}); err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	if b.portal, err = b.identity.Client(); err != nil {
		return exit.Errorf(exit.Usage, "portal.url: %w", err)
	}
	b.readers.nonces = newNonces(b.portal)
	b.courier = courier.New(courier.Options{Kiosk: b.id, Queue: b.queue, Portal: b.portal, Keys: ring, Log: b.log})
	return errors.Join(b.buildOverrides(), b.buildWorklist())
}

func (b *booth) state(name string) string { return filepath.Join(b.config.StateDir, name) }

// openQueue opens the queue. One that is damaged is set aside, for someone to look
// at, and the booth goes on with a new one: people stand in the hall.
func (b *booth) openQueue(ctx context.Context, o outbox.Options) (*outbox.Outbox, error) {
	path := b.state("queue.db")
	q, err := outbox.Open(ctx, path, o)
	var damaged *durable.CorruptError
	if !errors.As(err, &damaged) {
		return q, err
	}
	b.log.Error("the queue is damaged and was set aside: keep the file, what it holds may not be at the portal yet", "file", damaged.Aside)
	return outbox.Open(ctx, path, o)
}

// Run runs every part until ctx ends or one fails, and waits for all of them.
func (b *booth) Run(ctx context.Context) error {
	b.log.Info("the booth starts", "kiosk", b.id, "version", version.String(), "screen", b.screen.url, "desk", b.deskURL(),
		"test", len(b.config.Cards.TestRoots) > 0, "development", b.config.Screen.Development)
	defer b.log.Info("the booth has ended")
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		b.settleCards(ctx)
		return b.kiosk.Run(ctx)
	})
	group.Go(func() error { return b.freed.run(ctx) })
	group.Go(func() error { return b.courier.Run(ctx) })
	group.Go(func() error { return b.readers.nonces.run(ctx) })
	group.Go(func() error { return b.revocations.run(ctx) })
	group.Go(func() error { return b.runSpool(ctx) })
	group.Go(func() error { return b.tendIdentity(ctx) })
	group.Go(func() error { return b.worklist.Run(ctx) })
	group.Go(func() error { return b.readers.fixes.run(ctx) })
	group.Go(func() error { return b.screen.serve(ctx) })
	group.Go(func() error { return b.screen.admit(ctx) })
	group.Go(func() error { return b.screen.tend(ctx) })
	group.Go(func() error { return b.control.serve(ctx, b) })
	b.runDesk(ctx, group)
	if b.speech != nil {
		group.Go(func() error { return b.speech.run(ctx) })
		for _, i := range b.speech.inputs {
			group.Go(func() error { return b.speech.listens(ctx, i, b.screen.ui) })
		}
	}
	group.Go(func() error { return b.reloads(ctx) })
	group.Go(func() error { return b.tendHealth(ctx) })
	group.Go(func() error { return b.runOverrides(ctx) })
	group.Go(func() error { return b.beat(ctx) })
	group.Go(func() error { return b.retired.wait(ctx) })
	group.Go(func() error { return b.metrics.serve(ctx) })
	group.Go(func() error { return tellSystemd(ctx, b.alive) })
	return group.Wait()
}

// alive tells whether the booth's loop still turns.
func (b *booth) alive(ctx context.Context) error {
	_, err := b.kiosk.Health(ctx)
	return err
}

// Close gives back what build took hold of; parts that were not built are left out.
func (b *booth) Close() error {
	var errs []error
	if b.control != nil {
		errs = append(errs, b.control.Close())
	}
	errs = append(errs, b.metrics.Close())
	if b.screen != nil {
		errs = append(errs, b.screen.Close())
	}
	if b.deskScreen != nil {
		errs = append(errs, b.deskScreen.Close())
	}
	if b.portal != nil {
		b.portal.Close()
	}
	if b.codeCards != nil {
		errs = append(errs, b.codeCards.ledger.Close())
	}
	if b.queue != nil {
		errs = append(errs, b.queue.Close())
	}
	if b.audit != nil {
		errs = append(errs, b.audit.Close())
	}
	return errors.Join(append(errs, b.closePrinters())...)
}
