package courier

import (
	"math/rand/v2"
	"time"
)

// The back-off: the limit doubles from shortest to longest, and the wait is any
// time up to the limit (full jitter), so that kiosks that lost the portal together
// do not come back together. cenkalti/backoff was looked at: its jitter is a band
// around the limit, and it knows no Retry-After to add to.
const (
	shortest = time.Second
	longest  = 5 * time.Minute
	// atMost bounds what a Retry-After is believed, as openapi.yaml does.
	atMost = 24 * time.Hour
)

// rest is a pause between two rounds.
type rest struct {
	wait time.Duration
	held bool // asked for by the portal: something new to carry does not end it
}

// pace is how fast to go.
type pace struct {
	jitter   func(time.Duration) time.Duration
	failures int // in a row
	size     int // of the next batch, in actions
}

// limit is the most to wait after the given number of failures in a row, 1 or more.
func limit(failures int) time.Duration {
	if failures > 8 { // 2⁸ s is the last power below longest
		return longest
	}
	return min(longest, shortest<<max(0, failures-1))
}

// later is how long to leave one action alone that was answered attempts times
// before, and no less than said.
func (p *pace) later(attempts int, said time.Duration) time.Duration {
	return min(said, atMost) + p.jitter(limit(attempts+1))
}

// slower is after a call that failed: smaller batches, for a wire too slow for
// large ones, and a rest.
func (p *pace) slower(said time.Duration) rest {
	p.failures++
	p.size = max(1, p.size/2)
	return rest{wait: min(said, atMost) + p.jitter(limit(p.failures)), held: said > 0}
}

// stopped is after the portal said that it does not take this kiosk.
func (p *pace) stopped(said time.Duration) rest {
	p.failures++
	return rest{wait: min(said, atMost) + longest/2 + p.jitter(longest/2), held: true}
}

// faster is after a call that went well.
func (p *pace) faster() {
	p.failures = 0
	p.size = min(maxBatch, p.size*2)
}

// random is any time from above 0 to limit.
func random(limit time.Duration) time.Duration {
	return 1 + time.Duration(rand.Int64N(int64(limit)))
}
