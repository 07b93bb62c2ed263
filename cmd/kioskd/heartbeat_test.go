package main

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
	"balie/sync/portal/api"
)

// TestHeartbeat: each device once, with the fault to look at first; names are those that
// the portal takes.
func TestHeartbeat(t *testing.T) {
	now := time.Now()
	zero := 0.0
	s := control.Status{
		CardService: "up", Readers: []control.Reader{{Name: "Cherry", Role: "patient", State: "empty"}}, Started: now,
		Portal: control.Portal{Reachable: true, ClockAhead: &zero}, Queue: control.Queue{Pending: 2, Parked: 1},
		Printer:  control.Printer{Configured: true, Faults: []string{"paper-end"}},
		Identity: control.Identity{RenewFrom: now.AddDate(0, 0, 60), NotAfter: now.AddDate(0, 0, 90)}, Worklist: control.Worklist{AsOf: &now},
	}
	for _, f := range []fault.Finding{
		fault.Found("printer ticket", "printer-paper-out", "x"), fault.Found("queue", "queue-parked", "x"), fault.Found("screen", "window-away", "x"),
		fault.Found("printer Karte Ü", "printer-paper-low", "x"), fault.Found("printer ticket", "printer-paper-low", "x"),
	} {
		s.Faults = append(s.Faults, fault.Shown{Finding: f, Since: now})
	}
	h := heartbeat(s)
	got := map[string]string{}
	form := regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	for _, d := range h.Devices {
		if !form.MatchString(d.Name) || got[d.Name] != "" {
			t.Errorf("%q is no name of a device, or there twice", d.Name)
		}
		got[d.Name] = string(d.State) + " " + d.Code
	}
	want := map[string]string{
		"printer-ticket": "failed printer-paper-out", "queue": "warning queue-parked", "screen": "absent window-away",
		"printer-karte": "warning printer-paper-low", "kioskd": "ok ", "card-service": "ok ", "patient-reader": "ok ", "portal": "ok ",
		"certificate": "ok ", "clock": "ok ", "worklist": "ok ", "revocations": "ok ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if h.Waiting != 2 || h.Parked != 1 || !h.ClockKnown {
		t.Errorf("%+v", h)
	}
	text, err := json.Marshal(h)
	var again api.Heartbeat
	if err != nil || json.Unmarshal(text, &again) != nil {
		t.Errorf("%s, %v", text, err)
	}
}
