package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// visited plays a booth at which somebody is for a while, and then prints.
type visited struct {
	control.Daemon
	began          time.Time
	there, printed time.Duration
	fails          error
}

func (v *visited) Status(context.Context) (control.Status, error) {
	if time.Since(v.began) < v.there {
		return control.Status{Screen: control.Screen{Showing: "choose"}}, v.fails
	}
	return control.Status{Screen: control.Screen{Showing: "welcome"}}, v.fails
}

func (v *visited) Printers(context.Context) ([]control.PrinterState, error) {
	if time.Since(v.began) < v.printed {
		return []control.PrinterState{{Waiting: 0}, {Waiting: 1}}, nil
	}
	return []control.PrinterState{{}}, nil
}

func TestIdle(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name  string
		booth visited
		after time.Duration // when it ended
		code  int
	}{
		{"nobody there", visited{}, 0, exit.OK},
		{"somebody, for a while", visited{there: 20 * time.Second}, 20 * time.Second, exit.OK},
		{"a paper comes out", visited{there: 2 * time.Second, printed: 5 * time.Second}, 5 * time.Second, exit.OK},
		{"somebody, for long", visited{there: time.Hour}, time.Minute, exitOutOfOrder},
		{"no daemon", visited{there: time.Hour, fails: control.ErrNotRunning}, 0, exit.OK},
		{"another trouble", visited{there: time.Hour, fails: broken}, 0, exit.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.booth.began = time.Now()
				err := waitIdle(t.Context(), &c.booth, time.Minute)
				if code := exit.Code(err); code != c.code {
					t.Errorf("code %d (%v), want %d", code, err, c.code)
				}
				if took := time.Since(c.booth.began); took != c.after {
					t.Errorf("after %v, want %v", took, c.after)
				}
			})
		})
	}
}

// TestIdleEndsWithItsCaller: whoever presses Ctrl-C is not told that somebody is there.
func TestIdleEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := waitIdle(ctx, &visited{began: time.Now(), there: time.Hour}, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
