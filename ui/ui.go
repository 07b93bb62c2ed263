// Package ui shows [kiosk.View] as pages and takes presses back.
//
// A page is rendered here, whole, and pushed over one stream of events; the
// script in it swaps what is shown and says what was pressed. Nothing is decided
// here and nothing is remembered: whatever a page shows follows from the view
// and from how the person in front likes to read it. What is shown and when is
// package kiosk; the window that shows it is balie/ui/window.
package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
)

// Role is who a surface is for. The cookie of one opens no other.
type Role string

// The roles.
const (
	Patient Role = "patient"
	Desk    Role = "desk"
)

// Texts gives sentences; *text.Catalog does. data are pairs of a placeholder's
// name and its value.
type Texts interface {
	Get(lang, key string, data ...string) string
}

// Hospital is whose booth it is.
type Hospital struct {
	Name  string
	Phone string // shown on every screen; may be empty
	Logo  []byte // SVG, PNG or JPEG, shown beside the name; may be empty
	// Primary and Accent are colours, #rrggbb; empty takes ours. They are darkened
	// as far as legibility asks.
	Primary, Accent string
}

// Options of a server.
type Options struct {
	Role     Role // empty is Patient
	Texts    Texts
	Hospital Hospital
	// Press is told what was pressed. It must not wait.
	Press func(kiosk.Press)
	// PIN is given what was typed on the screen for one, just before the press is told;
	// it owns the bytes, and wipes them. Where nil, no page can send any.
	PIN func(secret.Bytes)
	// Say has something heard through headphones, in place of whatever is heard; nil is a
	// booth that does not speak. It must not wait.
	Say func(Speech)
	// Technician serves what is below /technician/, to the same window; nil is nothing.
	Technician http.Handler
	// Development lets any browser on this machine in, and says so on every screen.
	Development bool
	// FrameAncestors are origins whose pages may show the screen in a frame; only
	// with Development.
	FrameAncestors []string
	Log            *slog.Logger
}

// Server serves one surface.
type Server struct {
	opts  Options
	looks *looks
	files map[string]file
	gate  gate
	done  chan struct{}
	close func()

	mu      sync.Mutex // guards everything below
	view    kiosk.View
	prefs   prefs
	touched time.Time // when prefs were last changed, or a screen shown
	page    []byte
	changed chan struct{} // closed at the next change
	streams int
	alive   time.Time
	plugged bool   // headphones are in
	reading bool   // the screens are read out
	read    Speech // what was read out last
}

// New makes a server. Until the first [Server.Show] it says that the booth is
// out of service.
func New(o Options) (*Server, error) {
	if o.Role == "" {
		o.Role = Patient
	}
	if len(o.FrameAncestors) > 0 && !o.Development {
		return nil, errors.New("making the screens: frame ancestors are for development only")
	}
	files, err := loadFiles(o.Hospital)
	if err != nil {
		return nil, fmt.Errorf("making the screens: %w", err)
	}
	l, err := loadLooks()
	if err != nil {
		return nil, fmt.Errorf("making the screens: %w", err)
	}
	s := &Server{opts: o, looks: l, files: files, done: make(chan struct{}), changed: make(chan struct{})}
	s.close = sync.OnceFunc(func() { close(s.done) })
	s.view = kiosk.View{Screen: kiosk.ScreenClosed, Language: "nl"}
	s.page, err = s.render(s.view, s.prefs)
	if err != nil {
		return nil, fmt.Errorf("making the screens: %w", err)
	}
	return s, nil
}

// Show shows v on every page, now and when one comes. It does not wait for them.
func (s *Server) Show(v kiosk.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if endsVisit(s.view.Screen, v.Screen) {
		s.prefs = s.fresh()
	}
	s.view, s.touched = v, time.Now()
	s.redraw()
}

// Rename gives the hospital another name and phone number on every page.
func (s *Server) Rename(name, phone string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Hospital.Name, s.opts.Hospital.Phone = name, phone
	s.redraw()
}

// redraw renders what is to be shown and tells the streams. A view that cannot
// be rendered becomes the screen that sends people to the desk. mu is held.
func (s *Server) redraw() {
	page, err := s.render(s.view, s.prefs)
	if err != nil {
		s.opts.Log.Error("rendering a screen", "screen", string(s.view.Screen), "err", err)
		closed := kiosk.View{Seq: s.view.Seq, Screen: kiosk.ScreenClosed, Language: s.view.Language, Test: s.view.Test}
		if page, err = s.render(closed, prefs{}); err != nil {
			return // as it was at New, this cannot be
		}
	}
	s.page = page
	close(s.changed)
	s.changed = make(chan struct{})
	s.speak()
}

// Alive is when an admitted window last said that it shows the present view;
// zero if none ever did. A browser let in for development does not count.
func (s *Server) Alive() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive
}

// Admit makes a token that the next window trades for a cookie, by sending it
// once as "Authorization: Bearer" with GET /. It is good for a minute.
func (s *Server) Admit() string { return s.gate.admit() }

// Close ends the streams of events; pages then say that the connection is lost.
// It is for [http.Server.RegisterOnShutdown], which does not wait for streams.
func (s *Server) Close() { s.close() }

// Handler is what the daemon serves on loopback.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET /events", s.serveEvents)
	mux.HandleFunc("POST /press", s.servePress)
	mux.HandleFunc("POST /alive", s.serveAlive)
	if s.opts.PIN != nil {
		mux.HandleFunc("POST /pin", s.servePIN)
	}
	mux.HandleFunc("POST /focus", s.serveFocus)
	if s.opts.Technician != nil {
		mux.Handle("/technician/", s.opts.Technician)
	}
	mux.HandleFunc("GET /{file}", s.serveFile)
	return s.guard(mux)
}

// isDone tells whether the server or the request has ended.
func (s *Server) isDone(ctx context.Context) bool {
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}
