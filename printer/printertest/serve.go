package printertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/printer"
)

// Serve prints what comes over rw and answers, until reading or writing fails
// or ctx ends. A Read that blocks is not ended by ctx: close the wire. The
// printer keeps its paper, its faults and its memory over several wires, one
// after the other.
func (p *Printer) Serve(ctx context.Context, rw io.ReadWriter) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.receive(ctx, rw) })
	group.Go(func() error { return p.work(ctx, rw) })
	return group.Wait()
}

// Take prints a stream of bytes that is complete, without a wire and without
// waiting: what the printer would answer is lost, and no time passes.
func (p *Printer) Take(stream []byte) {
	for len(stream) > 0 {
		n := min(64, len(stream))
		p.take(stream[:n])
		stream = stream[n:]
		for more := true; more; {
			more, _ = p.step()
		}
		p.answers()
	}
}

// errHungUp ends the other half of Serve when the wire is gone.
var errHungUp = errors.New("wire to the virtual printer is gone")

func (p *Printer) receive(ctx context.Context, r io.Reader) error {
	buf := make([]byte, 1)
	if p.options.ByteTime == 0 {
		buf = make([]byte, 256)
	}
	for ctx.Err() == nil {
		n, err := r.Read(buf)
		if p.options.ByteTime > 0 && n > 0 && !pause(ctx, p.options.ByteTime) {
			return ctx.Err()
		}
		p.take(buf[:n])
		if err != nil {
			return errHungUp
		}
	}
	return ctx.Err()
}

// take is what the printer's interface does with received bytes: it obeys
// real-time commands at once, with the buffer full as well, and puts everything
// into the buffer, those too.
func (p *Printer) take(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dark() {
		return
	}
	for _, c := range b {
		if len(p.buffer) < p.options.Buffer {
			p.buffer = append(p.buffer, c)
		} else {
			p.lost++
		}
		p.recent = append(p.recent, c)
		p.realTime()
		if over := len(p.recent) - 16; over > 0 {
			p.recent = p.recent[over:]
		}
		if !p.stopped && p.options.Buffer-len(p.buffer) <= 128 {
			p.stopped = true
			p.flow(0x13)
		}
	}
	p.poke()
}

func (p *Printer) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// work looks at the buffer command by command and sends the answers.
func (p *Printer) work(ctx context.Context, w io.Writer) error {
	for {
		more, printed := p.step()
		if err := p.speak(w); err != nil {
			return err
		}
		switch {
		case printed && p.options.LineTime > 0:
			if err := p.move(ctx, w); err != nil {
				return err
			}
		case !more:
			select {
			case <-p.wake:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// move is the time in which a line comes out; questions in real time are
// answered meanwhile.
func (p *Printer) move(ctx context.Context, w io.Writer) error {
	line := time.NewTimer(p.options.LineTime)
	defer line.Stop()
	for {
		select {
		case <-line.C:
			return nil
		case <-p.wake:
			if err := p.speak(w); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *Printer) speak(w io.Writer) error {
	if out := p.answers(); len(out) > 0 {
		if _, err := w.Write(out); err != nil {
			return errHungUp
		}
	}
	return nil
}

// step looks at one byte of the buffer; printed says that a line came out.
func (p *Printer) step() (more, printed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.plan) > 0 && p.plan[0].at <= p.taken {
		fault := p.plan[0].fault
		p.plan = p.plan[1:]
		p.set(fault, true)
	}
	if len(p.buffer) == 0 || p.blocked() {
		return false, false
	}
	p.pending = append(p.pending, p.buffer[0])
	p.buffer = p.buffer[1:]
	p.taken++
	if p.stopped && p.options.Buffer-len(p.buffer) >= 256 {
		p.stopped = false
		p.flow(0x11)
	}
	before := len(p.m.items)
	if done := p.execute(p.pending); done {
		p.pending = nil
	}
	if p.options.Custom && len(p.m.items) > 1 && p.faults[PulledEarly] {
		p.pull()
	}
	return true, len(p.m.items) > before
}

// flow says by a byte that data may come or not; with DSR the line of that name
// follows [Printer.Busy].
func (p *Printer) flow(b byte) {
	if !p.options.DSR && !p.options.NoFlow {
		p.answer(b)
	}
}

// Busy tells whether the buffer is all but full: what the DSR line says.
func (p *Printer) Busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped && p.options.DSR
}

// dark tells whether it is without power.
func (p *Printer) dark() bool { return p.faults[PowerOff] || p.faults[PowerKept] }

func (p *Printer) answers() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.out
	p.out = nil
	return out
}

// answer puts bytes on the way to the host, unless the printer is mute.
func (p *Printer) answer(b ...byte) {
	if p.faults[printer.Mute] || p.dark() {
		return
	}
	if p.faults[Garbage] {
		b = p.garble(b)
	}
	p.out = append(p.out, b...)
	p.poke()
}

// realTime obeys the commands that are obeyed as soon as they are received, be it
// in the middle of a picture: DLE EOT, DLE ENQ, DLE DC4.
func (p *Printer) realTime() {
	r := p.recent
	switch n := len(r); {
	case n >= 3 && r[n-3] == 0x10 && r[n-2] == 0x04:
		p.answerRealTime(r[n-1])
	case n >= 3 && r[n-3] == 0x10 && r[n-2] == 0x05 && r[n-1] == 2:
		p.recoverCutter()
	case bytes.HasSuffix(r, []byte{0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08}) && !p.options.NoClear:
		p.clear()
	}
}

// garble turns bytes into others, the same ones in every run.
func (p *Printer) garble(b []byte) []byte {
	noise := make([]byte, len(b))
	for i := range noise {
		p.noise = p.noise*1664525 + 1013904223
		noise[i] = byte(p.noise >> 24)
	}
	return noise
}

func (p *Printer) recoverCutter() {
	if p.faults[printer.CutterError] {
		p.forget()
		p.set(printer.CutterError, false)
	}
}

// clear empties both buffers and says so.
func (p *Printer) clear() {
	p.forget()
	p.answer(0x37, 0x25, 0x00)
	if p.stopped {
		p.stopped = false
		p.flow(0x11)
	}
}

func (p *Printer) forget() {
	p.buffer, p.recent = nil, nil
	if !p.options.KeepsHalf {
		p.pending = nil
	}
	p.m.dropLine()
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
