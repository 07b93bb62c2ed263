package escpos

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pollEvery is after how many bytes a printer that does not tell of its faults by
// itself is asked for them: 3 bytes in 256 are one percent of the wire.
const pollEvery = 256

// pace is how far a stream is on the wire.
type pace struct {
	stream stream
	sent   int
	polled int // bytes at the last question
	taken  int // bytes that the printer is known to have looked at
}

// keepPace asks what can be asked between two commands: whether anything is wrong,
// and whether the printer has got to here, so that no more than its buffer holds is
// ever on its way: an XOFF may come late. Without a handshake it is half of that.
func (p *Printer) keepPace(ctx context.Context, w *pace) error {
	if w.sent == 0 || !w.stream.between(w.sent) {
		return nil
	}
	if p.profile.Back.Status == statusCustom && w.sent-w.polled >= pollEvery {
		w.polled = w.sent
		if err := p.poll(ctx); err != nil {
			return err
		}
	}
	room := p.profile.Wire.Buffer
	if p.profile.Wire.Handshake == HandshakeNone {
		room /= 2
	}
	if w.sent-w.taken+longest > room && !p.silent {
		w.taken = w.sent
		return p.catchUp(ctx, p.limits.hold)
	}
	return nil
}

// lookedAt is catchUp for a printer that is idle. One that is well and answers no such
// question, asked twice, has no answer: the first may have been lost with what was
// before it.
func (p *Printer) lookedAt(ctx context.Context) error {
	var err error
	for range 2 {
		if p.silent {
			return nil
		}
		if err = p.catchUp(ctx, p.limits.settle); !errors.Is(err, errMute) {
			return err
		}
	}
	s, asked := p.line.query(ctx, p.profile.Back.Status, p.limits.answer)
	switch {
	case asked != nil:
		return asked
	case p.profile.Back.Counters || !s.Ready():
		return fmt.Errorf("%w: %v", err, s.Faults)
	}
	p.silent = true
	p.log.WarnContext(ctx, "printer answers no question in the order of the data: it cannot be known what it has looked at")
	return nil
}

// catchUp waits until the printer has looked at all that it was sent: it answers a
// question that stands in the order of the data.
func (p *Printer) catchUp(ctx context.Context, limit time.Duration) error {
	switch {
	case p.profile.Back.Counters:
		_, err := p.count(ctx, askDrawn, unitDrawn, limit)
		return err
	case p.profile.Back.Status == statusEpson:
		return p.ask1(ctx, askPaper, limit)
	}
	return nil
}

// ask1 asks a question in the order of the data that has an answer of one byte.
func (p *Printer) ask1(ctx context.Context, question string, limit time.Duration) error {
	if err := p.line.send(ctx, []byte(question), p.limits.write); err != nil {
		return err
	}
	p.line.noise = 0
	var fault error
	err := p.line.wait(ctx, limit, func(r reply) bool {
		fault = p.hear(r)
		return fault != nil || r.kind == replyByte
	})
	if err == nil && p.line.noise > 0 {
		err = errGarbled // any byte may look like an answer
	}
	return errors.Join(fault, err)
}

// clearToSend takes the replies that have come, and waits while the printer takes no
// more.
func (p *Printer) clearToSend(ctx context.Context, between bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for len(p.line.replies) > 0 {
		if err := p.hear(p.line.note(<-p.line.replies)); err != nil {
			return err
		}
	}
	open, err := p.line.open()
	if err != nil || open {
		return err
	}
	return p.waitOpen(ctx, between)
}

// waitOpen waits for the printer to take data again. One that does not tell of its
// faults by itself is asked meanwhile, where no command is under way.
func (p *Printer) waitOpen(ctx context.Context, between bool) error {
	deadline := time.Now().Add(p.limits.hold)
	for n := 1; ; n++ {
		open, err := p.line.open()
		if err != nil || open {
			return err
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("printer takes no more data: %w", errMute)
		}
		if between && p.profile.Back.Status == statusCustom && n%askAfter == 0 {
			if err := p.poll(ctx); err != nil {
				return err
			}
		}
		if err := p.listenFor(ctx, p.limits.gap); err != nil {
			return err
		}
	}
}

// askAfter is how often a printer that takes no data is waited for before it is asked
// why: with the gap of 20 ms, once a second.
const askAfter = 50

// poll asks a Custom how it is.
func (p *Printer) poll(ctx context.Context) error {
	if err := p.line.sendNow(ctx, []byte(askFull), p.limits.write); err != nil {
		return err
	}
	var fault error
	err := p.line.wait(ctx, p.limits.answer, func(r reply) bool {
		fault = p.hear(r)
		return fault != nil || r.kind == replyFull
	})
	return errors.Join(fault, err)
}

// counts are the counters of a printer that counts.
type counts struct {
	known       bool
	cuts, drawn int
}

func (p *Printer) counts(ctx context.Context) (counts, error) {
	cuts, err := p.count(ctx, askCuts, unitCuts, p.limits.answer)
	if err != nil {
		return counts{}, err
	}
	drawn, err := p.count(ctx, askDrawn, unitDrawn, p.limits.answer)
	return counts{err == nil, cuts, drawn}, err
}

// count asks for one counter, which the printer answers when it has looked at all
// that precedes the question. Where it owed an answer from before it was switched off,
// it is asked once more.
func (p *Printer) count(ctx context.Context, question, unit string, limit time.Duration) (int, error) {
	owed := p.line.owed
	n, err := p.countOnce(ctx, question, unit, limit)
	if errors.Is(err, errMute) && owed > 0 && p.forgive(ctx) {
		return p.countOnce(ctx, question, unit, limit)
	}
	return n, err
}

func (p *Printer) countOnce(ctx context.Context, question, unit string, limit time.Duration) (int, error) {
	if err := p.askCount(ctx, question); err != nil {
		return 0, err
	}
	n, found := 0, false
	var fault error
	err := p.line.wait(ctx, limit, func(r reply) bool {
		fault = p.hear(r)
		n, found = p.counted(r, unit)
		return found || fault != nil
	})
	return n, errors.Join(fault, err)
}

// askCount asks for a counter. Answers bear no mark of their question: one that a
// printer owes from before comes first.
func (p *Printer) askCount(ctx context.Context, question string) error {
	p.line.owed++
	return p.line.send(ctx, []byte(question), p.limits.write)
}

// counted reads the counter that was asked for last out of a reply.
func (p *Printer) counted(r reply, unit string) (int, bool) {
	if r.kind != replyCount || p.line.owed > 0 {
		return 0, false
	}
	return counted(r.data, unit)
}

// forgive forgets the answers that a printer owes, where it could have given them: it
// was switched off in between.
func (p *Printer) forgive(ctx context.Context) bool {
	s, err := p.line.query(ctx, p.profile.Back.Status, p.limits.answer)
	if err != nil || !s.Ready() {
		return false
	}
	p.line.owed = 0
	return true
}
