package pcsctest

import (
	"context"
	"fmt"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/pcsc"
)

// AwaitEmpty returns when the pcscd that this process speaks to knows each of the
// readers as empty. A card that was pulled out is noticed up to 0.4 s later, and would
// be taken for the next one meanwhile.
func AwaitEmpty(ctx context.Context, readers ...string) error {
	c, err := pcsc.NewSystem().Establish()
	if err != nil {
		return fmt.Errorf("waiting for empty readers: %w", err)
	}
	defer func() { _ = c.Release() }() // fails only where pcscd is gone, and the context with it
	for _, name := range readers {
		states := []scard.ReaderState{{Reader: name}}
		for states[0].EventState&scard.StateEmpty == 0 {
			states[0].CurrentState = states[0].EventState &^ scard.StateChanged
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("waiting for %q to be empty: %w", name, err)
			}
			if err := c.GetStatusChange(states, time.Second); err != nil && err != scard.ErrTimeout {
				return fmt.Errorf("waiting for %q to be empty: %w", name, err)
			}
		}
	}
	return nil
}
