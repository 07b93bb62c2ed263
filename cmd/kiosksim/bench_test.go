package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"balie/hw/pcsc/pcsctest"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestCrossSiteIsRefused(t *testing.T) {
	_, port, err := net.SplitHostPort(strings.Trim(shared.URL[len("http://"):], "/"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method  string
		headers []string
		want    int
	}{
		"a program":                     {"POST", nil, 409},
		"our page":                      {"POST", []string{"Origin", "http://127.0.0.1:" + port, "Sec-Fetch-Site", "same-origin"}, 409},
		"our page as localhost":         {"POST", []string{"Host", "localhost:" + port, "Origin", "http://localhost:" + port}, 409},
		"another page":                  {"POST", []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		"an old browser's other page":   {"POST", []string{"Origin", "http://evil.example"}, 403},
		"another port":                  {"POST", []string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"}, 403},
		"a form":                        {"POST", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		"a simple request":              {"POST", []string{"Content-Type", "text/plain"}, 415},
		"a name that leads here":        {"POST", []string{"Host", "evil.example:" + port}, 403},
		"a look from a name":            {"GET", []string{"Host", "evil.example:" + port}, 403},
		"a look without a port":         {"GET", []string{"Host", "127.0.0.1"}, 403},
		"a picture in another page":     {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		"a link in another page":        {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		"the address typed by a person": {"GET", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
	} {
		path := "readers/1/pull"
		if c.method == http.MethodGet {
			path = "state.json"
		}
		if code, said := call(t, c.method, path, "{}", c.headers...); code != c.want {
			t.Errorf("%s: %d, not %d: %s", name, code, c.want, said)
		}
	}
}

func TestPageIsConfined(t *testing.T) {
	resp, err := http.Get(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	csp := resp.Header.Get("Content-Security-Policy")
	if resp.StatusCode != http.StatusOK || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: %q", resp.Status, csp)
	}
}

func TestEventsTell(t *testing.T) {
	tidy(t, "an")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, shared.URL+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // it never ends by itself
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (s benchState) {
		for lines.Scan() {
			if data, is := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); is {
				if err := json.Unmarshal(data, &s); err != nil {
					t.Fatal(err)
				}
				return s
			}
		}
		t.Fatal(lines.Err())
		return s
	}
	if s := next(); len(s.Cards) < 8 || len(s.Readers) != 2 || s.Readers[0].Card != "" {
		t.Errorf("at first: %+v", s.Readers)
	}
	do(t, "readers/0/insert", `{"card":"an"}`)
	for next().Readers[0].Card != "an" {
	}
}

// TestTwiceInARow: the second bench has the first one's roots, and no trace of it
// is left in between.
func TestTwiceInARow(t *testing.T) {
	dir := t.TempDir()
	arguments := []string{"bench", "--listen", "127.0.0.1:0", "--state-dir", dir}
	var roots []string
	for range 2 {
		p, err := startProgram(dir, arguments...)
		if err != nil {
			t.Fatal(err)
		}
		root, err := os.ReadFile(p.TestRoot)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, string(root))
		if code, _, said := run(t, arguments...); code != exitFailed || !strings.Contains(said, "another bench works in") {
			t.Errorf("beside it, one in the same folder: %d %s", code, said)
		}
		if err := p.stop(); err != nil {
			t.Error(err)
		}
		for _, path := range []string{p.Printer, p.Socket, filepath.Join(dir, "bench.json")} {
			if _, err := os.Lstat(path); !os.IsNotExist(err) {
				t.Errorf("%s is left", path)
			}
		}
	}
	if roots[0] != roots[1] || roots[0] == "" {
		t.Error("other roots the second time")
	}
}

// TestMachinesOwnPCSCD: where none of our own can be had, the one that runs is used,
// and left alone.
func TestMachinesOwnPCSCD(t *testing.T) {
	machine, err := pcsctest.Start(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := machine.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("PCSCLITE_CSOCK_NAME", machine.Socket())
	dir := t.TempDir()
	p, err := startProgram(dir, "bench", "--listen", "127.0.0.1:0", "--state-dir", dir, "--pcscd", "machine", "--vpcd", machine.Addresses()[0], "--readers", "2")
	if err != nil {
		t.Fatal(err)
	}
	if p.Socket != machine.Socket() {
		t.Errorf("another pcscd: %s", p.Socket)
	}
	if code, _, said := run(t, "card", "insert", "an", "--bench", p.URL); code != exitOK {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := run(t, "card", "insert", "jef", "--bench", p.URL); code != exitFailed || !strings.Contains(said, "an is in reader 0") {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := run(t, "card", "pull", "--bench", p.URL); code != exitOK {
		t.Errorf("%d %s", code, said)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if !machine.Running() {
		t.Error("the machine's pcscd was ended")
	}
}

func TestBadCalls(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	bad := filepath.Join(t.TempDir(), "bad.toml")
	if err := os.WriteFile(bad, []byte("id = \"x\"\nshoe_size = 43\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		call string
		code int
		says string
	}{
		{"dance", exitUsage, "dance"},
		{"bench --listen 0.0.0.0:0", exitUsage, "loopback"},
		{"bench --listen " + taken.Addr().String(), exitFailed, "--listen"},
		{"bench --readers 17", exitUsage, "1 to 16"},
		{"bench --pcscd mine", exitUsage, "machine"},
		{"bench --booth-url booth", exitUsage, "--booth-url"},
		{"bench --portal-url ftp://x", exitUsage, "--portal-url"},
		{"bench --listen 127.0.0.1:0 --card " + bad, exitUsage, "shoe_size"},
		{"bench --card nothing.toml --listen 127.0.0.1:0", exitUsage, "nothing.toml"},
		{"bench --color", exitUsage, "--color"},
		{"card show nobody", exitUsage, "an, jef"},
		{"card play", exitUsage, "--description"},
		{"card play an --description " + bad, exitUsage, "--description"},
		{"card mint an", exitUsage, "--out"},
		{"card play an --vpcd 127.0.0.1:1", exitFailed, "does pcscd run"},
		{"card insert an --bench http://127.0.0.1:1/", exitFailed, "does kiosksim bench run"},
		{"printer --fault fire", exitUsage, "fire"},
	} {
		t.Run(c.call, func(t *testing.T) {
			t.Parallel()
			arguments := strings.Fields(c.call)
			if arguments[0] == "bench" {
				arguments = append(arguments, "--state-dir", t.TempDir())
			}
			code, _, said := run(t, arguments...)
			if code != c.code || !strings.Contains(said, c.says) || strings.Count(said, "\n") != 1 {
				t.Errorf("exit %d, not %d: %q", code, c.code, said)
			}
		})
	}
}

func TestCardCommands(t *testing.T) {
	if code, said, _ := run(t, "card", "list"); code != exitOK || strings.Count(said, "\n") != 9 {
		t.Errorf("list: %d %s", code, said)
	}
	code, description, _ := run(t, "card", "show", "karim")
	if code != exitOK {
		t.Fatal(code)
	}
	file, out := filepath.Join(t.TempDir(), "karim.toml"), t.TempDir()
	if err := os.WriteFile(file, []byte(description), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, said := run(t, "card", "mint", "--description", file, "--out", out); code != exitOK {
		t.Fatal(said)
	}
	if identity, err := os.ReadFile(filepath.Join(out, "identity.bin")); err != nil || !bytes.Contains(identity, []byte("Haddad")) {
		t.Errorf("identity: %v", err)
	}
}
