package portal_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

const canary = "85073003328"

// talking is a client of a portal that does as it likes, with little patience.
func talking(t *testing.T, handle http.HandlerFunc) *portal.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then the server does not see that the caller has gone
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	c, err := portal.New(portal.Options{URL: server.URL, LookupTime: 300 * time.Millisecond, BatchTime: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// everyCall makes each call that a client can make, and gives its error.
func everyCall(ctx context.Context, c *portal.Client) map[string]error {
	_, health := c.Health(ctx)
	_, self := c.Self(ctx)
	_, lookup := c.Appointments(ctx, portal.Proof{Identity: secret.NewBytes([]byte("x"))})
	_, send := c.Send(ctx, []api.Action{{}})
	return map[string]error{"health": health, "self": self, "appointments": lookup, "send": send}
}

// A portal that misbehaves costs time, bounded, and little memory: the error is that
// it is away, and says nothing that the portal said.
func TestAHostilePortalCostsOnlyTime(t *testing.T) {
	isJSON := func(w http.ResponseWriter) { w.Header().Set("Content-Type", "application/json") }
	for name, handle := range map[string]http.HandlerFunc{
		"stalls": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"stalls in the middle": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			_, _ = io.WriteString(w, `{"results":[`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			w.Header().Set("Content-Length", "900")
			_, _ = io.WriteString(w, `{"results":[`)
		},
		"hangs up": func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.Close()
		},
		"not JSON":   func(w http.ResponseWriter, r *http.Request) { isJSON(w); _, _ = io.WriteString(w, "<html>"+canary) },
		"other JSON": func(w http.ResponseWriter, r *http.Request) { isJSON(w); _, _ = io.WriteString(w, `["`+canary+`"]`) },
		"wrong types": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			_, _ = io.WriteString(w, `{"results":"`+canary+`","id":7,"day":1,"status":{}}`)
		},
		"a page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "{}")
		},
		"ten megabytes": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			_, _ = w.Write(bytes.Repeat([]byte(" "), 10<<20))
		},
		"without end": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		},
		"packed": func(w http.ResponseWriter, r *http.Request) {
			isJSON(w)
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "\x1f\x8b")
		},
		"long headers": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-A", strings.Repeat("a", 64<<10)) },
		"sends elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+canary, http.StatusFound)
		},
		"an error with words": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(500)
			_, _ = io.WriteString(w, `{"code":"`+canary+` KANARIE","reason":"An Peeters"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := talking(t, handle)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			for call, err := range everyCall(t.Context(), c) {
				if !errors.Is(err, portal.ErrAway) {
					t.Errorf("%s: %v", call, err)
				} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "Peeters") {
					t.Errorf("%s says %v", call, err)
				}
			}
			runtime.ReadMemStats(&after)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if heap := int64(after.HeapSys) - int64(before.HeapSys); heap > 64<<20 {
				t.Errorf("the heap grew by %d MiB", heap>>20)
			}
		})
	}
}

// signed makes a certificate for loopback, from one moment to another, and its root.
func signed(t *testing.T, from, to time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// overTLS is a portal over TLS and HTTP/2, and how many connections it was given.
func overTLS(t *testing.T, certificate tls.Certificate, handle http.HandlerFunc) (url string, connections *atomic.Int64) {
	t.Helper()
	connections = &atomic.Int64{}
	server := httptest.NewUnstartedServer(handle)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = nil
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, connections
}

func TestACertificateThatEndedIsNotTaken(t *testing.T) {
	now := time.Now()
	good, pool := signed(t, now.Add(-time.Hour), now.Add(time.Hour))
	ended, endedPool := signed(t, now.Add(-2*time.Hour), now.Add(-time.Hour))
	healthy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"ok","time":"2026-03-02T09:00:00Z","test":false}`)
	}
	for _, c := range []struct {
		name        string
		certificate tls.Certificate
		roots       *x509.CertPool
		taken       bool
	}{{"good", good, pool, true}, {"ended", ended, endedPool, false}, {"of another root", good, endedPool, false}} {
		t.Run(c.name, func(t *testing.T) {
			url, _ := overTLS(t, c.certificate, healthy)
			client, err := portal.New(portal.Options{URL: url, TLS: &tls.Config{RootCAs: c.roots}})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.Health(t.Context())
			var refused *tls.CertificateVerificationError
			if c.taken != (err == nil) || !c.taken && (!errors.Is(err, portal.ErrAway) || !errors.As(err, &refused)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Look-ups do not wait behind a batch, and all go over one connection of HTTP/2.
func TestOneConnectionOfHTTP2(t *testing.T) {
	certificate, pool := signed(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	held, let := make(chan struct{}), make(chan struct{})
	var once sync.Once
	url, connections := overTLS(t, certificate, func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("%s came over %s", r.URL.Path, r.Proto)
		}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v1/actions" {
			once.Do(func() { close(held) })
			<-let
			_, _ = io.WriteString(w, `{"results":[]}`)
			return
		}
		_, _ = io.WriteString(w, lookup(""))
	})
	c, err := portal.New(portal.Options{URL: url, TLS: &tls.Config{RootCAs: pool}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := make(chan error)
	go func() { _, err := c.Send(t.Context(), []api.Action{{}}); sent <- err }()
	<-held
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := c.Appointments(t.Context(), portal.Proof{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(let)
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
