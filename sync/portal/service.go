package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"balie/sync/portal/api"
)

// Overrides gives the settings that the hospital set for this kiosk, not verified yet,
// and whether they are others than those of the version that the kiosk has. The error
// is an [*Error] or wraps [ErrAway].
func (c *Client) Overrides(ctx context.Context, have uint64) (o api.SignedOverrides, changed bool, err error) {
	o, err = call[api.SignedOverrides](ctx, c, c.o.BatchTime, "asking for settings", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetOverrides(ctx, &api.GetOverridesParams{IfNoneMatch: fmt.Sprintf("%q", fmt.Sprint(have))})
	})
	if errors.Is(err, errNotModified) {
		return api.SignedOverrides{}, false, nil
	}
	return o, err == nil, err
}

// Retire has the portal take this kiosk out of service and revoke its certificate. The
// queue must be empty: waiting is what the portal does not have yet, parked what was
// given up. It may be repeated: a kiosk that is retired is told so. The error is an
// [*Error] or wraps [ErrRefused] where the queue is not empty, or [ErrAway].
func (c *Client) Retire(ctx context.Context, waiting, parked int) error {
	r, err := call[api.Retired](ctx, c, c.o.BatchTime, "taking the kiosk out of service", func(ctx context.Context) (*http.Response, error) {
		return c.api.RetireKiosk(ctx, api.Retirement{Waiting: waiting, Parked: parked})
	})
	var e *Error
	if errors.As(err, &e) && e.Code == "kiosk-retired" {
		return nil // the first answer was lost
	}
	if err == nil && (r.Kiosk == "" || r.RetiredAt.IsZero()) {
		return fmt.Errorf("taking the kiosk out of service: %w", errNotAPI)
	}
	return err
}
