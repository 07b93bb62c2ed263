package cardtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"balie/hw/card"
)

// Recorder writes down what goes to a card and what comes back. Of a real card that
// is personal data, and of a PIN the PIN: record cards of people who do not exist.
type Recorder struct {
	card.Card
	Exchanges []Exchange
}

var _ card.Card = (*Recorder)(nil)

// Transmit writes down one exchange. See [card.Card].
func (r *Recorder) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	response, err := r.Card.Transmit(ctx, command)
	r.Exchanges = append(r.Exchanges, Exchange{slices.Clone(command), slices.Clone(response), err})
	return response, err
}

// Script is what was written down, as [Script] reads it.
func (r *Recorder) Script() string {
	var out bytes.Buffer
	for _, e := range r.Exchanges {
		fmt.Fprintf(&out, "%X > %s\n", e.Command, e.outcome())
	}
	return out.String()
}

func (e Exchange) outcome() string {
	switch {
	case errors.Is(e.Err, card.ErrRemoved):
		return "!removed"
	case errors.Is(e.Err, card.ErrReset):
		return "!reset"
	case e.Err != nil:
		return "!comm"
	}
	return fmt.Sprintf("%X", e.Response)
}
