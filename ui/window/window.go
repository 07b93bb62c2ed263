//go:build cgo

package window

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1
#cgo CFLAGS: -std=gnu11 -Wall -Wextra -Werror=incompatible-pointer-types
#include <stdlib.h>
#include <string.h>
#include "window.h"
*/
import "C"

import (
	"context"
	"fmt"
	"runtime/cgo"
	"sync"
	"unsafe"

	webview "github.com/webview/webview_go"

	"balie/ui/admit"
)

// Window is the window. Its methods may be called from any goroutine, except
// where they say otherwise.
type Window struct {
	options Options
	trouble chan error
	view    webview.WebView
	native  *C.balie_window
	handle  cgo.Handle
	profile *profile

	dispatching sync.Mutex // guards view.Dispatch
}

var _ admit.Screen = (*Window)(nil)

// Open opens the window, with nothing in it yet. It and [Window.Run] and
// [Window.Close] are for the main goroutine, which webview_go locks to the main
// thread. Only one window can be open in a process. The error wraps
// [ErrNoDisplay] or [ErrNoSandbox].
func Open(ctx context.Context, options Options) (*Window, error) {
	profile, err := newProfile()
	if err != nil {
		return nil, err
	}
	w := &Window{options: options, trouble: make(chan error, 1), profile: profile}
	if err := w.open(ctx); err != nil {
		profile.remove()
		return nil, err
	}
	return w, nil
}

func (w *Window) open(ctx context.Context) error {
	scrubEnvironment()
	if C.balie_display() == 0 {
		return ErrNoDisplay
	}
	sandboxed, err := w.options.Sandbox.settle(ctx)
	if err != nil {
		return err
	}
	o := C.balie_options{width: C.int(w.options.Width), height: C.int(w.options.Height)}
	o.hide_cursor, o.sandbox = flag(w.options.HideCursor), flag(sandboxed)
	C.balie_context(&o)
	w.handle = cgo.NewHandle(w)
	w.native = C.balie_open(&o, C.uintptr_t(w.handle))
	w.view = webview.NewWindow(false, C.balie_native(w.native))
	pinch := C.balie_harden(w.native)
	w.options.Log.Info("window open", "sandbox", sandboxed, "pinch_zoom_off", pinch != 0)
	return nil
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Run shows the window until [Window.Terminate].
func (w *Window) Run() { w.view.Run() }

// Terminate makes [Window.Run] return.
func (w *Window) Terminate() { w.view.Terminate() }

// Close closes the window, after [Window.Run] and after every other call.
func (w *Window) Close() {
	w.view.Destroy()
	C.balie_close(w.native)
	w.handle.Delete()
	w.profile.remove()
}

// later runs f in the main loop. One at a time: webview_go's Dispatch reads the
// number of its own call after it has unlocked it, so that two at once could run
// one of them twice.
func (w *Window) later(f func()) {
	w.dispatching.Lock()
	defer w.dispatching.Unlock()
	w.view.Dispatch(f)
}

// Trouble reports what became of a page that is no longer there. What nobody has
// taken yet is not added to.
func (w *Window) Trouble() <-chan error { return w.trouble }

// Load shows the daemon's page.
func (w *Window) Load(pass admit.Pass) {
	w.later(func() {
		url, origin, token := C.CString(pass.URL), C.CString(origin(pass.URL)), C.CString(pass.Token.Reveal())
		defer C.free(unsafe.Pointer(url))
		defer C.free(unsafe.Pointer(origin))
		defer C.free(unsafe.Pointer(token))
		defer C.memset(unsafe.Pointer(token), 0, C.strlen(token))
		C.balie_load(w.native, url, origin, token)
	})
}

// Moment shows a page of the window's own that asks for a moment's patience.
func (w *Window) Moment() { w.own(momentPage(w.options.Phone)) }

// Closed shows a page of the window's own that says that the booth is out of service.
func (w *Window) Closed() { w.own(closedPage(w.options.Phone)) }

func (w *Window) own(page string) {
	w.later(func() {
		html := C.CString(page)
		defer C.free(unsafe.Pointer(html))
		C.balie_own(w.native, html)
	})
}

// Ping returns once the window's main loop has come round, or with ctx.
func (w *Window) Ping(ctx context.Context) error {
	round := make(chan struct{})
	w.later(func() { close(round) })
	select {
	case <-round:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

//export goEvent
func goEvent(owner C.uintptr_t, kind C.int, detail *C.char) {
	w, ok := cgo.Handle(owner).Value().(*Window)
	if !ok {
		return
	}
	w.event(int(kind), C.GoString(detail))
}

func (w *Window) event(kind int, detail string) {
	switch kind {
	case C.BALIE_SHOWN:
		w.options.Log.Info("page shown")
	case C.BALIE_BLOCKED:
		w.options.Log.Warn("page kept from going elsewhere", "to", place(detail))
	case C.BALIE_DIED:
		w.report(fmt.Errorf("%w: %s", ErrPageDied, detail))
	case C.BALIE_STATUS:
		w.report(fmt.Errorf("%w: HTTP status %s", ErrPageRefused, detail))
	case C.BALIE_FAILED:
		w.report(fmt.Errorf("%w: %s", ErrPageFailed, detail))
	}
}

func (w *Window) report(err error) {
	select {
	case w.trouble <- err:
	default:
	}
}
