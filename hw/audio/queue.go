package audio

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// Queue has a Speaker say the last thing that it was given: a new one breaks off the one
// before. Whoever gives it something never waits.
type Queue struct {
	speaker Speaker
	last    chan Utterance // the newest only
	log     *slog.Logger
}

// NewQueue makes a queue for a speaker; nil log logs nothing.
func NewQueue(s Speaker, log *slog.Logger) *Queue {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Queue{speaker: s, last: make(chan Utterance, 1), log: log}
}

// Say is to say u, now, in place of anything else. An empty text is silence. It is for
// one goroutine at a time.
func (q *Queue) Say(u Utterance) {
	for {
		select {
		case q.last <- u:
			return
		default:
		}
		select {
		case <-q.last:
		default:
		}
	}
}

// complainEvery is how often it is logged at most that nothing can be heard.
const complainEvery = time.Minute

// Run speaks until ctx ends. A speaker that fails is no reason to end: the booth goes on
// without.
func (q *Queue) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		stop, said := func() {}, make(chan struct{})
		close(said)
		var complained time.Time
		for {
			select {
			case <-ctx.Done():
				stop()
				return nil
			case u := <-q.last:
				stop()
				<-said // a voice that was broken off is silent before the next begins
				saying, cancel := context.WithCancel(ctx)
				stop, said = cancel, make(chan struct{})
				done := said
				group.Go(func() error {
					defer close(done)
					if err := q.speaker.Say(saying, u); err != nil && saying.Err() == nil && time.Since(complained) >= complainEvery {
						complained = time.Now()
						q.log.Error("nothing can be heard", "err", err)
					}
					return nil
				})
			}
		}
	})
	return group.Wait()
}
