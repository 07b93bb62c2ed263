package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"balie/kiosk"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// AppointmentByLetter gives the one appointment that a letter is of, from the worklist
// while the portal is away.
func (l lookups) AppointmentByLetter(ctx context.Context, of kiosk.Letter) ([]kiosk.Appointment, error) {
	list, err := l.Client.AppointmentByLetter(ctx, of.Code, of.Birth)
	if err != nil {
		list, err = l.away.ofLetter(ctx, of, err)
	}
	if errors.Is(err, portal.ErrRefused) { // another date, another day, or no such letter: all alike
		return nil, fmt.Errorf("%w: %w", kiosk.ErrPatientUnknown, err)
	}
	if err != nil {
		return nil, portalError(err)
	}
	return l.known(ctx, list), nil
}

// CallStaff has it ring at the staff's.
func (l lookups) CallStaff(ctx context.Context, c kiosk.HelpCall) (uuid.UUID, error) {
	s, err := l.Client.CallStaff(ctx, uuid.NewString(), api.HelpCall{
		Reason: api.CallHelp, Screen: string(c.Screen), Language: c.Language,
	})
	if err != nil {
		return uuid.Nil, portalError(err)
	}
	return s.Call, nil
}

// lookEvery is how often the portal is asked whether somebody comes.
const lookEvery = 3 * time.Second

// StaffComes waits until somebody says that they come. A portal that is away for a moment
// is asked again.
func (l lookups) StaffComes(ctx context.Context, call uuid.UUID) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		s, err := l.Client.HelpCall(ctx, call)
		switch {
		case err == nil && s.State != api.CallRinging:
			return nil
		case err != nil && !errors.Is(err, portal.ErrAway):
			return portalError(err)
		}
	}
}
