package escpos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"balie/printer"
)

// errFault says that the printer reported a fault while it printed.
var errFault = errors.New("printer stopped")

// errGarbled says that what came from the printer cannot be told from noise.
var errGarbled = errors.New("printer answers nonsense: a loose cable, or another baud rate")

// What a result can rest on.
const (
	byID      = "process id"
	byPaper   = "status after cut"
	byCuts    = "cut counter"
	byMouth   = "ticket in output"
	byDrained = "drained"
)

// job is a document on its way.
type job struct {
	body    stream
	secret  bool
	reached func(printer.Stage, string) error
	before  counts    // of a printer that counts, when the job began
	parts   bool      // it is cut in between: what is in the mouth may be an earlier part
	held    time.Time // when it was first seen in the mouth
}

// reach says that a job is at a stage. It goes on whether that could be noted or not.
func (p *Printer) reach(ctx context.Context, j *job, stage printer.Stage, by string) {
	if err := j.reached(stage, by); err != nil {
		p.log.WarnContext(ctx, "noting how far a job is", "stage", string(stage), "error", err)
	}
}

// print takes a job through: prepare, send, confirm, and follow it in the mouth of
// the printer where that has one. The document is sent once, whatever happens.
func (p *Printer) print(ctx context.Context, j *job) (printer.Result, error) {
	s, err := p.prepare(ctx, j)
	if err != nil {
		return printer.Result{Outcome: printer.NotSent, Status: s}, err
	}
	if err := j.reached(printer.Sending, ""); err != nil {
		return printer.Result{Outcome: printer.NotSent, Status: s}, fmt.Errorf("noting that the job begins: %w", err)
	}
	before := p.state
	p.state = stateDirty
	sent, err := p.write(ctx, j.body)
	if err != nil && sent == 0 {
		p.state = before
		return printer.Result{Outcome: printer.NotSent, Status: p.known()}, fmt.Errorf("beginning to print: %w", err)
	}
	if err != nil {
		return p.abandon(ctx, sent < len(j.body.bytes), err)
	}
	p.reach(ctx, j, printer.Delivered, byDrained)
	by, err := p.confirm(ctx, j)
	if err != nil {
		return p.abandon(ctx, false, err)
	}
	if by != byDrained {
		p.reach(ctx, j, printer.Printed, by)
	}
	if j.before.known && p.profile.Present.Hold > 0 {
		return p.present(ctx, j)
	}
	return p.finish(ctx, by, j.secret)
}

// prepare brings the printer to the point where a document can be sent: it
// answers, has no fault, and holds nothing of an earlier job.
func (p *Printer) prepare(ctx context.Context, j *job) (printer.Status, error) {
	s, err := p.ask(ctx)
	if err != nil {
		return unreachable(), fmt.Errorf("asking printer: %w", err)
	}
	if !s.Ready() {
		return s, fmt.Errorf("printer is not ready: %v", s.Faults)
	}
	if p.state == stateUnknown || p.state == stateDirty || p.profile.Present.Hold > 0 && s.Has(printer.TicketInside) {
		if err := p.cleanse(ctx); err != nil {
			return s, fmt.Errorf("clearing printer of an earlier job: %w", err)
		}
		p.state = stateDirty
	}
	start := reset
	if p.profile.Back.Status == statusEpson {
		start += autoBack
	}
	if err := p.line.send(ctx, []byte(start), p.limits.write); err != nil {
		p.state = stateDirty
		return s, fmt.Errorf("preparing printer: %w", err)
	}
	if p.profile.Back.Counters {
		if j.before, err = p.counts(ctx); err != nil {
			p.state = stateDirty
			return s, fmt.Errorf("reading the printer's counters: %w", err)
		}
	}
	return s, nil
}

// cleanse rids the printer of what an earlier job, perhaps of an earlier
// process, left: its buffers, a command that was cut short (freed by NULs, which
// print nothing), its modes and symbols, and the piece of paper that hangs out,
// which must not come out with the next person's ticket. One with a mouth draws in
// what is in it: it is of no concern to whoever stands there now.
func (p *Printer) cleanse(ctx context.Context) error {
	if p.profile.Back.Clear {
		if err := p.line.empty(ctx, p.limits.answer); err != nil {
			return err
		}
	}
	if p.profile.Present.Hold > 0 {
		return p.drawIn(ctx)
	}
	return p.tidy(ctx, reset+string(p.profile.Cut.Full))
}

// tidy fills up a command that was cut short and, once the printer has looked at all of
// that, sends orders: into an empty buffer, so that none of them is lost in a full one.
// It returns when those were looked at, too.
func (p *Printer) tidy(ctx context.Context, orders string) error {
	for _, s := range []stream{free(""), {bytes: []byte(orders), bounds: []int{len(orders)}}} {
		if _, err := p.write(ctx, s); err != nil {
			return err
		}
		if err := p.lookedAt(ctx); err != nil {
			return err
		}
	}
	return nil
}

// write sends bytes in chunks as the printer takes them, and gives how many of
// them may have reached the printer.
func (p *Printer) write(ctx context.Context, s stream) (sent int, err error) {
	w := pace{stream: s}
	for w.sent < len(s.bytes) {
		if err := p.clearToSend(ctx, s.between(w.sent)); err != nil {
			return w.sent, err
		}
		if err := p.keepPace(ctx, &w); err != nil {
			return w.sent, err
		}
		n := s.chunk(w.sent, p.profile.Wire.Chunk)
		err := p.line.send(ctx, s.bytes[w.sent:w.sent+n], p.limits.write)
		if err == nil || errors.Is(err, errLost) {
			w.sent += n
		}
		if err != nil {
			return w.sent, err
		}
		if err := p.listen(ctx); err != nil {
			return w.sent, err
		}
	}
	return w.sent, p.clearToSend(ctx, true)
}

// listen gives the printer the time to say that it is full before it gets more.
func (p *Printer) listen(ctx context.Context) error { return p.listenFor(ctx, p.limits.gap) }

func (p *Printer) listenFor(ctx context.Context, limit time.Duration) error {
	var fault error
	err := p.line.wait(ctx, limit, func(r reply) bool {
		fault = p.hear(r)
		return fault != nil || r.kind == replyXOFF || r.kind == replyXON
	})
	if errors.Is(err, errMute) {
		return nil
	}
	return errors.Join(err, fault)
}

// hear looks at a reply that came unasked: a status with which no printer goes on
// is an error.
func (p *Printer) hear(r reply) error {
	var s printer.Status
	switch r.kind {
	case replyASB:
		s = status(asbBits(), r.data)
	case replyFull:
		s = status(fullBits(), r.data)
	default:
		return nil
	}
	p.know(s)
	if !s.Ready() {
		return fmt.Errorf("%w: %v", errFault, s.Faults)
	}
	return nil
}

// confirm waits until the printer says that the job is printed, by the best
// means it has, and tells by which. No answer at all, and then no fault either,
// leaves it at "drained".
func (p *Printer) confirm(ctx context.Context, j *job) (by string, err error) {
	switch {
	case j.before.known:
		return p.confirmCut(ctx, j)
	case p.profile.Back.Status != statusEpson:
		return p.confirmDrained(ctx)
	}
	p.line.noise = 0
	id := processID()
	question := askPaper
	asked := p.profile.Back.ProcessID && !p.noID
	if asked {
		question = askID + id + askPaper
	}
	if err := p.line.send(ctx, []byte(question), p.limits.write); err != nil {
		return "", err
	}
	by, err = p.await(ctx, id, asked)
	if p.line.noise > 0 && by != byID {
		return "", errors.Join(errGarbled, err)
	}
	if errors.Is(err, errMute) {
		return p.confirmDrained(ctx)
	}
	return by, err
}

// await takes the answer with the process id, or that of GS r where no id comes
// soon after.
func (p *Printer) await(ctx context.Context, id string, asked bool) (by string, err error) {
	var fault error
	take := func(r reply) bool {
		switch {
		case r.kind == replyBlock && string(r.data) == "\x22"+id:
			by = byID
			return true
		case r.kind == replyByte && by == "" && r.data[0]&0x0C == 0: // not at paper end
			by = byPaper
			return true
		}
		fault = p.hear(r)
		return fault != nil
	}
	if err := p.line.wait(ctx, p.limits.confirm, take); err != nil || fault != nil {
		return "", errors.Join(err, fault)
	}
	if by == byID || !asked {
		return by, nil
	}
	err = p.line.wait(ctx, p.limits.settle, take)
	if errors.Is(err, errMute) {
		p.noID = true
		p.log.WarnContext(ctx, "printer answers no process id; its profile says that it does")
		return byPaper, nil
	}
	return by, errors.Join(err, fault)
}

// confirmDrained asks once more how the printer is.
func (p *Printer) confirmDrained(ctx context.Context) (string, error) {
	s, err := p.line.query(ctx, p.profile.Back.Status, p.limits.answer)
	if err != nil {
		return "", err
	}
	p.know(s)
	if !s.Ready() {
		return "", fmt.Errorf("%w: %v", errFault, s.Faults)
	}
	return byDrained, nil
}

// finish wipes the printer's memory after a secret and reads the last status.
func (p *Printer) finish(ctx context.Context, by string, secret bool) (printer.Result, error) {
	r := printer.Result{Outcome: printer.Confirmed, By: by}
	if by == byDrained {
		r.Outcome = printer.Sent
	}
	p.state = stateClean
	if r.Outcome == printer.Sent {
		p.state = stateSent
	}
	if secret {
		if err := p.line.send(ctx, []byte(reset), p.limits.write); err != nil {
			p.state = stateDirty
			p.log.WarnContext(ctx, "wiping printer's memory", "error", err)
		}
	}
	s, err := p.ask(ctx)
	if err != nil {
		p.log.WarnContext(ctx, "asking printer after a job", "error", err)
		s = unreachable()
	}
	r.Status = s
	if r.Outcome == printer.Sent {
		return r, errors.New("printer took all of it and confirms nothing")
	}
	return r, nil
}

// abandon ends a job that has begun. Failed it is only where the end of it was
// never sent and the printer says that it has forgotten what it had: else all of
// it may be on paper, or come yet.
func (p *Printer) abandon(ctx context.Context, unsent bool, cause error) (printer.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limits.recover)
	defer cancel()
	r := printer.Result{Outcome: printer.Unknown}
	if err := p.clear(ctx); err != nil {
		cause = fmt.Errorf("%w; clearing printer: %w", cause, err)
	} else if unsent {
		r.Outcome = printer.Failed
	}
	s, err := p.ask(ctx)
	if err != nil {
		s = unreachable()
	}
	r.Status = s
	return r, fmt.Errorf("printing: %w", cause)
}

// clear makes the printer forget what it has not printed. What it may be in the
// middle of is filled up with NULs, before, so that the order to forget is not
// taken for data, and after, since it stopped at a byte that only it knows.
// Last, the symbol store is emptied. All of that waits in a printer that has
// stopped until it goes on; the next job cleanses it besides.
func (p *Printer) clear(ctx context.Context) error {
	if !p.profile.Back.Clear {
		return errors.New("its profile knows no way")
	}
	if err := p.connect(ctx); err != nil {
		return err
	}
	// All of it goes past a port that holds data back: a printer that has stopped takes
	// none for as long as it holds what it is to forget.
	if err := p.line.sendNow(ctx, free("").bytes, p.limits.write); err != nil {
		return err
	}
	if err := p.line.empty(ctx, p.limits.answer); err != nil {
		return err
	}
	if err := p.line.sendNow(ctx, free(reset).bytes, p.limits.write); err != nil {
		p.log.WarnContext(ctx, "wiping printer's memory", "error", err)
	}
	return nil
}

// free is as many NULs, which print nothing, as a printer can wait for in the
// middle of a command, and then some commands.
func free(commands string) stream {
	s := stream{bytes: append(make([]byte, longest), commands...)}
	s.bounds = []int{len(s.bytes)}
	return s
}

func unreachable() printer.Status {
	return printer.Status{Faults: []printer.Fault{printer.Mute}}
}

func processID() string {
	id := make([]byte, 4)
	for i := range id {
		id[i] = '0' + byte(rand.IntN(75))
	}
	return string(id)
}
