package ui

import (
	"net/http"
	"strconv"
	"time"

	"balie/kiosk"
)

// maxBody is more than any press is long, in bytes, with all that can be typed on a screen.
const maxBody = 4096

func (s *Server) servePage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(s.shot().page)
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	_, _ = w.Write(f.content)
}

// servePress takes a press. One made on an older view, or that the view does not
// offer, is answered 409 and goes no further.
func (s *Server) servePress(w http.ResponseWriter, r *http.Request) {
	seq, ok := form(w, r)
	if !ok {
		return
	}
	do, choice := r.PostForm.Get("do"), r.PostForm.Get("choice")
	if s.prefer(do, choice) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p := kiosk.Press{Seq: seq, Do: do, Choice: choice}
	fields, ok := s.accepts(p)
	if do == "pin" || !ok { // a PIN comes with its digits, at /pin
		http.Error(w, "not on the present view", http.StatusConflict)
		return
	}
	if len(fields) > 0 {
		letGo(w)
	}
	if p.Values, ok = values(r.PostForm, fields); !ok {
		http.Error(w, "nothing that can be typed", http.StatusBadRequest)
		return
	}
	s.opts.Press(p)
	w.WriteHeader(http.StatusNoContent)
}

// letGo ends a connection on which something was typed with its answer: the server reads
// into a buffer that has it for as long as the connection is there.
func letGo(w http.ResponseWriter) { w.Header().Set("Connection", "close") }

// accepts tells whether a press is one of the present view, and what may be typed with
// it. Whoever presses has heard enough.
func (s *Server) accepts(p kiosk.Press) (fields []kiosk.Field, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hush()
	if p.Seq != s.view.Seq || !s.view.Offers(p) {
		return nil, false
	}
	if s.view.Sends(p) {
		fields = s.view.Fields
	}
	return fields, true
}

// serveAlive takes a page's sign of life and answers with what it should be
// showing, so that a page whose stream has died without a word notices.
func (s *Server) serveAlive(w http.ResponseWriter, r *http.Request) {
	seq, ok := form(w, r)
	if !ok {
		return
	}
	now := s.sign(seq, s.window(r))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(strconv.AppendUint(nil, now, 10))
}

func (s *Server) sign(seq uint64, window bool) (now uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if window && seq == s.view.Seq {
		s.alive = time.Now()
	}
	s.forgetPrefs()
	return s.view.Seq
}

// form reads the small form that a page sends, and the view that it shows.
func form(w http.ResponseWriter, r *http.Request) (seq uint64, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return 0, false
	}
	seq, err := strconv.ParseUint(r.PostForm.Get("seq"), 10, 64)
	if err != nil {
		http.Error(w, "no number of a view", http.StatusBadRequest)
		return 0, false
	}
	return seq, true
}

// shot is what is shown at a moment.
type shot struct {
	seq     uint64
	page    []byte
	changed <-chan struct{}
}

func (s *Server) shot() shot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return shot{seq: s.view.Seq, page: s.page, changed: s.changed}
}
