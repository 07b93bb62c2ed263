package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tellSystemd says READY once the window's main loop turns, and then, if systemd
// watches, that it still does. Without systemd it does nothing.
//
// WATCHDOG_PID is not looked at: under a compositor it is the compositor's, and
// the unit lets all its processes speak (NotifyAccess=all).
func tellSystemd(ctx context.Context, ping func(context.Context) error) error {
	if err := ping(ctx); err != nil {
		return nil // the end came first
	}
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	every := watchdog(os.Getenv("WATCHDOG_USEC"))
	if every == 0 {
		return nil
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for ping(ctx) == nil {
		if _, err := daemon.SdNotify(false, daemon.SdNotifyWatchdog); err != nil {
			return fmt.Errorf("telling systemd: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

// watchdog is how often to speak: twice in the time that systemd waits
// (sd_watchdog_enabled(3)), or 0 for never.
func watchdog(usec string) time.Duration {
	n, err := strconv.ParseInt(usec, 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(n) * time.Microsecond / 2
}
