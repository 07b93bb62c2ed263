package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"balie/internal/secret"
)

// codeWire is a technician's code on its way through the socket.
type codeWire struct {
	Code string `json:"code"`
}

// SetCode sets the code of the technician's page; an empty one closes it.
func (c *Client) SetCode(ctx context.Context, code secret.Text) error {
	_, err := askWith[struct{}](ctx, c, http.MethodPost, "/v1/technician-code", codeWire{Code: code.Reveal()})
	return err
}

func (s *Server) setCode(r *http.Request) (any, error) {
	var c codeWire
	if json.NewDecoder(r.Body).Decode(&c) != nil {
		return nil, badRequest{errors.New("not a code")}
	}
	uid, _ := peer(r.Context())
	s.Log.Info("control: the technician's code", "uid", uid, "set", c.Code != "")
	return struct{}{}, s.Daemon.SetCode(r.Context(), secret.NewText(c.Code))
}
