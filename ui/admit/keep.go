package admit

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Waits between two attempts to show the page.
const (
	firstWait = 100 * time.Millisecond
	longest   = 2 * time.Second
	// settled is how long a page must have stood for the waits to start anew.
	settled = 10 * time.Second
	// outOfService is how long no page may have stood before nobody is asked for a moment
	// any more: a daemon that is started anew is back long before.
	outOfService = 20 * time.Second
)

// errGone is a daemon that ended the connection.
var errGone = errors.New("the daemon ended the connection")

// Screen is a window, as far as [Keep] needs one. The window of package window
// is one.
type Screen interface {
	// Load shows the daemon's page.
	Load(Pass)
	// Moment shows a page of the window's own that asks for a moment's patience.
	Moment()
	// Closed shows a page of the window's own that says that the booth is out of
	// service, and whom to call.
	Closed()
	// Trouble reports a page that could not be loaded, or that died.
	Trouble() <-chan error
}

// Keep shows the daemon's page on s until ctx ends, whatever becomes of the
// daemon or of the page: when either goes, it asks again, with growing waits.
// ask is [Ask] with its socket. Keep returns nil when ctx ends.
func Keep(ctx context.Context, ask func(context.Context) (*Admission, error), s Screen, log *slog.Logger) error {
	k := keeper{ask: ask, screen: s, log: log, lost: time.Now()}
	for ctx.Err() == nil {
		began := time.Now()
		shown, err := k.show(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if shown && time.Since(began) >= settled {
			k.wait, k.lost = 0, time.Now()
		}
		k.rest(ctx, err, shown)
	}
	return nil
}

type keeper struct {
	ask    func(context.Context) (*Admission, error)
	screen Screen
	log    *slog.Logger
	wait   time.Duration
	said   string    // the last trouble logged; the same one is not logged again
	lost   time.Time // since when no page has stood
	closed bool      // the page that says so is up
}

// show asks for a pass and shows the page until it or the daemon goes. shown
// tells whether there was a pass.
func (k *keeper) show(ctx context.Context) (shown bool, err error) {
	a, err := k.ask(ctx)
	if err != nil {
		return false, err
	}
	defer a.Close()
	k.drain()
	k.screen.Load(a.Pass)
	k.log.Info("page asked for", "url", a.URL)
	k.said = ""
	select {
	case <-ctx.Done():
		return true, ctx.Err()
	case <-a.Gone():
		return true, errGone
	case err := <-k.screen.Trouble():
		return true, err
	}
}

// drain forgets trouble of an earlier page.
func (k *keeper) drain() {
	select {
	case <-k.screen.Trouble():
	default:
	}
}

func (k *keeper) note(err error) {
	if err.Error() == k.said {
		return
	}
	k.said = err.Error()
	k.log.Warn("no page to show; trying again", "err", err)
}

// rest waits before the next attempt, with the window's own page up.
func (k *keeper) rest(ctx context.Context, err error, shown bool) {
	k.note(err)
	k.own(shown || k.wait == 0)
	k.wait = min(max(2*k.wait, firstWait), longest)
	timer := time.NewTimer(k.wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case err := <-k.screen.Trouble():
			k.note(err)
			k.own(true)
		}
	}
}

// own puts a page of the window's own up: always where another one may be up, else
// where it is time for the other of the two.
func (k *keeper) own(always bool) {
	closed := time.Since(k.lost) >= outOfService
	if !always && closed == k.closed {
		return
	}
	k.closed = closed
	if closed {
		k.screen.Closed()
		return
	}
	k.screen.Moment()
}
