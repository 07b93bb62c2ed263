// Package worklist keeps today's appointments of this site, so that people can check in
// while the portal is away. Whoever steals it learns nobody's name from it: each entry
// is found and opened only with what the patient's own card shows, by one slow
// derivation that takes a key of this device as well (docs/worklist.md says what a thief
// can and cannot do).
//
// It knows no cards: a subject is bytes, and so is what is kept for it. It is of one
// day, in Brussels, and is erased when that ends, network or not.
package worklist

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
	_ "time/tzdata" // a kiosk may have no zone files

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// How often the list is asked for: every so often and up to a minute more, and sooner
// after it did not work.
const (
	refreshTime = 5 * time.Minute
	retryTime   = time.Minute
	lookTime    = 30 * time.Second // how often it is looked whether the day is over
)

// maxEntries is more people than come to one site in a day.
const maxEntries = 20000

// ErrNone says that the list has nothing for a subject: it is not on it, or there is no
// list of today. It does not say that the person has no appointment.
var ErrNone = errors.New("not on the worklist")

// Portal is who gives the list; [portal.Client] is one.
type Portal interface {
	// SetWorklistKey says under which key the list of a day is to be made, and gives its
	// salt.
	SetWorklistKey(ctx context.Context, key portal.WorklistKey) (salt []byte, err error)
	// Worklist gives what is new since a revision; nothing is an empty page.
	Worklist(ctx context.Context, after int64) (api.Worklist, error)
}

// Options say how a list is kept.
type Options struct {
	Portal    Portal
	DeviceKey []byte // of this device, 32 bytes
	// Path is where it is kept over a restart. Empty: in memory only, as where the
	// device's key lies on the same disk.
	Path string
	// Chipless keeps entries of people without a chip card: what they show can be
	// guessed, so only where the device's key cannot be taken.
	Chipless bool
	Log      *slog.Logger // nil logs nothing
}

// List is today's. It is safe for use by several goroutines.
type List struct {
	o        Options
	brussels *time.Location
	deriving sync.Mutex // one derivation at a time: each takes 19 MiB

	mu      sync.Mutex // guards what follows
	kept    kept
	ended   bool   // Erase was called: nothing is kept any more
	trouble string // code of why it could not be had; empty: nothing
}

// Open reads the list that is kept, if it is of today; another is erased.
func Open(o Options) (*List, error) {
	if o.Portal == nil || len(o.DeviceKey) != KeyLen {
		return nil, fmt.Errorf("opening the worklist: a portal and a key of %d bytes are needed", KeyLen)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return nil, fmt.Errorf("opening the worklist: %w", err)
	}
	l := &List{o: o, brussels: brussels}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("opening the worklist: %w", err)
	}
	return l, nil
}

func (l *List) today() string { return time.Now().In(l.brussels).Format(time.DateOnly) }

// Lookup gives what is kept for a subject. The error is [ErrNone], or that of ctx.
func (l *List) Lookup(ctx context.Context, subject []byte) ([]byte, error) {
	l.expire()
	l.mu.Lock()
	day, salt, empty := l.kept.Day, l.kept.Salt, len(l.kept.Entries) == 0
	l.mu.Unlock()
	if empty {
		return nil, ErrNone
	}
	made, err := l.derive(subject, day, salt)
	if err != nil || ctx.Err() != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	l.mu.Lock()
	sealed, is := l.kept.Entries[made.Index()]
	l.mu.Unlock()
	if !is {
		return nil, ErrNone
	}
	return made.Open(sealed)
}

func (l *List) derive(subject []byte, day string, salt []byte) (Made, error) {
	l.deriving.Lock()
	defer l.deriving.Unlock()
	return Derive(subject, DayKey(l.o.DeviceKey, day), salt)
}

// Status is how the list stands; nothing of it is of a person.
type Status struct {
	Day     string    // empty: there is none
	Entries int       //
	AsOf    time.Time // when the portal last said that it is so; zero: there is none
	OnDisk  bool      // it is there after a restart
	Trouble string    // code of why it could not be had
}

// Status is how the list stands.
func (l *List) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Status{Entries: len(l.kept.Entries), OnDisk: l.o.Path != "", Trouble: l.trouble}
	if l.kept.Day == l.today() {
		s.Day, s.AsOf = l.kept.Day, l.kept.AsOf
	}
	return s
}

// Run keeps the list as the portal has it until ctx ends, and erases it when its day is
// over, whether or not the portal is there.
func (l *List) Run(ctx context.Context) error {
	next := time.Now()
	for {
		l.expire()
		if !time.Now().Before(next) {
			next = time.Now().Add(l.refresh(ctx))
		}
		wait := time.NewTimer(min(lookTime, max(time.Until(next), time.Millisecond)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}

// refresh gets what is new, and says when to ask again.
func (l *List) refresh(ctx context.Context) time.Duration {
	err := l.fetch(ctx)
	if ctx.Err() != nil {
		return 0
	}
	l.mu.Lock()
	before := l.trouble
	l.trouble = code(err)
	now, n := l.trouble, len(l.kept.Entries)
	l.mu.Unlock()
	if now != before || before == "" && now != "" {
		l.o.Log.Info("worklist", "entries", n, "trouble", now)
	}
	if err != nil {
		return retryTime/2 + rand.N(retryTime)
	}
	return refreshTime + rand.N(time.Minute)
}

// code names what went wrong for a technician.
func code(err error) string {
	var e *portal.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.Code != "":
		return e.Code
	case errors.Is(err, portal.ErrAway):
		return "away"
	}
	return "not-kept"
}
