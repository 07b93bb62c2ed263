package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"balie/sync/portal"
)

// timesyncd is what systemd-timesyncd makes once it has set the clock (systemd-timesyncd(8));
// /run is empty at boot.
const timesyncd = "/run/systemd/timesync/synchronized"

// synchronised tells whether the clock follows a time server: by the kernel (adjtimex(2):
// STA_UNSYNC is cleared by who disciplines the clock, and set again when nobody has for
// some hours), or where the unit's sandbox does not let it be asked, by timesyncd.
func synchronised() bool {
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil {
		return state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
	}
	_, err := os.Stat(timesyncd)
	return err == nil
}

// A clock that was compared with the portal's so long ago, and was not further from it, is
// believed.
const (
	comparedWithin = 12 * time.Hour
	clockTolerance = time.Minute
)

// clockKnown tells whether the clock is right: by the kernel, that follows a time server,
// or by the portal, whose clock was compared with it.
func clockKnown(p *portal.Client) bool {
	if synchronised() {
		return true
	}
	s := p.Skew()
	return !s.MeasuredAt.IsZero() && time.Since(s.MeasuredAt) < comparedWithin && s.Ahead.Abs() < clockTolerance
}

func (b *booth) clockKnown() bool { return clockKnown(b.portal) }
