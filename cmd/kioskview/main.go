// Kioskview shows the booth's screen: the daemon's page, over the whole monitor,
// and nothing else. It is a process of its own so that a page that dies takes
// neither reader nor queue with it; see packages window and admit.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"balie/ui/window"
)

// Exit codes, as --help has them.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitNoDisplay
	exitNoSandbox
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code := execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// execute runs the command and says how it ended, in one line on stderr if badly.
func execute(ctx context.Context, args []string) int {
	cmd := command(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	var child *childError
	if err == nil || errors.As(err, &child) {
		return exitCode(err) // the child has said why
	}
	fmt.Fprintln(os.Stderr, "kioskview:", err)
	return exitCode(err)
}

func exitCode(err error) int {
	var usage *usageError
	var child *childError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &child):
		return child.code
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, window.ErrNoDisplay):
		return exitNoDisplay
	case errors.Is(err, window.ErrNoSandbox):
		return exitNoSandbox
	default:
		return exitFailed
	}
}
