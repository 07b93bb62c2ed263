package main

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"balie/cmd/internal/manual"
	"balie/ui/window"
)

const help = `Shows the booth's screen: the page of kioskd, over the whole monitor, and
nothing else. No menu, key, link or gesture leads out of it.

kioskview asks kioskd for the page over a Unix socket. kioskd lets in only the
user that its configuration names, so run kioskview as that user. It waits for
as long as kioskd is away, shows a page that asks for a moment's patience, and
comes back by itself: order of start does not matter.

It needs a display: a Wayland compositor (WAYLAND_DISPLAY) or an X server
(DISPLAY), with or without a window manager. It keeps nothing on disk.

Exit codes:
  0  ended by SIGTERM, SIGINT or SIGHUP
  1  something unforeseen; the last line on stderr says what
  2  an option that is wrong
  3  no display to open a window on
  4  the page's process cannot be sandboxed, and --sandbox=always asks for it`

const examples = `  kioskview --hide-cursor                          on a kiosk, full screen
  kioskview --respawn                              without systemd: restarted when it dies
  kioskview --socket build/run/window.sock --windowed --size 540x960
                                                   a window with a frame, on a desk`

// settings are the options as given.
type settings struct {
	socket     string
	windowed   bool
	size       string
	hideCursor bool
	sandbox    string
	phone      string
	config     string
	respawn    bool
}

// usageError is an option that is wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() + " (see kioskview --help)" }
func (e *usageError) Unwrap() error { return e.err }

func command(log *slog.Logger) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:           "kioskview [flags]",
		Short:         "Shows the booth's screen",
		Long:          help,
		Example:       examples,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := s.options(log)
			if err != nil {
				return &usageError{err}
			}
			if s.respawn {
				return respawn(cmd.Context(), childArgs(cmd), log)
			}
			return show(cmd.Context(), s.socket, options)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddCommand(manual.Command(8))
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.socket, "socket", "/run/balie/window.sock", "where kioskd gives out its page")
	flags.BoolVar(&s.windowed, "windowed", false, "a window with a frame, instead of the whole monitor")
	flags.StringVar(&s.size, "size", "540x960", "`WxH` of that window in pixels")
	flags.BoolVar(&s.hideCursor, "hide-cursor", false, "no pointer: for a screen that is only touched")
	flags.StringVar(&s.sandbox, "sandbox", "auto", "the page's process in a sandbox: auto (if the kernel lets it), always or never")
	flags.StringVar(&s.phone, "phone", "", "`number` to call, shown while kioskd is away")
	flags.StringVar(&s.config, "config", "", "kioskd's configuration `FILE`, for that number")
	flags.BoolVar(&s.respawn, "respawn", false, "start the window as a child and start it again when it dies")
	return cmd
}

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("%q: kioskview takes options only", args[0])}
	}
	return nil
}

func (s settings) options(log *slog.Logger) (window.Options, error) {
	o := window.Options{HideCursor: s.hideCursor, Phone: s.phone, Log: log}
	var err error
	if s.socket == "" {
		return o, fmt.Errorf("--socket: a path is needed")
	}
	if o.Sandbox, err = window.ParseSandbox(s.sandbox); err != nil {
		return o, fmt.Errorf("--sandbox: %w", err)
	}
	if o.Width, o.Height, err = parseSize(s.size); err != nil {
		return o, fmt.Errorf("--size: %w", err)
	}
	if o.Phone == "" {
		o.Phone = phoneOf(s.config, log)
	}
	if !s.windowed {
		o.Width, o.Height = 0, 0
	}
	return o, nil
}

// parseSize reads "540x960". Anything smaller than 100 pixels or larger than
// 16384 (beyond what X and WebKit draw) is a slip.
func parseSize(s string) (width, height int, err error) {
	w, h, _ := strings.Cut(s, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if errW != nil || errH != nil || min(width, height) < 100 || max(width, height) > 16384 {
		return 0, 0, fmt.Errorf("%q is not a size such as 540x960", s)
	}
	return width, height, nil
}
