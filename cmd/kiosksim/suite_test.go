package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes this test binary kiosksim itself.
const asProgram = "KIOSKSIM_AS_PROGRAM"

// shared is the bench that this test binary can speak PC/SC with: libpcsclite looks
// for its socket only once.
var shared *program

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		code := execute(ctx, os.Args[1:])
		stop()
		os.Exit(code)
	}
	os.Exit(withBench(m))
}

func withBench(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kiosksim-")
	if err == nil {
		shared, err = startProgram(dir, "bench", "--listen", "127.0.0.1:0", "--state-dir", dir, "--readers", "2", "--line-time", "0")
	}
	if err == nil {
		err = os.Setenv("PCSCLITE_CSOCK_NAME", shared.Socket)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := errors.Join(shared.stop(), os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// program is a bench in a process of its own.
type program struct {
	URL      string `json:"url"`
	Socket   string `json:"pcsc_socket"`
	Printer  string `json:"printer"`
	TestRoot string `json:"test_root"`

	cmd  *exec.Cmd
	said bytes.Buffer
}

// command is kiosksim with these arguments.
func command(arguments ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], arguments...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// startProgram starts a bench and waits for its word that it is ready.
func startProgram(dir string, arguments ...string) (*program, error) {
	p := &program{cmd: command(arguments...)}
	p.cmd.Stderr = &p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return nil, fmt.Errorf("it said %q: %w; %w: %s", line, err, p.cmd.Wait(), p.said.String())
	}
	text, err := os.ReadFile(filepath.Join(dir, "bench.json"))
	if err != nil {
		return nil, err
	}
	return p, json.Unmarshal(text, p)
}

// stop ends it as systemd would.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, p.said.String())
	}
	return nil
}

// run runs kiosksim to its end.
func run(t *testing.T, arguments ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(arguments...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// call asks the shared bench and gives the status and what it said.
func call(t *testing.T, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, shared.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

// do posts what must succeed.
func do(t *testing.T, path, body string) {
	t.Helper()
	if code, said := call(t, http.MethodPost, path, body); code != http.StatusOK {
		t.Fatalf("POST %s %s: %d %s", path, body, code, said)
	}
}

// state is state.json of the shared bench.
func state(t *testing.T) (s benchState) {
	t.Helper()
	_, said := call(t, http.MethodGet, "state.json", "")
	if err := json.Unmarshal([]byte(said), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// eventually looks until it is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// tidy takes the card out of the first reader and its faults away, after the test.
func tidy(t *testing.T, card string) {
	t.Cleanup(func() {
		after(t, "readers/0/pull", "{}") // it may be out already
		after(t, "cards/"+card+"/fault", "{}")
	})
}

// after posts when the test's context has ended.
func after(t *testing.T, path, body string) {
	t.Helper()
	resp, err := http.Post(shared.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}
