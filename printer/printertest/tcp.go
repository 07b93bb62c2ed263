package printertest

import (
	"context"
	"fmt"
	"net"
)

// ServeListener prints what comes over connections to l, one after the other, until ctx
// ends, then closes l and returns nil. A printer on a network takes one at a time, too.
func (p *Printer) ServeListener(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // what waits in it ends
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("virtual printer: %w", err)
		}
		hangUp := context.AfterFunc(ctx, func() { _ = conn.Close() })
		_ = p.Serve(ctx, conn) // it ends when the other side hangs up
		hangUp()
		_ = conn.Close()
	}
}
