package evolis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"balie/printer"
	"balie/printer/internal/driver"
	"balie/printer/internal/wire"
)

// Printer is an Evolis printer at the end of a port.
type Printer struct{ *driver.Printer }

var (
	_ printer.Follower = Printer{}
	_ printer.Clearer  = Printer{}
)

// New makes the driver of a printer. open opens its wire, when it is needed and
// whenever it was lost. Nothing of a document comes into the log.
func New(open func(ctx context.Context) (printer.Port, error), profile Profile, log *slog.Logger) Printer {
	return Printer{driver.New(open, dialect{profile}, log.With("printer", profile.Name))}
}

const (
	askLast    = "\x1BRlr\r"     // the last answer: how the printer is
	clearState = "\x1BScs\r"     // forgets an error that was mended
	forgetAll  = "\x1BWcb;a;0\r" // clears all bitmaps that are kept to print a card again

	greeting = 300 * time.Millisecond // to a CR, which need not be answered
	answer   = 3 * time.Second        // to a command that moves nothing
	print    = 90 * time.Second       // to Se: a card is fed, printed and put out
	write    = 10 * time.Second       // of one chunk, and of one XOFF
)

// errFault says that the printer reported a fault.
var errFault = errors.New("printer stopped")

type dialect struct{ profile Profile }

func (d dialect) Encode(doc printer.Document) ([][]byte, error) { return encode(doc, d.profile) }

func (dialect) Split() func(byte) (string, bool) { return splitter() }

// Greet ends a command that was cut short: by CR, or where it is a picture that
// still waits for its data, by as many NULs as the largest has, which mean nothing
// elsewhere.
func (dialect) Greet(ctx context.Context, l *wire.Line, clean bool) error {
	_, err := ask(ctx, l, []byte{cr}, greeting)
	if clean || !errors.Is(err, wire.ErrMute) {
		return unlessMute(err)
	}
	if _, err = ask(ctx, l, []byte(askLast), answer); !errors.Is(err, wire.ErrMute) {
		return err
	}
	_, err = ask(ctx, l, append(make([]byte, largest), cr), greeting)
	return unlessMute(err)
}

func unlessMute(err error) error {
	if errors.Is(err, wire.ErrMute) {
		return nil
	}
	return err
}

func (dialect) Status(ctx context.Context, l *wire.Line) (printer.Status, error) {
	text, err := ask(ctx, l, []byte(askLast), answer)
	return printer.Status{Faults: faults(text)}, err
}

// ask sends one command and gives the answer to it.
func ask(ctx context.Context, l *wire.Line, command []byte, limit time.Duration) (string, error) {
	l.Drop()
	if _, err := l.Send(ctx, command, write); err != nil {
		return "", err
	}
	return l.Answer(ctx, limit)
}

// Send sends command by command, and hears the answer to each. Before the last, by
// which the card is printed, it looks once more whether the printer is ready.
func (d dialect) Send(ctx context.Context, l *wire.Line, parts [][]byte) (sent int, err error) {
	for i, command := range parts {
		limit := answer
		if bytes.Equal(command, []byte("\x1BSe\r")) {
			limit = print
			if err := ready(ctx, l); err != nil {
				return sent, err
			}
		}
		l.Drop()
		n, err := l.Send(ctx, command, write)
		if n > 0 {
			sent = i + 1
		}
		if err != nil {
			return sent, err
		}
		text, err := l.Answer(ctx, limit)
		if err != nil {
			return sent, err
		}
		if f := faults(text); len(f) > 0 {
			return sent, fmt.Errorf("%w: %v", errFault, f)
		}
	}
	return sent, nil
}

// ready is nil where the printer has no fault.
func ready(ctx context.Context, l *wire.Line) error {
	text, err := ask(ctx, l, []byte(askLast), answer)
	if f := faults(text); err == nil && len(f) > 0 {
		err = fmt.Errorf("%w: %v", errFault, f)
	}
	return err
}

// Confirm has nothing to ask, since each card was answered for. It makes the
// printer forget them.
func (d dialect) Confirm(ctx context.Context, l *wire.Line) (by string, clean bool, err error) {
	return "answer to Se", wipe(ctx, l) == nil, nil
}

// Forget clears all bitmaps, and the error that made it necessary.
func (dialect) Forget(ctx context.Context, l *wire.Line) error {
	if _, err := ask(ctx, l, []byte(clearState), answer); err != nil {
		return err
	}
	return wipe(ctx, l)
}

// wipe clears all bitmaps.
func wipe(ctx context.Context, l *wire.Line) error {
	text, err := ask(ctx, l, []byte(forgetAll), answer)
	if err != nil {
		return err
	}
	if f := faults(text); len(f) > 0 {
		return fmt.Errorf("%w: %v", errFault, f)
	}
	return nil
}
