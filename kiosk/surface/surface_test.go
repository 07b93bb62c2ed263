package surface_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"balie/kiosk/surface"
)

// TestLatest: who is slow to show misses the older view, and is shown the last one.
func TestLatest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	views := surface.NewLatest[string]()
	views.Offer("who has gone")
	views.Offer("welcome")
	var shown []string
	err := views.Show(ctx, func(v string) {
		shown = append(shown, v)
		cancel()
	})
	if err != nil || len(shown) != 1 || shown[0] != "welcome" {
		t.Errorf("shown: %q, %v", shown, err)
	}
}

// TestSpans: what ends for one person goes on for the next, also under the same number.
func TestSpans(t *testing.T) {
	spans := surface.Spans{}
	one, two := spans.Of(t.Context(), 1), spans.Of(t.Context(), 2)
	if spans.Of(t.Context(), 1) != one {
		t.Error("a number has two contexts")
	}
	spans.End(1)
	spans.End(1)
	if one.Err() == nil || two.Err() != nil || spans.Of(t.Context(), 1).Err() != nil {
		t.Errorf("ended: %v, %v", one.Err(), two.Err())
	}
}

// TestAlarm: it rings at its moment, and the zero one never.
func TestAlarm(t *testing.T) {
	if alarm, stop := surface.Alarm(time.Time{}); alarm != nil {
		stop()
		t.Error("an alarm at no moment")
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		alarm, stop := surface.Alarm(began.Add(time.Minute))
		defer stop()
		if at := <-alarm; at.Sub(began) != time.Minute {
			t.Errorf("rang after %v", at.Sub(began))
		}
	})
}
