package spool_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/printertest"
	"balie/printer/spool"
	"balie/printer/spool/journal"
)

// device is a virtual printer and its driver.
type device struct {
	*printertest.Printer
	driver *escpos.Printer
}

func newDevice(t *testing.T, profile string, o printertest.Options) device {
	t.Helper()
	p, err := escpos.LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	o.Columns, o.Dots, o.Custom = p.Columns, p.Dots, p.Present.Hold > 0
	d := printertest.New(o)
	return device{d, escpos.New(printertest.NewCable(d).Open, p, slog.New(slog.DiscardHandler))}
}

// rig is a spool with a printer of each kind, in a time of its own.
type rig struct {
	*spool.Spool
	left    []spool.Entry
	journal spool.Journal
	ticket  device // Epson
	card    device // with a mouth
	ended   chan struct{}
}

// breaking is a journal that can fail.
type breaking struct {
	*journal.Journal
	begin, reach, end error
}

func (b *breaking) Begin(ctx context.Context, e spool.Entry) error {
	return errors.Join(b.begin, b.Journal.Begin(ctx, e))
}

func (b *breaking) Reach(ctx context.Context, id uuid.UUID, s printer.Stage, by string) error {
	return errors.Join(b.reach, b.Journal.Reach(ctx, id, s, by))
}

func (b *breaking) End(ctx context.Context, id uuid.UUID, o printer.Outcome, by string) error {
	if b.end != nil {
		return b.end
	}
	return b.Journal.End(ctx, id, o, by)
}

// inOwnTime runs a test with a rig; prepare, which may be nil, is called before the
// spool is opened.
func inOwnTime(t *testing.T, prepare func(*rig, *breaking), test func(*testing.T, *rig, *breaking)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		j, err := journal.Open(t.Context(), filepath.Join(dir, "print.db"))
		if err != nil {
			t.Fatal(err)
		}
		b := &breaking{Journal: j}
		r := &rig{journal: b, ticket: newDevice(t, "epson-tm", printertest.Options{}), card: newDevice(t, "custom-vkp80", printertest.Options{})}
		if prepare != nil {
			prepare(r, b)
		}
		r.Spool, r.left, err = spool.Open(t.Context(), spool.Options{
			Journal: b, Log: slog.New(slog.DiscardHandler),
			Printers: map[string]printer.Printer{"ticket": r.ticket.driver, "card": r.card.driver},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r.ended = make(chan struct{})
		go func() {
			defer close(r.ended)
			if err := r.Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		test(t, r, b)
		cancel()
		<-r.ended
		if err := errors.Join(r.ticket.driver.Close(), r.card.driver.Close(), j.Close()); err != nil {
			t.Error(err)
		}
	})
}

func slip(text string, secret bool) printer.Document {
	return printer.Document{Secret: secret, Blocks: []printer.Block{printer.Paragraph{Text: text}, printer.QR{Data: text}, printer.Paragraph{Text: "end of it"}}}
}

func (r *rig) submit(t *testing.T, name, text string, secret bool) *spool.Pending {
	t.Helper()
	p, err := r.Submit(t.Context(), spool.Job{ID: uuid.New(), Printer: name, Document: slip(text, secret)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func expect(t *testing.T, p *spool.Pending, want printer.Outcome) {
	t.Helper()
	<-p.Done()
	if r, err := p.Result(); r.Outcome != want {
		t.Errorf("%v by %q, expected %v: %v", r.Outcome, r.By, want, err)
	}
}

func texts(d device) (list []string) {
	for _, p := range d.Papers() {
		list = append(list, p.Lines()[0])
	}
	return list
}

// TestOrder: jobs of one printer come out in the order in which they were asked for,
// and one printer does not wait for another.
func TestOrder(t *testing.T) {
	inOwnTime(t, nil, func(t *testing.T, r *rig, _ *breaking) {
		r.card.Set(printertest.Forgotten, true)
		held := r.submit(t, "card", "held", true)
		<-held.Out()
		behind := r.submit(t, "card", "behind", false)
		var jobs []*spool.Pending
		want := strings.Fields("a b c d e")
		for _, text := range want {
			jobs = append(jobs, r.submit(t, "ticket", text, false))
		}
		for _, p := range jobs {
			expect(t, p, printer.Confirmed)
		}
		if got := texts(r.ticket); !slices.Equal(got, want) {
			t.Errorf("came out %v", got)
		}
		if s := r.State("card"); s.Waiting != 2 || s.Stage != printer.Held || !s.Clear || behind.Stage() != spool.Asked {
			t.Errorf("%+v, and the one behind is %s", s, behind.Stage())
		}
		expect(t, held, printer.Retracted)
		r.card.Set(printertest.Forgotten, false)
		expect(t, behind, printer.Taken)
	})
}

// TestOnce: what is asked for twice is printed once, in this process and the next.
func TestOnce(t *testing.T) {
	id := uuid.New()
	ask := func(t *testing.T, r *rig) error {
		p, err := r.Submit(t.Context(), spool.Job{ID: id, Printer: "ticket", Document: slip("once", true)})
		if err == nil {
			expect(t, p, printer.Confirmed)
		}
		return err
	}
	inOwnTime(t, nil, func(t *testing.T, r *rig, _ *breaking) {
		if err := ask(t, r); err != nil {
			t.Fatal(err)
		}
		if err := ask(t, r); !errors.Is(err, spool.ErrKnown) || len(texts(r.ticket)) != 1 {
			t.Errorf("%v, %d papers", err, len(texts(r.ticket)))
		}
		if _, err := r.Submit(t.Context(), spool.Job{ID: uuid.New(), Printer: "none"}); !errors.Is(err, spool.ErrNoPrinter) {
			t.Errorf("no such printer: %v", err)
		}
	})
}

// TestRecover: what an earlier process left ends as it must, and a secret is told at
// every start until it is settled.
func TestRecover(t *testing.T) {
	type left struct {
		secret bool
		stage  printer.Stage
		want   printer.Outcome
	}
	var all []left
	for _, stage := range []printer.Stage{spool.Asked, printer.Sending, printer.Delivered, printer.Printed, printer.Held} {
		all = append(all, left{true, stage, printer.Unknown}, left{false, stage, printer.Unknown})
	}
	all[1].want = printer.NotSent
	inOwnTime(t, func(r *rig, b *breaking) {
		for _, l := range all {
			e := spool.Entry{ID: uuid.New(), Printer: "card", Secret: l.secret, Stage: spool.Asked, At: time.Now()}
			if err := b.Begin(context.Background(), e); err != nil {
				t.Fatal(err)
			}
			if err := b.Reach(context.Background(), e.ID, l.stage, "x"); err != nil {
				t.Fatal(err)
			}
		}
	}, func(t *testing.T, r *rig, b *breaking) {
		if len(r.left) != len(all) {
			t.Fatalf("%d jobs left of %d", len(r.left), len(all))
		}
		for i, e := range r.left {
			if e.Secret != all[i].secret || !e.Ended || e.Outcome != all[i].want || e.Stage != all[i].stage {
				t.Errorf("%+v: %v, expected %v", e, e.Outcome, all[i].want)
			}
		}
		for n := len(all) / 2; n >= 0; n-- {
			again, err := b.Unsettled(t.Context())
			if err != nil || len(again) != n {
				t.Fatalf("unsettled %d, expected %d: %v", len(again), n, err)
			}
			if n > 0 {
				if err := errors.Join(r.Settle(t.Context(), again[0].ID), r.Settle(t.Context(), again[0].ID)); err != nil {
					t.Error(err)
				}
			}
		}
		if err := r.Settle(t.Context(), uuid.New()); err == nil {
			t.Error("settled what there is not")
		}
	})
}

// TestClearedFirst: what an earlier process left in a printer does not come out, also
// where the printer can be cleared only later, and nothing is printed before.
func TestClearedFirst(t *testing.T) {
	inOwnTime(t, func(r *rig, _ *breaking) {
		r.card.Set(printertest.Forgotten, true)
		for _, d := range []device{r.ticket, r.card} {
			p, err := escpos.LoadProfile(map[bool]string{true: "epson-tm", false: "custom-vkp80"}[d == r.ticket])
			if err != nil {
				t.Fatal(err)
			}
			stream, err := escpos.Encode(slip("left over", true), p)
			if err != nil {
				t.Fatal(err)
			}
			if d == r.ticket {
				stream = stream[:len(stream)-20]
			}
			d.Take(stream)
		}
		r.ticket.Set(printer.CoverOpen, true)
	}, func(t *testing.T, r *rig, _ *breaking) {
		refused := r.submit(t, "ticket", "refused", true)
		expect(t, refused, printer.NotSent)
		if result, _ := refused.Result(); !result.Status.Has(printer.CoverOpen) || r.State("ticket").Clear || r.State("ticket").Trouble == "" {
			t.Errorf("%+v, %+v", result, r.State("ticket"))
		}
		r.ticket.Set(printer.CoverOpen, false)
		r.card.Set(printertest.Forgotten, false)
		<-time.After(15 * time.Second) // the next try
		if !r.State("ticket").Clear || r.ticket.Holds() > 0 {
			t.Errorf("%+v, and it holds %d bytes", r.State("ticket"), r.ticket.Holds())
		}
		expect(t, r.submit(t, "ticket", "next", false), printer.Confirmed)
		expect(t, r.submit(t, "card", "next", true), printer.Taken)
		if got := r.card.Papers(); len(got) != 2 || got[0].Fate != "retracted" || got[1].Fate != "taken" {
			t.Errorf("mouth: %+v", got)
		}
		if got := texts(r.ticket); got[len(got)-1] != "next" || strings.Contains(r.ticket.Papers()[len(got)-1].Text(), "left over") {
			t.Errorf("came out %v", got)
		}
	})
}

// TestJournalFails: what could not be noted is not begun, and a secret whose end could
// not be noted is unknown.
func TestJournalFails(t *testing.T) {
	full := errors.New("disk is full")
	for name, c := range map[string]struct {
		set    func(*breaking)
		secret bool
		want   printer.Outcome
		papers int
	}{
		"beginning":        {func(b *breaking) { b.reach = full }, true, printer.NotSent, 0},
		"end of a secret":  {func(b *breaking) { b.end = full }, true, printer.Unknown, 1},
		"end of no secret": {func(b *breaking) { b.end = full }, false, printer.Confirmed, 1},
		"asking for it":    {func(b *breaking) { b.begin = full }, true, printer.NotSent, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inOwnTime(t, nil, func(t *testing.T, r *rig, b *breaking) {
				c.set(b)
				p, err := r.Submit(t.Context(), spool.Job{ID: uuid.New(), Printer: "ticket", Document: slip("x", c.secret)})
				if b.begin == nil {
					expect(t, p, c.want)
				} else if !errors.Is(err, full) {
					t.Errorf("%v", err)
				}
				if got := texts(r.ticket); len(got) != c.papers {
					t.Errorf("%d papers", len(got))
				}
			})
		})
	}
}

// TestWithdraw: a job in line is not sent; a secret in the mouth is drawn in.
func TestWithdraw(t *testing.T) {
	inOwnTime(t, nil, func(t *testing.T, r *rig, _ *breaking) {
		r.card.Set(printertest.Forgotten, true)
		held, behind := r.submit(t, "card", "held", true), r.submit(t, "card", "behind", true)
		<-held.Out()
		behind.Withdraw()
		expect(t, behind, printer.NotSent)
		held.Withdraw()
		expect(t, held, printer.Retracted)
		held.Withdraw()
	})
}

// TestEnd: when printing ends, what waits is not sent, what is held out is drawn in, and
// nothing more is taken.
func TestEnd(t *testing.T) {
	inOwnTime(t, nil, func(t *testing.T, r *rig, b *breaking) {
		ctx, cancel := context.WithCancel(t.Context())
		r.card.Set(printertest.Forgotten, true)
		other, _, err := spool.Open(ctx, spool.Options{
			Journal: b, Log: slog.New(slog.DiscardHandler), Printers: map[string]printer.Printer{"card": r.card.driver},
		})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- other.Run(ctx) }()
		var jobs []*spool.Pending
		for range 2 {
			p, err := other.Submit(ctx, spool.Job{ID: uuid.New(), Printer: "card", Document: slip("x", true)})
			if err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, p)
		}
		<-jobs[0].Out()
		cancel()
		expect(t, jobs[0], printer.Retracted)
		expect(t, jobs[1], printer.NotSent)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := other.Submit(t.Context(), spool.Job{ID: uuid.New(), Printer: "card"}); !errors.Is(err, spool.ErrEnded) {
			t.Errorf("asked for after the end: %v", err)
		}
	})
}
