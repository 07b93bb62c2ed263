package escpos

import (
	"context"
	"errors"
	"time"

	"balie/printer"
)

// errMute says that a printer did not answer in time.
var errMute = errors.New("printer does not answer")

// wait takes replies until take says that it has what it wants, at most for limit.
func (l *line) wait(ctx context.Context, limit time.Duration, take func(reply) bool) error {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		r, err := l.next(within)
		switch {
		case err == nil && take(r):
			return nil
		case err != nil && within.Err() != nil && ctx.Err() == nil && !errors.Is(err, errLost):
			return errMute
		case err != nil:
			return err
		}
	}
}

// query asks in real time how the printer is. A printer that does not answer
// is a status, and costs the line: its answer may yet come, and would be taken
// for another's.
func (l *line) query(ctx context.Context, kind string, limit time.Duration) (printer.Status, error) {
	l.drop()
	var s printer.Status
	var err error
	switch kind {
	case statusNone:
		return s, nil
	case statusCustom:
		s, err = l.queryFull(ctx, limit)
	default:
		s, err = l.queryFour(ctx, limit)
	}
	if errors.Is(err, errMute) {
		l.shut()
		return printer.Status{Faults: []printer.Fault{printer.Mute}}, nil
	}
	return s, err
}

// queryFour sends DLE EOT 1 to 4, one at a time: the answers do not say to which
// they belong.
func (l *line) queryFour(ctx context.Context, limit time.Duration) (printer.Status, error) {
	answer := make([]byte, 4)
	for n := range answer {
		if err := l.sendNow(ctx, []byte{0x10, 0x04, byte(n + 1)}, limit); err != nil {
			return printer.Status{}, err
		}
		err := l.wait(ctx, limit, func(r reply) bool {
			if r.kind == replyRealTime {
				answer[n] = r.data[0]
			}
			return r.kind == replyRealTime
		})
		if err != nil {
			return printer.Status{}, err
		}
	}
	return status(realTimeBits(), answer), nil
}

func (l *line) queryFull(ctx context.Context, limit time.Duration) (printer.Status, error) {
	if err := l.sendNow(ctx, []byte(askFull), limit); err != nil {
		return printer.Status{}, err
	}
	var s printer.Status
	err := l.wait(ctx, limit, func(r reply) bool {
		if r.kind == replyFull {
			s = status(fullBits(), r.data)
		}
		return r.kind == replyFull
	})
	return s, err
}

// empty makes the printer forget what it has not printed, and waits for it to say so.
func (l *line) empty(ctx context.Context, limit time.Duration) error {
	l.drop()
	if err := l.sendNow(ctx, []byte(clearAll), limit); err != nil {
		return err
	}
	return l.wait(ctx, limit, func(r reply) bool {
		return r.kind == replyBlock && len(r.data) == 1 && r.data[0] == 0x25
	})
}
