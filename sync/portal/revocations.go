package portal

import (
	"context"
	"net/http"

	"balie/sync/portal/api"
)

// Revocations gives the revocation lists of the roots of the identity cards. Nothing
// of them is verified. The error is an [*Error] or wraps [ErrAway].
func (c *Client) Revocations(ctx context.Context) ([]api.RevocationList, error) {
	r, err := call[api.Revocations](ctx, c, c.o.BatchTime, "asking for revocation lists", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetRevocations(ctx)
	})
	return r.Lists, err
}
