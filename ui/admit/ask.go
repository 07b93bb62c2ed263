package admit

import (
	"context"
	"fmt"
	"net"
	"time"
)

// askTimeout is for a daemon that accepts and says nothing.
const askTimeout = 5 * time.Second

// Admission is a pass and the connection it came over.
type Admission struct {
	Pass
	conn net.Conn
	gone chan struct{}
}

// Ask asks the daemon behind the socket at path for a pass. The error wraps
// [ErrRefused], [ErrNotPass] or what went wrong with the socket, and names
// neither token nor page.
func Ask(ctx context.Context, path string) (*Admission, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("calling the daemon: %w", err)
	}
	a, err := receive(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return a, nil
}

func receive(ctx context.Context, conn net.Conn) (*Admission, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	pass, err := readPass(conn)
	if !stop() {
		return nil, fmt.Errorf("waiting for the pass: %w", ctx.Err())
	}
	if err != nil {
		return nil, err
	}
	return admission(pass, conn), nil
}

// admission watches over conn until its end; Close waits for that watch.
func admission(pass Pass, conn net.Conn) *Admission {
	a := &Admission{Pass: pass, conn: conn, gone: make(chan struct{})}
	go func() {
		defer close(a.gone)
		_, _ = conn.Read(make([]byte, 1)) // the daemon says no more: this is its end
	}()
	return a
}

// Gone is closed when the daemon has ended the connection, or died.
func (a *Admission) Gone() <-chan struct{} { return a.gone }

// Close ends the connection.
func (a *Admission) Close() error {
	err := a.conn.Close()
	<-a.gone
	return err
}
