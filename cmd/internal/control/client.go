package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"

	"github.com/google/uuid"
)

// Client asks the daemon behind a socket.
type Client struct {
	http   *http.Client
	socket string
}

var _ Daemon = (*Client)(nil)

// NewClient makes a client. It connects when it asks.
func NewClient(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}, socket: socket}
}

// Status is how everything stands.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return ask[Status](ctx, c, http.MethodGet, "/v1/status")
}

// Queue lists actions.
func (c *Client) Queue(ctx context.Context, limit int, states ...string) ([]Action, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}, "state": states}
	return ask[[]Action](ctx, c, http.MethodGet, "/v1/queue?"+query.Encode())
}

// Show gives one action.
func (c *Client) Show(ctx context.Context, id uuid.UUID) (Action, error) {
	return ask[Action](ctx, c, http.MethodGet, "/v1/queue/"+id.String())
}

// Retry makes a parked action pending again.
func (c *Client) Retry(ctx context.Context, id uuid.UUID) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/v1/queue/"+id.String()+"/retry")
	return err
}

// Park takes a pending action out of the way.
func (c *Client) Park(ctx context.Context, id uuid.UUID) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/v1/queue/"+id.String()+"/park")
	return err
}

// Deliver has the courier try now.
func (c *Client) Deliver(ctx context.Context) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/v1/deliver")
	return err
}

// Printers asks every printer how it is.
func (c *Client) Printers(ctx context.Context) ([]PrinterState, error) {
	return ask[[]PrinterState](ctx, c, http.MethodGet, "/v1/printers")
}

// Metrics are the daemon's numbers, in Prometheus' text format.
func (c *Client) Metrics(ctx context.Context) (text []byte, err error) {
	resp, err := c.send(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	if text, err = io.ReadAll(resp.Body); err != nil {
		return nil, fmt.Errorf("asking kioskd: %w", err)
	}
	return text, nil
}

// send asks. The error wraps one of those of this package where it is one.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://kioskd"+path, body)
	if err != nil {
		return nil, fmt.Errorf("asking kioskd: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreached(err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }() // read as far as it is used
		return nil, refusal(resp)
	}
	return resp, nil
}

// ask asks for a T. The error is that of send.
func ask[T any](ctx context.Context, c *Client, method, path string) (T, error) {
	return askWith[T](ctx, c, method, path, nil)
}

// askWith asks for a T with a body of JSON; nil is none.
func askWith[T any](ctx context.Context, c *Client, method, path string, with any) (v T, err error) {
	var body io.Reader
	if with != nil {
		text, err := json.Marshal(with)
		if err != nil {
			return v, fmt.Errorf("asking kioskd: %w", err)
		}
		body = bytes.NewReader(text)
	}
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return v, err
	}
	defer func() { _ = resp.Body.Close() }() // read as far as it is used
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		return v, fmt.Errorf("asking kioskd: its answer is not understood: %w", err)
	}
	return v, nil
}

// unreached says why nobody answers at the socket.
func (c *Client) unreached(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: nothing answers at %s: systemctl start kioskd, or name its socket with --socket", ErrNotRunning, c.socket)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: no right to open %s", ErrRefused, c.socket)
	}
	return fmt.Errorf("asking kioskd: %w", err)
}

// refusal is the daemon's own word on why not.
func refusal(resp *http.Response) error {
	var p problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || p.Error == "" {
		return fmt.Errorf("asking kioskd: it answers %s", resp.Status)
	}
	switch resp.StatusCode {
	case http.StatusForbidden:
		return fmt.Errorf("%w: be root, or a member of the group that control.group names", ErrRefused)
	case http.StatusNotFound:
		return ErrUnknown
	case http.StatusUnprocessableEntity:
		if p.Code == configCode {
			return &ConfigError{Do: p.Error}
		}
		return &EnrolFailure{Code: p.Code, Do: p.Error}
	case http.StatusConflict:
		return ErrNoPrinter
	}
	return errors.New(p.Error)
}
