package admit

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"balie/internal/secret"
)

// booth plays the daemon and the window, in the time of a synctest bubble.
type booth struct {
	began   time.Time
	away    atomic.Bool // the daemon is
	daemon  net.Conn    // its end of the last connection
	trouble chan error
	seen    []string // "load 100ms", "moment 2s"
	log     bytes.Buffer
}

func (b *booth) note(what string) { b.seen = append(b.seen, what+" "+time.Since(b.began).String()) }

func (b *booth) Load(p Pass) {
	if p.Token.Reveal() != canary {
		b.note("load without its token")
		return
	}
	b.note("load")
}
func (b *booth) Moment()               { b.note("moment") }
func (b *booth) Closed()               { b.note("closed") }
func (b *booth) Trouble() <-chan error { return b.trouble }

func (b *booth) ask(context.Context) (*Admission, error) {
	if b.away.Load() {
		return nil, errors.New("away")
	}
	mine, theirs := net.Pipe()
	b.daemon = theirs
	return admission(Pass{URL: "http://127.0.0.1:1/", Token: secret.NewText(canary)}, mine), nil
}

// keep runs Keep over a story, and gives what was on the screen and when.
func keep(t *testing.T, story func(b *booth)) *booth {
	t.Helper()
	b := &booth{}
	synctest.Test(t, func(t *testing.T) {
		b.began, b.trouble = time.Now(), make(chan error, 1) // of the bubble, both
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Keep(ctx, b.ask, b, slog.New(slog.NewTextHandler(&b.log, nil))) }()
		synctest.Wait()
		story(b)
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Keep: %v, want nil", err)
		}
	})
	return b
}

// pass lets time go by in the bubble, where it costs none.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func wantSeen(t *testing.T, b *booth, want ...string) {
	t.Helper()
	if !slices.Equal(b.seen, want) {
		t.Errorf("on the screen: %q\nwant:          %q", b.seen, want)
	}
}

func TestKeepShowsThePageAtOnce(t *testing.T) {
	b := keep(t, func(*booth) { pass(time.Hour) })
	wantSeen(t, b, "load 0s")
}

func TestKeepWaitsLongerEachTime(t *testing.T) {
	b := keep(t, func(b *booth) {
		b.away.Store(true)
		_ = b.daemon.Close()
		pass(3 * time.Second) // tries at 100, 300, 700, 1500 ms
		b.away.Store(false)
		pass(time.Second) // and at 3.1 s
	})
	wantSeen(t, b, "load 0s", "moment 0s", "load 3.1s")
	if n := strings.Count(b.log.String(), "err=away"); n != 1 {
		t.Errorf("the same trouble is logged %d times", n)
	}
}

func TestKeepStartsAnewAfterAPageThatStood(t *testing.T) {
	b := keep(t, func(b *booth) {
		for range 2 {
			pass(settled)
			_ = b.daemon.Close()
			synctest.Wait()
			pass(firstWait)
		}
	})
	wantSeen(t, b, "load 0s", "moment 10s", "load 10.1s", "moment 20.1s", "load 20.2s")
}

func TestKeepSlowsDownForAPageThatDiesAtOnce(t *testing.T) {
	died := errors.New("died")
	b := keep(t, func(b *booth) {
		for range 3 {
			b.trouble <- died
			synctest.Wait()
			pass(time.Second)
		}
	})
	wantSeen(t, b, "load 0s", "moment 0s", "load 100ms", "moment 1s", "load 1.2s", "moment 2s", "load 2.4s")
}

func TestKeepPutsItsOwnPageBackUp(t *testing.T) {
	b := keep(t, func(b *booth) {
		b.away.Store(true)
		_ = b.daemon.Close()
		pass(50 * time.Millisecond)
		b.trouble <- errors.New("died")
	})
	wantSeen(t, b, "load 0s", "moment 0s", "moment 50ms")
}

func TestKeepForgetsTroubleOfAnEarlierPage(t *testing.T) {
	b := keep(t, func(b *booth) {
		pass(settled)
		_ = b.daemon.Close()
		b.trouble <- errors.New("late")
		pass(time.Hour)
	})
	if n := len(b.seen); n > 4 {
		t.Errorf("on the screen: %q", b.seen)
	}
	if strings.Contains(b.log.String(), canary) {
		t.Error("the log shows the token")
	}
}

// TestKeepSaysWhenTheBoothIsOutOfService: once, and not of a daemon that is back before.
func TestKeepSaysWhenTheBoothIsOutOfService(t *testing.T) {
	b := keep(t, func(b *booth) {
		pass(time.Hour)
		b.away.Store(true)
		_ = b.daemon.Close()
		pass(time.Minute)
		b.away.Store(false)
		pass(time.Hour)
		_ = b.daemon.Close()
		synctest.Wait()
	})
	wantSeen(t, b, "load 0s", "moment 1h0m0s", "closed 1h0m21.1s", "load 1h1m1.1s", "moment 2h1m0s")
}

// TestKeepSaysThatADaemonIsOutOfServiceThatDiesAgainAndAgain: each of its lives is too
// short to be one.
func TestKeepSaysThatADaemonIsOutOfServiceThatDiesAgainAndAgain(t *testing.T) {
	b := keep(t, func(b *booth) {
		for range 12 {
			pass(2500 * time.Millisecond)
			_ = b.daemon.Close()
			synctest.Wait()
		}
	})
	if n := len(b.seen); !strings.HasPrefix(b.seen[n-1], "closed") || !strings.HasPrefix(b.seen[1], "moment") {
		t.Errorf("on the screen: %q", b.seen)
	}
}
