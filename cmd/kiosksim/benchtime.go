package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/card"
	"balie/hw/card/cardtest"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
	"balie/internal/durable"
)

// mostOverhead is what may be added to the time of an exchange, in percent.
const mostOverhead = 5

// trustIn is trust in the roots of a PKI.
func trustIn(pki *eidtest.PKI) (*eid.Trust, error) {
	var list []*x509.Certificate
	for _, der := range pki.Roots() {
		root, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		list = append(list, root)
	}
	return eid.NewTrust(eid.TrustOptions{TestRoots: list})
}

// timeCard prints what is added to the time of an exchange. It is no limit that fails:
// times are those of a machine that does other things too.
func timeCard(ctx context.Context, out io.Writer, pki *eidtest.PKI, rounds int) (err error) {
	dir, err := os.MkdirTemp("", "bench-card-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	daemon, err := pcsctest.Start(ctx, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, daemon.Close()) }()
	if err := daemon.UseHere(); err != nil {
		return err
	}
	stop, err := playElsewhere(ctx, dir, daemon.Addresses()[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	watch := &stopwatch{Service: pcsc.NewSystem()}
	k, err := cardIn(ctx, pcsc.NewWith(watch, pcsc.Options{}), daemon.Names()[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	t := &timing{watch: watch, card: k, rounds: rounds}
	if t.trust, err = eid.NewTrust(eid.TrustOptions{}); err != nil {
		return err
	}
	if err := t.turns(ctx); err != nil {
		return err
	}
	if err := t.inMemory(ctx, pki); err != nil {
		return err
	}
	t.report(out)
	return nil
}

// unsigned is the visitor with an empty file for the certificate that signatures are
// checked by: what a read of it takes is for carrying and decoding.
func unsigned() eidtest.Description {
	d := visitor(eidtest.Applet18)
	d.Flaws.Sizes = []eidtest.Size{{File: eidtest.FileRRN}}
	return d
}

// playElsewhere puts a card into the reader at an address, in a process of its own.
func playElsewhere(ctx context.Context, dir, address string) (stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("playing the card: %w", err)
	}
	description, err := json.Marshal(unsigned())
	if err != nil {
		return nil, fmt.Errorf("playing the card: %w", err)
	}
	path := filepath.Join(dir, "card.json")
	if err := durable.WriteFile(path, description); err != nil {
		return nil, fmt.Errorf("playing the card: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "card", "play", "--description", path, "--vpcd", address)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("playing the card: %w", err)
	}
	return func() error { return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()) }, nil
}

// cardIn waits for the card and connects to it.
func cardIn(ctx context.Context, readers *pcsc.Readers, reader string) (*pcsc.Card, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	in := false
	err := readers.Watch(waiting, func(e pcsc.Event) {
		if e.Kind == pcsc.CardInserted && e.Reader == reader {
			in = true
			cancel()
		}
	})
	if !in {
		return nil, fmt.Errorf("waiting for the card: %w", err)
	}
	return readers.Connect(ctx, reader)
}

// timing is a whole read of a card, timed.
type timing struct {
	watch  *stopwatch
	card   *pcsc.Card
	trust  *eid.Trust
	rounds int

	exchanges  int           // of the read
	alone      time.Duration // an exchange by a bare loop
	inRead     time.Duration // an exchange of the read, own time included
	overhead   float64       // of it over the other, in percent
	own        time.Duration // what an exchange takes besides the calls to PC/SC, without signatures
	signatures time.Duration // what checking them takes
	other      uint64        // allocations, without those of the calls to PC/SC
}

// everything is what is read.
func (*timing) everything() eid.Want {
	return eid.Want{Address: true, Photo: true}
}

// inMemory reads cards that take no time, with signatures and without.
func (t *timing) inMemory(ctx context.Context, pki *eidtest.PKI) error {
	trust, err := trustIn(pki)
	if err != nil {
		return err
	}
	whole, err := t.again(ctx, pki, visitor(eidtest.Applet18), trust)
	if err != nil {
		return err
	}
	bare, err := t.again(ctx, pki, unsigned(), t.trust)
	if err != nil {
		return err
	}
	t.signatures, t.other = whole.time-bare.time, whole.allocations
	return nil
}

// report prints the times.
func (t *timing) report(out io.Writer) {
	fmt.Fprintf(out, "identity, address and photo: %d exchanges, %d allocations besides those of PC/SC\n", t.exchanges, t.other)
	fmt.Fprintf(out, "an exchange by a bare loop of scard.Transmit %7.1f µs\n", micro(t.alone))
	fmt.Fprintf(out, "an exchange of the read, own time included   %7.1f µs   %+.1f %%, should be at most %+d %%\n", micro(t.inRead), t.overhead, mostOverhead)
	fmt.Fprintf(out, "… of which own time                          %7.1f µs\n", micro(t.own))
	fmt.Fprintf(out, "own time for the signatures, once a read     %7.1f ms\n", micro(t.signatures)/1000)
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// turns sends the commands of the read by scard alone, and reads the card, in turns:
// each read is set against the loop just before it, on a machine as busy as then. What
// beginning and ending transactions takes is pcscd's, and no loop has that.
func (t *timing) turns(ctx context.Context) (err error) {
	wire := &cardtest.Recorder{Card: t.card}
	if _, err := eid.Read(ctx, wire, t.trust, t.everything(), nil); err != nil {
		return err
	}
	t.exchanges = len(wire.Exchanges)
	c, err := scard.EstablishContext()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Release()) }()
	bare, err := c.Connect(t.card.Reader(), scard.ShareShared, scard.ProtocolT0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.Disconnect(scard.LeaveCard)) }()
	var alone, inRead, own []time.Duration
	var ratios []float64
	for range t.rounds {
		a, err := timed(func() error { return sendAll(wire.Exchanges, bare.Transmit) })
		if err != nil {
			return err
		}
		t.watch.reset()
		b, err := timed(func() error { _, err := eid.Read(ctx, t.card, t.trust, t.everything(), nil); return err })
		if err != nil {
			return err
		}
		b -= time.Duration(t.watch.holding.Load())
		alone, inRead = append(alone, a), append(inRead, b)
		own = append(own, b-time.Duration(t.watch.exchanging.Load()))
		ratios = append(ratios, float64(b)/float64(a))
	}
	each := time.Duration(t.exchanges)
	t.alone, t.inRead, t.own = undisturbed(alone)/each, undisturbed(inRead)/each, undisturbed(own)/each
	slices.Sort(ratios)
	t.overhead = 100 * (ratios[len(ratios)/2] - 1)
	return nil
}

func sendAll(list []cardtest.Exchange, transmit func([]byte) ([]byte, error)) error {
	for _, e := range list {
		if _, err := transmit(e.Command); err != nil {
			return err
		}
	}
	return nil
}

func timed(do func() error) (time.Duration, error) {
	start := time.Now()
	err := do()
	return time.Since(start), err
}

// undisturbed is the tenth percentile: what else the machine does, and the collector
// of garbage (of which SCardTransmit's package makes 64 KiB an exchange), adds to the
// others.
func undisturbed(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/10]
}

// again is a card that gives the answers of an earlier read, at no cost.
type again struct {
	atr  []byte
	list []cardtest.Exchange
	at   int
}

func (a *again) ATR() []byte                 { return a.atr }
func (a *again) Begin(context.Context) error { return nil }
func (a *again) End() error                  { return nil }
func (a *again) Reset(context.Context) error { return card.ErrRemoved }

func (a *again) Transmit(context.Context, []byte) ([]byte, error) {
	e := a.list[a.at%len(a.list)]
	a.at++
	return e.Response, e.Err
}

// cost is what a read takes of this process.
type cost struct {
	time        time.Duration
	allocations uint64
}

// again reads a card again and again.
func (t *timing) again(ctx context.Context, pki *eidtest.PKI, d eidtest.Description, trust *eid.Trust) (cost, error) {
	v, err := pki.Mint(d)
	if err != nil {
		return cost{}, err
	}
	if _, err := eid.Read(ctx, v, trust, t.everything(), nil); err != nil { // learns the RRN certificate
		return cost{}, err
	}
	wire := &cardtest.Recorder{Card: v}
	if _, err := eid.Read(ctx, wire, trust, t.everything(), nil); err != nil {
		return cost{}, err
	}
	c := &again{v.ATR(), wire.Exchanges, 0}
	var times []time.Duration
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range t.rounds {
		c.at = 0
		d, err := timed(func() error { _, err := eid.Read(ctx, c, trust, t.everything(), nil); return err })
		if err != nil {
			return cost{}, err
		}
		if c.at != len(c.list) {
			return cost{}, fmt.Errorf("a read again is %d exchanges, not %d", c.at, len(c.list))
		}
		times = append(times, d)
	}
	runtime.ReadMemStats(&after)
	return cost{undisturbed(times), (after.Mallocs - before.Mallocs) / uint64(t.rounds)}, nil
}
