package ui

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	maxStreams = 16
	// writeLimit is for one view into a socket on this machine. A page that does
	// not read for so long is dropped; it comes back by itself.
	writeLimit = 5 * time.Second
)

// serveEvents pushes the present view, and every later one as soon as it is
// there. A page that is slow misses views, never the last. Where it left off
// does not matter: the present view is all there is to know.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !s.openStream() {
		http.Error(w, "too many pages", http.StatusServiceUnavailable)
		return
	}
	defer s.closeStream()
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for !s.isDone(r.Context()) {
		shot := s.shot()
		if err := push(w, control, shot); err != nil {
			return
		}
		select {
		case <-shot.changed:
		case <-r.Context().Done():
		case <-s.done:
		}
	}
}

// push writes one view as an event: https://html.spec.whatwg.org/multipage/server-sent-events.html
func push(w http.ResponseWriter, control *http.ResponseController, shot shot) error {
	err := control.SetWriteDeadline(time.Now().Add(writeLimit))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("pushing a view: %w", err)
	}
	var event bytes.Buffer
	fmt.Fprintf(&event, "retry: 1000\nid: %d\nevent: view\n", shot.seq)
	for line := range bytes.Lines(shot.page) {
		event.WriteString("data: ")
		event.Write(bytes.TrimRight(line, "\r\n"))
		event.WriteByte('\n')
	}
	event.WriteByte('\n')
	if _, err := w.Write(event.Bytes()); err != nil {
		return fmt.Errorf("pushing a view: %w", err)
	}
	return control.Flush()
}

func (s *Server) openStream() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams >= maxStreams {
		return false
	}
	s.streams++
	return true
}

func (s *Server) closeStream() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams--
}
