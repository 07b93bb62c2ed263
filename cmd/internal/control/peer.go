package control

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/user"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Allowed says who may speak to the daemon besides root and the daemon's own user.
type Allowed struct {
	Group string // name or number; empty: nobody else
}

// Check tells whether the group exists.
func (a Allowed) Check() error {
	if a.Group == "" {
		return nil
	}
	_, err := a.gid()
	return err
}

func (a Allowed) gid() (string, error) {
	if _, err := strconv.ParseUint(a.Group, 10, 32); err == nil {
		return a.Group, nil
	}
	g, err := user.LookupGroup(a.Group)
	if err != nil {
		return "", fmt.Errorf("no group %q on this machine", a.Group)
	}
	return g.Gid, nil
}

// user tells whether a user may come in. The groups are asked for anew each time:
// who was taken out of one is out.
func (a Allowed) user(uid uint32) bool {
	if uid == 0 || int(uid) == os.Geteuid() {
		return true
	}
	if a.Group == "" {
		return false
	}
	gid, err := a.gid()
	if err != nil {
		return false
	}
	u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
	if err != nil {
		return false
	}
	groups, err := u.GroupIds()
	return err == nil && slices.Contains(groups, gid)
}

type peerKey struct{}

// withPeer notes who is at the other end of a connection, as the kernel has it:
// SO_PEERCRED, unix(7).
func withPeer(ctx context.Context, c net.Conn) context.Context {
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return ctx
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) { cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err != nil || credErr != nil {
		return ctx
	}
	return context.WithValue(ctx, peerKey{}, cred.Uid)
}

func peer(ctx context.Context) (uid uint32, known bool) {
	uid, known = ctx.Value(peerKey{}).(uint32)
	return uid, known
}
