package window

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Sandbox says whether the web process runs in WebKit's bubblewrap sandbox.
type Sandbox string

// The choices.
const (
	SandboxAuto   Sandbox = "auto"   // where the kernel lets it
	SandboxAlways Sandbox = "always" // or there is no window
	SandboxNever  Sandbox = "never"
)

// bwrap is where WebKit looks for it: the path is compiled in (Debian).
const bwrap = "/usr/bin/bwrap"

const probeTimeout = 5 * time.Second

// ErrSandboxChoice is a choice that is none.
var ErrSandboxChoice = errors.New("sandbox is one of auto, always, never")

// ParseSandbox reads a choice.
func ParseSandbox(s string) (Sandbox, error) {
	switch c := Sandbox(s); c {
	case SandboxAuto, SandboxAlways, SandboxNever:
		return c, nil
	}
	return "", fmt.Errorf("%q: %w", s, ErrSandboxChoice)
}

// settle finds out before WebKit does: where user namespaces are denied, WebKit
// ends the whole process with SIGTRAP.
func (s Sandbox) settle(ctx context.Context) (bool, error) {
	if s == SandboxNever {
		return false, nil
	}
	err := probe(ctx)
	if err != nil && s == SandboxAlways {
		return false, fmt.Errorf("%w: %w", ErrNoSandbox, err)
	}
	return err == nil, nil
}

// probe makes a sandbox with the namespaces that WebKit's web process gets
// (BubblewrapLauncher.cpp of WebKitGTK 2.50), around a program that does nothing.
func probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, bwrap, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
		"--unshare-pid", "--unshare-uts", "--unshare-ipc", "--unshare-net", "/bin/true")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running bwrap: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}
