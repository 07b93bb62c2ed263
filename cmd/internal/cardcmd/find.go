package cardcmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/hw/pcsc"
)

const (
	// grace is how long a trouble may last before it is the answer: pcscd that is
	// just being started, a reader that was just plugged in, a card on its way in.
	grace = 2 * time.Second
	// glance is the least that looking takes.
	glance = 500 * time.Millisecond
	// patience is how long reading one card may take.
	patience = time.Minute
)

// asked is the role of the readers that --reader means.
const asked = "asked"

// readersFor are the readers, of which those that name means have the role asked.
func readersFor(name string) *pcsc.Readers {
	if name == "" {
		name = "*"
	}
	return pcsc.New(pcsc.Options{Roles: []pcsc.Role{{Name: asked, Match: name}}, Sockets: true})
}

// readers are those that --reader or --role mean, and how they were named.
func (c *common) readers() (*pcsc.Readers, string, error) {
	switch {
	case c.role == "":
		return readersFor(c.reader), c.reader, nil
	case c.reader != "":
		return nil, "", exit.Errorf(exit.Usage, "--role and --reader: give one of them")
	}
	booth, err := config.Load(c.config)
	if err != nil {
		return nil, "", exit.Errorf(exit.Usage, "--role: %w", err)
	}
	o := booth.Cards.Readers()
	at := slices.IndexFunc(o.Roles, func(r pcsc.Role) bool { return r.Name == c.role })
	switch {
	case at >= 0:
		o.Roles[at].Name = asked
		return pcsc.New(o), o.Roles[at].Match, nil
	case c.role == config.DeskReader:
		return nil, "", exit.Errorf(exit.Usage, "--role: cards.desk_reader is not set in %s", c.config)
	}
	return nil, "", exit.Errorf(exit.Usage, "--role: %q is neither %s nor %s", c.role, config.PatientReader, config.DeskReader)
}

// slot is a reader that is looked at.
type slot struct {
	name    string
	claimed bool
	card    pcsc.Kind // CardInserted, CardMute, or 0
}

// finder waits for a card.
type finder struct {
	name  string // as asked for; empty is any
	slots []*slot
	other []string // readers that were not asked for
	away  error    // why PC/SC is down, nil while it is not
	heard bool     // PC/SC has answered: that there is no reader is its word
}

// connect waits for a card and connects to it.
func (c *common) connect(ctx context.Context) (*pcsc.Card, error) {
	readers, named, err := c.readers()
	if err != nil {
		return nil, err
	}
	f := &finder{name: named}
	name, err := f.find(ctx, readers, c.wait)
	if err != nil {
		return nil, err
	}
	connecting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	k, err := readers.Connect(connecting, name)
	if err != nil {
		return nil, explain(err)
	}
	return k, nil
}

// find gives the reader that a card is in.
func (f *finder) find(ctx context.Context, readers *pcsc.Readers, wait time.Duration) (string, error) {
	watching, cancel := context.WithCancel(ctx)
	events, over := make(chan pcsc.Event), make(chan struct{})
	go func() {
		defer close(over)
		_ = readers.Watch(watching, func(e pcsc.Event) { // ends when we have enough
			select {
			case events <- e:
			case <-watching.Done():
			}
		})
	}()
	defer func() { cancel(); <-over }()
	// Where there is no reader, no event says that PC/SC works.
	heard := make(chan struct{})
	go func() {
		if _, err := readers.List(watching); err == nil {
			close(heard)
		}
	}()
	return f.follow(ctx, events, heard, max(wait, glance), wait)
}

// follow looks at events until a card is in, a trouble has lasted, or time is up.
func (f *finder) follow(ctx context.Context, events <-chan pcsc.Event, heard <-chan struct{}, limit, wait time.Duration) (string, error) {
	late, lasting := time.NewTimer(limit), time.NewTimer(grace)
	defer late.Stop()
	defer lasting.Stop()
	for {
		select {
		case e := <-events:
			before := f.trouble() != nil
			f.apply(e)
			if name := f.ready(); name != "" {
				return name, nil
			}
			if now := f.trouble() != nil; now && !before {
				lasting.Reset(grace)
			}
		case <-heard:
			f.heard, heard = true, nil
		case <-lasting.C:
			if err := f.trouble(); err != nil {
				return "", err
			}
		case <-late.C:
			if err := f.trouble(); err != nil {
				return "", err
			}
			return "", exit.Errorf(exitNoCard, "no card within %v: put one in, chip first, or give more time with --wait", wait)
		case <-ctx.Done():
			return "", explain(ctx.Err())
		}
	}
}

// apply takes note of an event.
func (f *finder) apply(e pcsc.Event) {
	switch e.Kind {
	case pcsc.ServiceDown:
		f.away = e.Err
		return
	case pcsc.ServiceUp:
		f.away, f.heard = nil, true
		return
	}
	if e.Role != asked {
		f.other = slices.DeleteFunc(f.other, func(name string) bool { return name == e.Reader })
		if e.Kind != pcsc.ReaderLost {
			f.other = append(f.other, e.Reader)
		}
		return
	}
	at := slices.IndexFunc(f.slots, func(s *slot) bool { return s.name == e.Reader })
	if at < 0 {
		f.slots, at = append(f.slots, &slot{name: e.Reader}), len(f.slots)
	}
	switch s := f.slots[at]; e.Kind {
	case pcsc.ReaderLost:
		f.slots = slices.Delete(f.slots, at, at+1)
	case pcsc.ReaderReady:
		s.claimed = false
	case pcsc.ReaderClaimed:
		s.claimed = true
	case pcsc.CardInserted, pcsc.CardMute:
		s.card = e.Kind
	case pcsc.CardRemoved:
		s.card = 0
	}
}

// ready is the first reader with a card that answers.
func (f *finder) ready() string {
	for _, s := range f.slots {
		if s.card == pcsc.CardInserted && !s.claimed {
			return s.name
		}
	}
	return ""
}

// trouble is what keeps a card from being found; nil where nothing does but that
// there is none.
func (f *finder) trouble() error {
	switch {
	case f.away != nil:
		return explain(f.away)
	case !f.heard && len(f.slots)+len(f.other) == 0:
		return explain(fmt.Errorf("looking for readers: %w: it does not answer", pcsc.ErrNoService))
	case len(f.slots) == 0 && len(f.other) > 0:
		return exit.Errorf(exitReader, "no reader is called %q: there are %s", f.name, strings.Join(f.other, ", "))
	case len(f.slots) == 0:
		return exit.Errorf(exitReader, "no reader: plug one in, and look whether lsusb shows it and its driver is installed (libccid)")
	}
	claimed := 0
	for _, s := range f.slots {
		switch {
		case s.claimed:
			claimed++
		case s.card == pcsc.CardMute:
			return explain(pcsc.ErrMute)
		}
	}
	if claimed == len(f.slots) {
		return explain(pcsc.ErrClaimed)
	}
	return nil
}
