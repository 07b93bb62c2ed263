package ui_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/text"
	"balie/ui"
)

const host = "127.0.0.1:8080"

// rig is a server on a wire that is no socket, so that a test in a bubble of
// synctest has its clock: what takes a minute takes no time.
type rig struct {
	*ui.Server
	t       *testing.T
	log     *logbook
	presses []kiosk.Press // read between requests
	line    *line
	client  *http.Client
}

// bubble runs a test with a rig of its own.
func bubble(t *testing.T, o ui.Options, test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, o)
		test(r)
	})
}

func newRig(t *testing.T, o ui.Options) *rig {
	t.Helper()
	r := &rig{t: t, log: &logbook{}, line: &line{calls: make(chan net.Conn), ended: make(chan struct{})}}
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	o.Texts, o.Log = catalog, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Press = func(p kiosk.Press) { r.presses = append(r.presses, p) }
	if r.Server, err = ui.New(o); err != nil {
		t.Fatal(err)
	}
	h := &http.Server{Handler: r.Handler(), ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelError)}
	done := make(chan error, 1)
	go func() { done <- h.Serve(r.line) }()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return r.line.call() }}
	r.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		r.Close()
		transport.CloseIdleConnections()
		_ = h.Close()
		<-done
		pass(time.Second) // the server waits a moment before it hangs up on too long a request
	})
	return r
}

// pass lets time go by in the bubble.
func pass(d time.Duration) { <-time.After(d) }

// line is a listener whose connections are pipes.
type line struct {
	calls chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func (l *line) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

func (l *line) Close() error {
	l.once.Do(func() { close(l.ended) })
	return nil
}

func (*line) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

func (l *line) call() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.calls <- far:
		return near, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

// logbook is a log that the server's goroutines write.
type logbook struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   string
	cookie *http.Cookie // the first that was set
}

// edit changes a request before it is sent.
type edit func(*http.Request)

func with(header, value string) edit {
	return func(r *http.Request) {
		if header == "Host" {
			r.Host = value
			return
		}
		r.Header.Set(header, value)
	}
}

func bearer(token string) edit { return with("Authorization", "Bearer "+token) }

func as(c *http.Cookie) edit { return func(r *http.Request) { r.AddCookie(c) } }

func form(fields ...string) edit {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = io.NopCloser(strings.NewReader(values.Encode()))
	}
}

func (r *rig) send(method, path string, edits ...edit) *http.Response {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+host+path, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range edits {
		e(q)
	}
	p, err := r.client.Do(q)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return p
}

func (r *rig) ask(method, path string, edits ...edit) answer {
	r.t.Helper()
	p := r.send(method, path, edits...)
	defer p.Body.Close()
	body, err := io.ReadAll(p.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	a := answer{status: p.StatusCode, header: p.Header, body: string(body)}
	if cookies := p.Cookies(); len(cookies) > 0 {
		a.cookie = cookies[0]
	}
	return a
}

// enter trades a token for the cookie that all else is asked with.
func (r *rig) enter() edit {
	r.t.Helper()
	a := r.ask("GET", "/", bearer(r.Admit()))
	if a.status != http.StatusOK || a.cookie == nil {
		r.t.Fatalf("a fresh token is answered %d, cookie %v", a.status, a.cookie)
	}
	return as(a.cookie)
}

// press presses a button on the view with this number.
func (r *rig) press(in edit, seq uint64, do, choice string) answer {
	r.t.Helper()
	return r.ask("POST", "/press", in, form("seq", strconv.FormatUint(seq, 10), "do", do, "choice", choice))
}

// stream is a page's stream of events.
type stream struct {
	t    *testing.T
	body io.ReadCloser
	scan *bufio.Scanner
}

func (r *rig) stream(edits ...edit) *stream {
	r.t.Helper()
	p := r.send("GET", "/events", edits...)
	if p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != "text/event-stream" {
		r.t.Fatalf("the stream is answered %s, %s", p.Status, p.Header.Get("Content-Type"))
	}
	s := &stream{t: r.t, body: p.Body, scan: bufio.NewScanner(p.Body)}
	r.t.Cleanup(s.close)
	return s
}

func (s *stream) close() { _ = s.body.Close() }

// next reads one event, as a browser would; ok is false at the end of the stream.
func (s *stream) next() (id, page string, ok bool) {
	s.t.Helper()
	var data []string
	for s.scan.Scan() {
		field, value, _ := strings.Cut(s.scan.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			id = value
		case "data":
			data = append(data, value)
		case "":
			return id, strings.Join(data, "\n"), true
		}
	}
	return "", "", false
}

// canary is a name that may be on a page and nowhere else.
const canary = "Kanarie"

// choosing is a view with something to press and a person on it.
func choosing(seq uint64) kiosk.View {
	return kiosk.View{
		Seq: seq, Screen: kiosk.ScreenChoose, Language: "nl", Languages: text.Languages(), CardIn: true,
		Person:       secret.NewText(canary + " B."),
		Appointments: []kiosk.AppointmentView{{Choice: "0", Time: "14:30", Label: "Raadpleging 4614"}},
		Buttons:      []kiosk.Button{{Do: "choose", Choice: "0", Text: "button.choose"}, {Do: "stop", Text: "button.stop"}},
	}
}

func welcome(seq uint64) kiosk.View {
	return kiosk.View{Seq: seq, Screen: kiosk.ScreenWelcome, Language: "nl", Languages: text.Languages()}
}
