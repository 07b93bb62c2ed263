package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// largestOrder is how many bytes an order may have: those of a file of data, and some.
const largestOrder = 80 << 10

func (s *Server) print(r *http.Request) (any, error) {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, largestOrder))
	d.DisallowUnknownFields()
	var order Order
	if err := d.Decode(&order); err != nil {
		return nil, badRequest{errors.New("not an order of a paper")}
	}
	return s.Daemon.Print(r.Context(), order)
}

func (s *Server) forms(r *http.Request) (any, error) {
	list, err := s.Daemon.Forms(r.Context())
	if list == nil {
		list = []Form{}
	}
	return list, err
}

// pdf is a file within JSON.
type pdf struct {
	PDF []byte `json:"pdf"`
}

func (s *Server) takeForm(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return nil, badRequest{errors.New("not the number of a form")}
	}
	file, err := s.Daemon.TakeForm(r.Context(), id)
	return pdf{file}, err
}

// Print prints a paper.
func (c *Client) Print(ctx context.Context, order Order) (Printed, error) {
	return askWith[Printed](ctx, c, http.MethodPost, "/v1/print", order)
}

// Forms lists the sheets of A4 that are kept for the desk.
func (c *Client) Forms(ctx context.Context) ([]Form, error) {
	return ask[[]Form](ctx, c, http.MethodGet, "/v1/forms")
}

// TakeForm gives one of them and has it kept no longer.
func (c *Client) TakeForm(ctx context.Context, id int) ([]byte, error) {
	file, err := ask[pdf](ctx, c, http.MethodPost, fmt.Sprintf("/v1/forms/%d/take", id))
	if errors.Is(err, ErrUnknown) {
		err = ErrNoForm
	}
	return file.PDF, err
}
