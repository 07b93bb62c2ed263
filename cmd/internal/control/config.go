package control

import (
	"context"
	"net/http"

	"balie/cmd/internal/config"
)

// Reloaded is what became of a reload.
type Reloaded struct {
	Applied []config.Change `json:"applied"`
	Waiting []config.Change `json:"waiting"` // for a restart
}

// ConfigError is a configuration that the daemon did not take: it goes on as it was.
type ConfigError struct{ Do string }

// Error says which key, and what is allowed.
func (e *ConfigError) Error() string { return e.Do }

// configCode is the code of a ConfigError on its way through the socket.
const configCode = "configuration"

// Config is what holds in the daemon.
func (c *Client) Config(ctx context.Context) ([]config.Setting, error) {
	return ask[[]config.Setting](ctx, c, http.MethodGet, "/v1/config")
}

// Reload has the daemon read its file anew. The error is a *[ConfigError], or one of
// the door's.
func (c *Client) Reload(ctx context.Context) (Reloaded, error) {
	return ask[Reloaded](ctx, c, http.MethodPost, "/v1/reload")
}

func (s *Server) reload(r *http.Request) (any, error) {
	uid, _ := peer(r.Context())
	s.Log.Info("control: reload", "uid", uid)
	return s.Daemon.Reload(r.Context())
}
