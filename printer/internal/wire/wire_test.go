package wire

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// port is a wire whose other end is a test.
type port struct {
	said   chan []byte // what the printer says
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex // guards what follows
	heard []byte
	stuck bool // writes do not return until it is closed
	react func(heard int)
}

func newPort() *port { return &port{said: make(chan []byte, 16), closed: make(chan struct{})} }

// Read waits 100 ms at most, as a serial port does.
func (p *port) Read(b []byte) (int, error) {
	select {
	case text, open := <-p.said:
		if !open {
			return 0, io.EOF
		}
		return copy(b, text), nil
	case <-time.After(100 * time.Millisecond):
		return 0, nil
	case <-p.closed:
		return 0, io.ErrClosedPipe
	}
}

func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stuck {
		<-p.closed
		return 0, io.ErrClosedPipe
	}
	p.heard = append(p.heard, b...)
	if p.react != nil {
		p.react(len(p.heard))
	}
	return len(b), nil
}

func (p *port) Drain() error { return nil }

func (p *port) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// lines cuts answers at line feeds.
func lines() func(byte) (string, bool) {
	var text []byte
	return func(b byte) (string, bool) {
		if b == '\n' {
			answer := string(text)
			text = nil
			return answer, true
		}
		text = append(text, b)
		return "", false
	}
}

// on runs a test in a time of its own, on a line that is closed after it.
func on(t *testing.T, test func(t *testing.T, p *port, l *Line)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPort()
		l := Open(p, lines())
		defer l.Close()
		test(t, p, l)
	})
}

// TestCalledOffAsItIsWritten: whoever goes on after that finds the line lost, and
// not one that is lost a moment later.
func TestCalledOffAsItIsWritten(t *testing.T) {
	on(t, func(t *testing.T, p *port, l *Line) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p.react = func(int) { cancel() }
		if _, err := l.Send(ctx, []byte("x"), time.Second); err != nil {
			t.Fatal(err)
		}
		if !l.Lost() {
			t.Error("the line is not lost yet")
		}
	})
}

// TestAnswers: flow control within an answer is no part of it, and one that came
// before the line was lost is given all the same.
func TestAnswers(t *testing.T) {
	on(t, func(t *testing.T, p *port, l *Line) {
		p.said <- []byte("on\x11e\ntw")
		p.said <- []byte("\x13\x11o\n")
		for _, want := range []string{"one", "two"} {
			if got, err := l.Answer(t.Context(), time.Second); got != want || err != nil {
				t.Errorf("%q, %v: expected %q", got, err, want)
			}
		}
		if _, err := l.Answer(t.Context(), time.Second); !errors.Is(err, ErrMute) || l.Lost() {
			t.Errorf("silence is %v", err)
		}
		p.said <- []byte("late\n")
		synctest.Wait()
		l.Drop()
		p.said <- []byte("three\n")
		close(p.said)
		if got, err := l.Answer(t.Context(), time.Second); got != "three" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := l.Answer(t.Context(), time.Second); !errors.Is(err, ErrLost) || !l.Lost() {
			t.Errorf("a lost line is %v", err)
		}
	})
}

// TestFlow: nothing is sent between XOFF and XON.
func TestFlow(t *testing.T) {
	on(t, func(t *testing.T, p *port, l *Line) {
		long := []byte(strings.Repeat("x", 3*chunk))
		p.react = func(heard int) {
			if heard == chunk {
				p.said <- []byte{xoff}
				time.AfterFunc(5*time.Second, func() { p.said <- []byte{xon} })
			}
		}
		start := time.Now()
		if sent, err := l.Send(t.Context(), long, 10*time.Second); sent != len(long) || err != nil || len(p.heard) != len(long) {
			t.Errorf("%d sent, %d heard, %v", sent, len(p.heard), err)
		}
		if took := time.Since(start); took < 5*time.Second {
			t.Errorf("all was sent after %v", took)
		}
	})
}

// TestStopped: a printer that takes no more is given up, and it is known how much it has.
func TestStopped(t *testing.T) {
	on(t, func(t *testing.T, p *port, l *Line) {
		p.react = func(heard int) {
			if heard == chunk {
				p.said <- []byte{xoff}
			}
		}
		sent, err := l.Send(t.Context(), make([]byte, 3*chunk), 10*time.Second)
		if sent != chunk || !errors.Is(err, ErrMute) || len(p.heard) != chunk {
			t.Errorf("%d sent, %d heard, %v", sent, len(p.heard), err)
		}
	})
}

// TestStuck: a write that does not return costs the line, and not the caller.
func TestStuck(t *testing.T) {
	on(t, func(t *testing.T, p *port, l *Line) {
		p.stuck = true
		start := time.Now()
		sent, err := l.Send(t.Context(), []byte("x"), 2*time.Second)
		if sent != 1 || !errors.Is(err, ErrLost) || time.Since(start) > 3*time.Second || !l.Lost() {
			t.Errorf("%d sent, %v after %v", sent, err, time.Since(start))
		}
	})
}

// TestGivenUp: who waits can stop waiting.
func TestGivenUp(t *testing.T) {
	on(t, func(t *testing.T, _ *port, l *Line) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := l.Answer(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting for an answer: %v", err)
		}
		if sent, err := l.Send(ctx, []byte("x"), time.Hour); sent != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d sent, %v", sent, err)
		}
	})
}
