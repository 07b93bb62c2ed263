package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counted gives challenges that can be told apart, while it is not away.
type counted struct {
	n    atomic.Int64
	away atomic.Bool
}

func (c *counted) Challenge(context.Context) ([]byte, time.Time, error) {
	if c.away.Load() {
		return nil, time.Time{}, errors.New("away")
	}
	return fmt.Append(nil, c.n.Add(1)), time.Time{}, nil
}

// A challenge is ready for each card, is given once, and is never an old one.
func TestNonces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counted{}
		n := newNonces(c)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.run(ctx) }()
		later := func(d time.Duration) {
			<-time.After(d)
			synctest.Wait()
		}
		gives := func(when, want string) {
			t.Helper()
			if got := string(n.take()); got != want {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		synctest.Wait()
		gives("at once", "1")
		gives("before another came", "")
		synctest.Wait()
		gives("then", "2")
		synctest.Wait()
		later(time.Hour)
		if asked := c.n.Load(); asked < 12 || asked > 16 {
			t.Errorf("in an hour without a card, %d were asked for", asked)
		}
		c.away.Store(true)
		later(6 * time.Minute)
		gives("an old one, while the portal is away", "")
		c.away.Store(false)
		later(nonceAgain + time.Second)
		if n.take() == nil {
			t.Error("the portal is back, and there is none")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	var none *nonces
	if none.take() != nil {
		t.Error("a reader without a portal has a challenge")
	}
}
