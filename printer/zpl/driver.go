package zpl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"balie/printer"
	"balie/printer/internal/driver"
	"balie/printer/internal/wire"
)

// Printer is a ZPL printer at the end of a port.
type Printer struct{ *driver.Printer }

var (
	_ printer.Follower = Printer{}
	_ printer.Clearer  = Printer{}
)

// New makes the driver of a printer. open opens its wire, when it is needed and
// whenever it was lost. Nothing of a document comes into the log.
func New(open func(ctx context.Context) (printer.Port, error), profile Profile, log *slog.Logger) Printer {
	log = log.With("printer", profile.Name)
	return Printer{driver.New(open, dialect{profile, log}, log)}
}

const (
	cancelAll = "~JA" // forgets every format, received or being printed, at once
	askHost   = "~HS"
	askModel  = "~HI" // model, firmware, dots per millimetre, memory

	answer = time.Second      // to ~HS
	write  = 10 * time.Second // of one chunk, and of one XOFF
	ready  = time.Minute      // for all labels of a job
	pause  = 200 * time.Millisecond
)

// errFault says that the printer reported a fault while it printed.
var errFault = errors.New("printer stopped")

type dialect struct {
	profile Profile
	log     *slog.Logger
}

func (d dialect) Encode(doc printer.Document) ([][]byte, error) {
	stream, err := Encode(doc, d.profile)
	if err != nil {
		return nil, err
	}
	// The end of the last format is a part of its own: before it, nothing is printed
	// of that one.
	end := len(stream) - len("^XZ")
	return [][]byte{stream[:end], stream[end:]}, nil
}

func (dialect) Split() func(byte) (string, bool) { return splitter() }

// Greet asks what printer it is, for whoever reads the log. Nothing must be ended
// before: every command begins with a prefix that ends the one before it.
func (d dialect) Greet(ctx context.Context, l *wire.Line, _ bool) error {
	if _, err := l.Send(ctx, []byte(askModel), write); err != nil {
		return err
	}
	model, err := l.Answer(ctx, answer)
	if errors.Is(err, wire.ErrMute) {
		return nil // its status will say so
	}
	if err == nil {
		d.log.InfoContext(ctx, "printer found", "model", model)
	}
	return err
}

// Status is what ~HS says. A printer without paper or with its head up may not
// answer (docs.zebra.com, ~HS): that it is mute is all that can be known.
func (d dialect) Status(ctx context.Context, l *wire.Line) (printer.Status, error) {
	h, err := d.ask(ctx, l)
	return h.status, err
}

// ask asks the host status. The answer to an earlier question, of which a string
// came late, is not taken for this one's: what is no status is passed over.
func (dialect) ask(ctx context.Context, l *wire.Line) (host, error) {
	l.Drop()
	if _, err := l.Send(ctx, []byte(askHost), write); err != nil {
		return host{}, err
	}
	var strings [3]string
	for i := range strings {
		s, err := l.Answer(ctx, answer)
		if err != nil {
			return host{}, err
		}
		strings[i] = s
	}
	h, err := parseHost(strings[0], strings[1])
	if err != nil {
		l.Shut() // nonsense: what comes next cannot be told from it
		return host{}, fmt.Errorf("%w: %w", wire.ErrMute, err)
	}
	return h, nil
}

// Send sends all formats but the end of the last, looks once more whether the
// printer is ready, and sends that.
func (d dialect) Send(ctx context.Context, l *wire.Line, parts [][]byte) (int, error) {
	for i, part := range parts {
		if i == len(parts)-1 {
			h, err := d.ask(ctx, l)
			if err == nil && !h.status.Ready() {
				err = fmt.Errorf("%w: %v", errFault, h.status.Faults)
			}
			if err != nil {
				return i, err
			}
		}
		if sent, err := l.Send(ctx, part, write); err != nil {
			return i + min(sent, 1), err
		}
	}
	return len(parts), nil
}

// Confirm asks until no format waits and no label is left to print. It must be told
// so twice: between the buffer and the batch a format may be in neither.
func (d dialect) Confirm(ctx context.Context, l *wire.Line) (by string, clean bool, err error) {
	within, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	for done := 0; done < 2; {
		h, err := d.ask(within, l)
		switch {
		case err != nil:
			return "", false, err
		case !h.status.Ready():
			return "", false, fmt.Errorf("%w: %v", errFault, h.status.Faults)
		case h.waiting == 0:
			done++
		default:
			done = 0
		}
		select {
		case <-time.After(pause):
		case <-within.Done():
			return "", false, fmt.Errorf("labels are not printed yet: %w", within.Err())
		}
	}
	return "host status", true, nil
}

// Forget cancels all formats, and asks whether any is left.
func (d dialect) Forget(ctx context.Context, l *wire.Line) error {
	if _, err := l.Send(ctx, []byte(cancelAll), write); err != nil {
		return err
	}
	h, err := d.ask(ctx, l)
	if err == nil && h.waiting > 0 {
		return errors.New("the printer keeps its formats")
	}
	return err
}
