// Package window is the booth's screen: one WebKit view that covers the monitor
// and shows the daemon's page and nothing else.
//
// It stands on github.com/webview/webview_go and shuts the view through its
// native handle (the C files): no menu, no other address, no new window, no
// download, no dialog, no key but those that a form needs. It uses neither Bind
// nor Eval. Both start a JavaScript engine in this process, which takes SIGSEGV
// from the Go runtime (webview issue 587), and both need a library name that
// only the -dev package has (webview_go issue 53). The page and the daemon
// speak over HTTP.
//
// What to show and when is not decided here: [balie/ui/admit.Keep] does that.
// Nothing is kept either: what WebKit writes goes to a folder that is removed.
package window

import (
	"errors"
	"log/slog"
	"net/url"
)

// Errors of [Open].
var (
	ErrNoDisplay = errors.New("no display to open a window on: neither WAYLAND_DISPLAY nor DISPLAY leads to one")
	ErrNoSandbox = errors.New("the web process cannot be sandboxed")
	ErrNoView    = errors.New("this program was built without the web view (CGO_ENABLED=0)")
)

// What can become of a page.
var (
	ErrPageDied    = errors.New("the page's process ended")
	ErrPageRefused = errors.New("the daemon refused the page")
	ErrPageFailed  = errors.New("the page could not be loaded")
)

// Options of a window.
type Options struct {
	// Width and Height in pixels make a window with a frame, for a desk; zero
	// covers the primary monitor, with or without a window manager.
	Width, Height int
	// HideCursor hides the pointer, for a screen that is only touched.
	HideCursor bool
	Sandbox    Sandbox
	// Phone is shown while there is no page, to call for help; may be empty.
	Phone string
	Log   *slog.Logger
}

// origin is the scheme, host and port of a URL with a slash after it, so that no
// longer host or port begins with it.
func origin(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "about:invalid"
	}
	return u.Scheme + "://" + u.Host + "/"
}

// place is as much of an address as may be logged: what follows could be
// something that a person typed.
func place(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "an address that cannot be read"
	}
	if u.Host == "" {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}
