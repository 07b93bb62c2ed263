package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/sync/portal/api"
)

// WorklistKey is the key under which a kiosk's list of a day is made.
type WorklistKey struct {
	Day      string // 2006-01-02, in Brussels
	Key      []byte // secret
	Chipless bool   // entries of people without a chip card are kept
}

// SetWorklistKey says under which key today's list is to be made, and gives its salt.
// The error is an [*Error] or wraps [ErrAway].
func (c *Client) SetWorklistKey(ctx context.Context, k WorklistKey) (salt []byte, err error) {
	day, err := time.Parse(time.DateOnly, k.Day)
	if err != nil {
		return nil, fmt.Errorf("setting the worklist's key: %w", err)
	}
	r, err := call[api.WorklistSalt](ctx, c, c.o.BatchTime, "setting the worklist's key", func(ctx context.Context) (*http.Response, error) {
		return c.api.SetWorklistKey(ctx, api.WorklistKey{Day: openapi_types.Date{Time: day}, Key: k.Key, Chipless: k.Chipless})
	})
	if err == nil && (len(r.Salt) != 16 || !r.Day.Equal(day)) {
		return nil, fmt.Errorf("setting the worklist's key: %w", errNotAPI)
	}
	return r.Salt, err
}

// Worklist gives the entries that are new or changed since a revision; where there are
// none, an empty page. The error is an [*Error] or wraps [ErrAway].
func (c *Client) Worklist(ctx context.Context, after int64) (api.Worklist, error) {
	tag := fmt.Sprintf("%q", fmt.Sprint(after))
	page, err := call[api.Worklist](ctx, c, c.o.BatchTime, "asking for the worklist", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetWorklist(ctx, &api.GetWorklistParams{After: after, IfNoneMatch: tag})
	})
	if errors.Is(err, errNotModified) {
		return api.Worklist{Revision: after}, nil
	}
	return page, err
}
