package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"balie/ui/admit"
)

// patience is for what takes under a second on a quiet machine.
const patience = 30 * time.Second

// TestMain makes this test binary stand in for kioskview where the rig starts it.
func TestMain(m *testing.M) {
	if os.Getenv("KIOSKVIEW_TEST_CHILD") != "" {
		main()
	}
	os.Exit(m.Run())
}

// tools are what the tests drive and look at the window with, and who packs them.
var tools = map[string]string{
	"Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick", "openbox": "openbox", "bwrap": "bubblewrap",
	"wmctrl": "wmctrl",
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: apt-get install %s", name, tools[name])
	}
	return path
}

// xserver starts a screen as a kiosk's, and gives its DISPLAY.
func xserver(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(tool(t, "Xvfb"), "-displayfd", "3", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	start(t, cmd)
	_ = w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb gave no display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// start starts a program that is killed at the end of the test at the latest.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

//go:embed testdata/page.html
var pageSource string

// fakeDaemon plays kioskd: one page behind a cookie that a token is traded for, a
// channel of scripts to the page and one of words back.
type fakeDaemon struct {
	http    *httptest.Server
	socket  string
	scripts chan string
	words   chan string

	mu      sync.Mutex      // guards what follows
	tokens  map[string]bool // given, and whether they still can be traded
	cookies map[string]bool
	stop    func()
	server  *admit.Server
}

func newFakeDaemon(t *testing.T) *fakeDaemon {
	t.Helper()
	d := &fakeDaemon{
		socket: filepath.Join(t.TempDir(), "window.sock"), scripts: make(chan string), words: make(chan string, 64),
		tokens: map[string]bool{}, cookies: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page)
	mux.HandleFunc("GET /scripts", d.guard(d.sendScripts))
	mux.HandleFunc("POST /word", d.guard(d.takeWord))
	mux.HandleFunc("GET /attachment", d.guard(attachment))
	mux.HandleFunc("GET /paper.pdf", d.guard(pdf))
	mux.HandleFunc("GET /basic", basic)
	d.http = httptest.NewServer(mux)
	t.Cleanup(func() {
		d.http.CloseClientConnections()
		d.http.Close()
	})
	d.open(t, uint32(os.Getuid()))
	return d
}

// open starts the daemon's end of the socket, for one user.
func (d *fakeDaemon) open(t *testing.T, uid uint32) {
	t.Helper()
	l, err := admit.Listen(d.socket)
	if err != nil {
		t.Fatal(err)
	}
	d.server = &admit.Server{
		URL: d.http.URL + "/", Admit: d.admit, UIDs: []uint32{uid}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.server.Serve(ctx, l) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(func() { d.stop() })
}

func (d *fakeDaemon) admit() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	token := rand.Text()
	d.tokens[token] = true
	return token
}

func (d *fakeDaemon) page(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer && d.trade(token, w) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	d.guard(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, pageSource)
	})(w, r)
}

func (d *fakeDaemon) trade(token string, w http.ResponseWriter) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.tokens[token] {
		return false
	}
	d.tokens[token] = false
	value := rand.Text()
	d.cookies[value] = true
	http.SetCookie(w, &http.Cookie{Name: "session", Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return true
}

func (d *fakeDaemon) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("session")
		d.mu.Lock()
		known := err == nil && d.cookies[c.Value]
		d.mu.Unlock()
		if !known {
			http.Error(w, "no session", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

// forget makes every session unknown, as a daemon that was restarted does.
func (d *fakeDaemon) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.cookies)
}

// given are the tokens that were given out.
func (d *fakeDaemon) given() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.tokens))
}

// trades is how many tokens were turned into sessions since the last forget.
func (d *fakeDaemon) trades() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.cookies)
}

func (d *fakeDaemon) sendScripts(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	for {
		if rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case script := <-d.scripts:
			line, _ := json.Marshal(script)
			fmt.Fprintf(w, "data: %s\n\n", line)
		}
	}
}

func (d *fakeDaemon) takeWord(_ http.ResponseWriter, r *http.Request) {
	word, err := io.ReadAll(r.Body)
	if err == nil {
		d.words <- string(word)
	}
}

func attachment(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Disposition", `attachment; filename="kept.html"`)
	_, _ = io.WriteString(w, "<p>kept")
}

func pdf(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = io.WriteString(w, "%PDF-1.4\n%%EOF\n")
}

func basic(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("WWW-Authenticate", `Basic realm="keys"`)
	http.Error(w, "who?", http.StatusUnauthorized)
}

// hear waits for a word from the page.
func (d *fakeDaemon) hear(t *testing.T, want string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case got := <-d.words:
			if got == want {
				return
			}
			t.Fatalf("the page said %q, want %q", got, want)
		case <-timeout:
			t.Fatalf("the page did not say %q", want)
		}
	}
}

// run has the page run a script, and gives what it returned.
func (d *fakeDaemon) run(t *testing.T, script string) string {
	t.Helper()
	select {
	case d.scripts <- script:
	case <-time.After(patience):
		t.Fatalf("no page took the script %q", script)
	}
	select {
	case got := <-d.words:
		return got
	case <-time.After(patience):
		t.Fatalf("no answer to the script %q", script)
		return ""
	}
}

// view is a running kioskview.
type view struct {
	cmd  *exec.Cmd
	log  *lines
	done chan struct{} // closed when it has ended
	home string
}

// startView starts kioskview on a display with a home of its own.
func startView(t *testing.T, display string, args ...string) *view {
	t.Helper()
	v := &view{log: newLines(), done: make(chan struct{}), home: t.TempDir()}
	v.start(t, display, args...)
	return v
}

func (v *view) start(t *testing.T, display string, args ...string) {
	t.Helper()
	v.cmd = v.command(args...)
	v.cmd.Env = append(v.cmd.Env, "DISPLAY="+display)
	v.cmd.Stderr = v.log
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(v.done)
		_ = v.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = v.cmd.Process.Signal(syscall.SIGTERM)
		v.ended(t)
		if t.Failed() {
			t.Logf("kioskview said:\n%s", v.log.text())
		}
	})
}

// command is kioskview with the home of v, and no display.
func (v *view) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(withoutDisplay(os.Environ()), "KIOSKVIEW_TEST_CHILD=1",
		"HOME="+v.home, "XDG_RUNTIME_DIR="+v.home)
	return cmd
}

func withoutDisplay(env []string) []string {
	var kept []string
	for _, e := range env {
		if !strings.HasPrefix(e, "DISPLAY=") && !strings.HasPrefix(e, "WAYLAND_DISPLAY=") {
			kept = append(kept, e)
		}
	}
	return kept
}

// ended waits for the end and gives the exit code.
func (v *view) ended(t *testing.T) int {
	t.Helper()
	select {
	case <-v.done:
	case <-time.After(patience):
		_ = v.cmd.Process.Kill()
		<-v.done
		t.Error("kioskview did not end")
	}
	return v.cmd.ProcessState.ExitCode()
}

// lines collects what a program says, and lets a test wait for it.
type lines struct {
	mu   sync.Mutex // guards what follows
	buf  bytes.Buffer
	more chan struct{} // closed and renewed with every write
}

func newLines() *lines { return &lines{more: make(chan struct{})} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.more)
	l.more = make(chan struct{})
	return l.buf.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *lines) wait(t *testing.T, want string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		l.mu.Lock()
		more, found := l.more, strings.Contains(l.buf.String(), want)
		l.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("no %q in:\n%s", want, l.text())
		}
	}
}

// eventually polls what no channel tells: the screen and the process table.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("not so in time: %s", what)
		}
	}
}

// xdo drives pointer and keyboard.
func xdo(t *testing.T, display string, args ...string) string {
	t.Helper()
	cmd := exec.Command(tool(t, "xdotool"), args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
	return string(out)
}

// windows counts what is on the screen: menus and dialogs are windows of their own.
func windows(t *testing.T, display string) int {
	t.Helper()
	cmd := exec.Command(tool(t, "xdotool"), "search", "--onlyvisible", "--maxdepth", "1", ".*")
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return len(strings.Fields(string(out)))
}

// shot photographs the screen.
func shot(t *testing.T, display string) image.Image {
	t.Helper()
	cmd := exec.Command(tool(t, "import"), "-window", "root", "png:-")
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("photographing the screen: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("KIOSKVIEW_SHOTS"); dir != "" {
		name := strings.ReplaceAll(t.Name(), "/", "-") + ".png"
		if err := os.WriteFile(filepath.Join(dir, name), out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return img
}

// is tells whether a pixel has a colour, given as 0xRRGGBB.
func is(img image.Image, x, y int, rgb uint32) bool {
	r, g, b, _ := img.At(x, y).RGBA()
	return r>>8 == rgb>>16&0xff && g>>8 == rgb>>8&0xff && b>>8 == rgb&0xff
}

// descendants are the processes below pid whose name begins with name. The kernel
// cuts names to 15 bytes.
func descendants(t *testing.T, pid int, name string) []int {
	t.Helper()
	parents, names := processes(t)
	var found []int
	for p, n := range names {
		if strings.HasPrefix(n, name) && below(parents, p, pid) {
			found = append(found, p)
		}
	}
	return found
}

func below(parents map[int]int, pid, top int) bool {
	for p := parents[pid]; p > 0; p = parents[p] {
		if p == top {
			return true
		}
	}
	return false
}

func processes(t *testing.T) (parents map[int]int, names map[int]string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	parents, names = map[int]int{}, map[int]string{}
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		head, tail, _ := strings.Cut(string(b), ") ") // pid (name) state ppid …: proc(5)
		id, name, _ := strings.Cut(head, " (")
		fields := strings.Fields(tail)
		pid, err1 := strconv.Atoi(id)
		ppid, err2 := strconv.Atoi(fields[1])
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if fields[0] != "Z" {
			parents[pid], names[pid] = ppid, name
		}
	}
	return parents, names
}

// elsewhere is another web server, and how often it was called.
func elsewhere(t *testing.T) (url string, calls func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n++
	}))
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func namespace(t *testing.T, pid int, kind string) string {
	t.Helper()
	link, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "ns", kind))
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// quote makes a string of JavaScript.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always can be
	return string(b)
}
