package portal

import (
	"context"
	"net/http"

	"balie/sync/portal/api"
)

// LaterAppointments gives the appointments after today of the person whom proof and
// holder prove, in order of start. The error is one of [Client.Appointments], or wraps
// [ErrHolderRefused].
func (c *Client) LaterAppointments(ctx context.Context, proof Proof, holder HolderProof) ([]api.Appointment, error) {
	return c.lookup(ctx, "asking for later appointments", func(ctx context.Context) (*http.Response, error) {
		return c.api.LookupHolderAppointments(ctx, api.HolderQuery{Proof: proof.wire(), Holder: holder.wire()})
	})
}
