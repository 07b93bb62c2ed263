package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/doctor"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/roots"
	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
	"balie/kiosk"
)

// probeTime is how long pcscd may take to answer at the start. One that does not is
// waited for later.
const probeTime = 3 * time.Second

// readers are the patient's readers and what makes a card in them believable.
type readers struct {
	pcsc  *pcsc.Readers
	trust *eid.Trust
	desk  deskReaders
	route route  // whose the readers are at the moment
	pin   pinBox // what was typed on the screen
	fixes *repair
	log   *slog.Logger

	nonces *nonces // for the chip to answer; nil: its own

	mu   sync.Mutex
	down error // guarded by mu; why there is no card service
}

var _ kiosk.Cards = (*readers)(nil)

func (b *booth) buildCards(ctx context.Context) error {
	c := b.config.Cards
	testRoots, err := roots.Read(c.TestRoots...)
	if err != nil {
		return exit.Errorf(exit.Usage, "cards.test_roots: %w", err)
	}
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: testRoots, CRLs: c.CRLs})
	if err != nil {
		return exit.Errorf(exit.Usage, "cards.crls: %w", err)
	}
	options := c.Readers()
	options.Sockets = true // a reader that hangs is switched off and on where it is plugged in
	service := pcsc.New(options)
	b.readers = &readers{pcsc: service, trust: trust, fixes: newRepair(b.config.RunDir, service.Socket, b.log), log: b.log}
	return b.readers.probe(ctx, c)
}

// probe finds what can only be a mistake: no rights, or a name that none of the
// readers has. No pcscd, and no reader at all, may pass.
func (r *readers) probe(ctx context.Context, c config.Cards) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	names, err := r.pcsc.List(ctx)
	switch {
	case errors.Is(err, pcsc.ErrNoAccess):
		return exit.Errorf(exitUnusable, "%w: install packaging/polkit/50-balie-pcsc.rules, or run as a user it allows", err)
	case err != nil:
		r.log.Warn("no card service yet: waiting for it", "err", err)
		return nil
	case len(names) == 0:
		r.log.Warn("no card reader yet: waiting for one to be plugged in")
		return nil
	}
	return r.assigned(c, names)
}

// assigned makes sure that the readers that are there are told apart, and that the
// patient's is among them.
func (r *readers) assigned(c config.Cards, names []string) error {
	roles := map[string][]string{}
	for _, name := range names {
		for _, role := range r.pcsc.Roles(name) {
			roles[role] = append(roles[role], name)
		}
		if len(r.pcsc.Roles(name)) > 1 && c.Reader != "" {
			return exit.Errorf(exitUnusable, "cards.reader and cards.desk_reader both mean %q: name one by where it is plugged in, \"usb:…\"; kioskctl card watch shows that", name)
		}
	}
	if len(roles[config.PatientReader]) == 0 && c.Reader != "" {
		return exit.Errorf(exitUnusable, "cards.reader: no reader is named like %q: there are %q; kioskctl card watch shows them", c.Reader, names)
	}
	if c.DeskReader != "" && len(roles[config.DeskReader]) == 0 {
		r.log.Warn("the desk's reader is not there: waiting for it", "desk_reader", c.DeskReader)
	}
	return nil
}

// Watch reports what happens at the patient's readers, and keeps account of the
// desk's.
func (r *readers) Watch(ctx context.Context, report func(kiosk.CardEvent)) error {
	return r.pcsc.Watch(ctx, func(e pcsc.Event) {
		if e.Reader != "" && e.Role == "" {
			return
		}
		r.note(e)
		if e.Role == config.DeskReader {
			r.desk.note(e)
		}
		r.route.event(ctx, e.Role == config.DeskReader, kiosk.CardEvent{Kind: eventKind(e.Kind), Reader: e.Reader}, report)
	})
}

// note writes what a technician wants to know of the readers.
func (r *readers) note(e pcsc.Event) {
	if e.Kind == pcsc.ServiceDown || e.Kind == pcsc.ServiceUp {
		r.mu.Lock()
		r.down = e.Err
		r.mu.Unlock()
		r.fixes.note(e)
	}
	attrs := []any{}
	if e.Reader != "" {
		attrs = append(attrs, "reader", e.Reader, "role", e.Role)
	}
	if e.Err != nil {
		attrs = append(attrs, "err", e.Err)
	}
	if e.Kind == pcsc.ServiceDown || e.Kind == pcsc.ReaderLost || e.Kind == pcsc.ReaderClaimed || e.Kind == pcsc.CardMute {
		r.log.Warn(e.Kind.String(), attrs...)
		return
	}
	r.log.Info(e.Kind.String(), attrs...)
}

// service is how the card service is, "up" or why not, and the code of the fault that
// this is.
func (r *readers) service() (how, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down != nil {
		return strings.ReplaceAll(r.down.Error(), "\n", " "), doctor.CardFault(r.down)
	}
	return "up", ""
}

func eventKind(k pcsc.Kind) kiosk.CardEventKind {
	return map[pcsc.Kind]kiosk.CardEventKind{
		pcsc.ReaderReady: kiosk.ReaderReady, pcsc.ReaderLost: kiosk.ReaderLost, pcsc.ReaderClaimed: kiosk.ReaderClaimed,
		pcsc.CardInserted: kiosk.CardInserted, pcsc.CardMute: kiosk.CardMute, pcsc.CardRemoved: kiosk.CardRemoved,
		pcsc.ServiceDown: kiosk.CardsDown, pcsc.ServiceUp: kiosk.CardsUp,
	}[k]
}

// Read reads what a check-in takes: identity, address, their signatures, and the
// chip's proof that it is no copy.
func (r *readers) Read(ctx context.Context, reader string, seen func(eid.Identity)) (eid.Record, error) {
	return r.readWanted(ctx, reader, eid.Want{Address: true, Genuine: true, Holder: true}, seen)
}

func (r *readers) readWanted(ctx context.Context, reader string, want eid.Want, seen func(eid.Identity)) (eid.Record, error) {
	record, err := r.record(ctx, reader, want, seen)
	r.fixes.read(reader, err)
	return record, err
}

func (r *readers) record(ctx context.Context, reader string, want eid.Want, seen func(eid.Identity)) (eid.Record, error) {
	c, err := r.pcsc.Connect(ctx, reader)
	if err != nil {
		return eid.Record{}, cardError(err)
	}
	defer func() { _ = c.Close() }() // the card is read or lost
	began := time.Now()
	if want.Genuine {
		want.Challenge = r.nonces.take()
	}
	record, err := eid.Read(ctx, c, r.trust, want, seen)
	r.log.Info("card read", "applet", record.Applet, "exchanges", record.Exchanges, "bytes", record.Bytes, "took_ms", time.Since(began).Milliseconds(),
		"identity", record.Checks.IdentitySignature, "address", record.Checks.AddressSignature, "chain", record.Checks.Chain,
		"chip", record.Checks.ChipNumber, "genuine", record.Checks.Genuine, "validity", record.Checks.Validity)
	return record, cardError(err)
}

// cardError says which of the kiosk's errors it is, and keeps the rest for the log.
func cardError(err error) error {
	var kind error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, card.ErrRemoved), errors.Is(err, pcsc.ErrNoCard), errors.Is(err, pcsc.ErrNoReader):
		kind = kiosk.ErrCardRemoved
	case errors.Is(err, eid.ErrNotBelgian):
		kind = kiosk.ErrCardForeign
	default:
		kind = kiosk.ErrCardUnreadable
	}
	return fmt.Errorf("%w: %w", kind, err)
}
