// Package prismtest has another hand than ours stand before a portal in tests: prism
// proxy --errors (https://github.com/stoplightio/prism) holds each call and each answer
// against openapi.yaml. What package.json of ../contract pins is installed by make
// contract.
package prismtest

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"balie/sync/portal"
)

// program is prism, from the root of the repository.
const program = "sync/portal/contract/node_modules/@stoplight/prism-cli/dist/index.js"

// Judge is what ends TLS before a portal: it hands on who came (RFC 9440), passes calls
// on to prism, and keeps what prism finds. It is safe for use by several goroutines.
type Judge struct {
	front string

	mu    sync.Mutex // guards found and calls
	found []string
	calls int
}

// Behind has a judge stand before the portal at an address, until the test ends.
func Behind(t testing.TB, url string) *Judge {
	t.Helper()
	prism := filepath.Join(root(t), program)
	if _, err := os.Stat(prism); err != nil {
		t.Fatal("prism is missing: make contract")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody has
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, errors.Join(err, l.Close()))
	cmd := exec.Command("node", prism, "proxy", withoutSecurity(t), url, "--errors", "--host", "127.0.0.1", "--port", port)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := cmd.StdoutPipe()
	must(t, errors.Join(err, cmd.Start()))
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	var all strings.Builder
	for lines := bufio.NewScanner(io.TeeReader(said, &all)); lines.Scan(); {
		if strings.Contains(lines.Text(), "is listening on") {
			go func() { _, _ = io.Copy(io.Discard, said) }() // until it is killed
			return &Judge{front: "http://127.0.0.1:" + port}
		}
	}
	t.Fatalf("prism does not listen: %s", all.String())
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// root is the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	must(t, err)
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("there is no go.mod above")
	return ""
}

// withoutSecurity is openapi.yaml without its certificates, which prism does not know
// and takes for a violation: behind what ends TLS they are not its to judge.
func withoutSecurity(t testing.TB) (path string) {
	t.Helper()
	const demand = "security:\n  - kioskCertificate: []\n"
	spec := string(portal.Spec())
	if strings.Count(spec, demand) != 1 {
		t.Fatal("openapi.yaml does not ask for certificates where it did")
	}
	path = filepath.Join(t.TempDir(), "openapi.yaml")
	must(t, os.WriteFile(path, []byte(strings.Replace(spec, demand, "", 1)), 0o600))
	return path
}

// Found is what prism found since it was asked last, and in how many calls.
func (j *Judge) Found() (found []string, calls int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	found, calls = j.found, j.calls
	j.found, j.calls = nil, 0
	return found, calls
}

// violations is what prism says of an answer that it did not let through.
func violations(header http.Header, answer string) string {
	if strings.Contains(answer, "stoplight.io/prism") || header.Get("sl-violations") != "" {
		return header.Get("sl-violations") + answer
	}
	return ""
}

func (j *Judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, j.front+r.URL.RequestURI(), r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	req.Header = r.Header.Clone()
	req.Header.Del("Client-Cert")
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 { // RFC 9440, section 2.2
		req.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(r.TLS.PeerCertificates[0].Raw)+":")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	raw, _ := io.ReadAll(resp.Body) // what is cut off is no JSON
	_ = resp.Body.Close()
	j.note(r, resp, string(raw))
	for _, key := range []string{"Content-Type", "Retry-After", "Date", "WWW-Authenticate", "ETag"} {
		if v := resp.Header.Get(key); v != "" {
			w.Header().Set(key, v)
		}
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(raw) // the kiosk may have gone
}

func (j *Judge) note(r *http.Request, resp *http.Response, answer string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls++
	if v := violations(resp.Header, answer); v != "" {
		j.found = append(j.found, fmt.Sprintf("%s %s: %d %s", r.Method, r.URL.Path, resp.StatusCode, v))
	}
}
