package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/control"
)

// TestWindowTrouble: a booth whose screen nobody sees is out of order, but for one on
// a desk, where a browser shows it or nothing does.
func TestWindowTrouble(t *testing.T) {
	now := time.Now()
	before := func(d time.Duration) *time.Time { return control.Moment(now.Add(-d)) }
	for _, c := range []struct {
		name        string
		alive       *time.Time
		development bool
		want        bool
	}{
		{name: "seen now", alive: before(5 * time.Second)},
		{name: "never seen", want: true},
		{name: "seen long ago", alive: before(time.Minute), want: true},
		{name: "never seen, on a desk", development: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := control.Status{CardService: "up", Readers: []control.Reader{{Name: "r", Role: "patient", State: "empty"}}, Development: c.development}
			s.Screen.Alive, s.Portal.Reachable = c.alive, true
			if got := slices.Contains(names(troubles(s, now)), "screen"); got != c.want {
				t.Errorf("out of order: %v, not %v", got, c.want)
			}
		})
	}
}

// TestCertificateTrouble: a certificate that is not renewed is told while there is still
// time, and one that has ended with what to do.
func TestCertificateTrouble(t *testing.T) {
	now := time.Now()
	day := 24 * time.Hour
	for _, c := range []struct {
		name             string
		renewFrom, until time.Duration // from now
		says             string        // empty: nothing
	}{
		{"new", 60 * day, 90 * day, ""},
		{"just due", -day, 29 * day, ""},
		{"not renewed for long", -16 * day, 14 * day, "is not renewed: away"},
		{"ended", -31 * day, -day, "kioskctl enrol"},
	} {
		s := control.Status{Identity: control.Identity{Keys: "file", NotAfter: now.Add(c.until), RenewFrom: now.Add(c.renewFrom), Error: "away"}}
		said := ""
		for _, trouble := range troubles(s, now) {
			if trouble.what == "certificate" {
				said += trouble.do
			}
		}
		if (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %q, want %q", c.name, said, c.says)
		}
	}
}

// TestWorklistLine says of which day, for how many, how old, and where it is.
func TestWorklistLine(t *testing.T) {
	now := time.Now()
	at := now.Add(-3 * time.Minute)
	for want, w := range map[string]control.Worklist{
		"none of today, in memory only: there is no TPM; not renewed (away)":                  {Error: "away"},
		"of 2026-03-02, 12 people, as of " + at.Local().Format(time.TimeOnly) + " (3m0s ago)": {Day: "2026-03-02", Entries: 12, AsOf: &at, OnDisk: true},
	} {
		if got := worklistLine(w, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLive: a status is shown anew until it is ended, and a daemon that is away is waited
// for.
func TestLive(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	seen := &until{end: cancel, text: "kioskd does not run"}
	if err := follow(ctx, seen, control.NewClient(filepath.Join(t.TempDir(), "absent"))); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(seen.all.String(), anew) {
		t.Errorf("%q", seen.all.String())
	}
}

// until ends something when a text was written.
type until struct {
	end  func()
	text string
	all  strings.Builder
}

func (u *until) Write(b []byte) (int, error) {
	if u.all.Write(b); strings.Contains(u.all.String(), u.text) {
		u.end()
	}
	return len(b), nil
}
