package main

import (
	"context"
	"regexp"
	"strings"
	"time"

	"balie/cmd/internal/control"
	"balie/cmd/internal/doctor"
	"balie/cmd/internal/fault"
	"balie/cmd/internal/version"
	"balie/sync/portal/api"
)

// heartbeatEvery is how often the portal is told how this kiosk is.
const heartbeatEvery = time.Minute

// beat tells the portal how this kiosk is until ctx ends. One that is lost is not
// repeated: the next tells more.
func (b *booth) beat(ctx context.Context) error {
	tick := time.NewTicker(heartbeatEvery)
	defer tick.Stop()
	for {
		if s, err := b.Status(ctx); err == nil && !s.Portal.Stopped {
			_ = b.portal.Heartbeat(ctx, heartbeat(s)) // that the portal is away is the courier's to say
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// heartbeat is a status as the portal takes it: devices, and the fault to look at first
// of each. Nothing of it is of a person.
func heartbeat(s control.Status) api.Heartbeat {
	h := api.Heartbeat{
		Version: version.String(), StartedAt: s.Started.UTC(), Waiting: s.Queue.Pending, Parked: s.Queue.Parked,
		ClockKnown: s.Portal.ClockAhead != nil, Devices: []api.Device{},
	}
	seen := map[string]bool{}
	add := func(f fault.Finding) {
		name := deviceName(f.Part)
		if seen[name] || len(h.Devices) == maxDevices {
			return
		}
		seen[name] = true
		h.Devices = append(h.Devices, api.Device{Name: name, State: deviceState(f), Code: f.Code})
	}
	for _, f := range s.Faults {
		add(f.Finding)
	}
	for _, f := range doctor.OfDaemon(s, nil, time.Now()) {
		if f.State == fault.Fine {
			add(f)
		}
	}
	return h
}

// As openapi.yaml has them: how many devices there can be, and what a name is made of.
const (
	maxDevices = 50
	maxName    = 40
)

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// deviceName is the name of a part as the portal takes it: "printer-ticket".
func deviceName(part string) string {
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(part), "-"), "-")
	return name[:min(len(name), maxName)]
}

func deviceState(f fault.Finding) api.DeviceState {
	switch {
	case strings.HasSuffix(f.Code, "-away"):
		return api.DeviceAbsent
	case f.State == fault.Fine:
		return api.DeviceOK
	case f.State == fault.Fails:
		return api.DeviceFailed
	}
	return api.DeviceWarning
}
