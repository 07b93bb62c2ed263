package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Retire is what a kiosk is taken out of service with.
type Retire struct {
	// Exported says that what the portal does not have is kept elsewhere.
	Exported bool `json:"exported"`
}

// Retire has the portal take the kiosk out of service, erases who it was, and ends the
// daemon.
func (c *Client) Retire(ctx context.Context, r Retire) error {
	_, err := askWith[struct{}](ctx, c, http.MethodPost, "/v1/retire", r)
	return err
}

func (s *Server) retire(r *http.Request) (any, error) {
	var retire Retire
	if json.NewDecoder(r.Body).Decode(&retire) != nil {
		return nil, badRequest{errors.New("not an order to retire")}
	}
	uid, _ := peer(r.Context())
	s.Log.Warn("control: taking the kiosk out of service", "uid", uid)
	return struct{}{}, s.Daemon.Retire(r.Context(), retire)
}
