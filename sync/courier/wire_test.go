package courier_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// buffer is a log that several goroutines write to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// hostile is a portal over HTTP that says a person's number in every place where it
// can say something, one way for each batch, and then takes what comes.
type hostile struct {
	mu    sync.Mutex
	step  int
	calls []string // headers and bodies, as they came
	*double
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	raw, _ := io.ReadAll(r.Body)
	h.calls = append(h.calls, fmt.Sprint(r.URL, r.Header, string(raw)))
	w.Header().Set("X-Patient", canary)
	if r.URL.Path == "/v1/kiosks/self" {
		answer(w, 500, "application/problem+json", map[string]any{"type": canary, "title": canary, "status": 500, "code": canary + " " + canary, "detail": canary})
		return
	}
	var batch api.ActionBatch
	_ = json.Unmarshal(raw, &batch)
	h.step++
	h.reply(w, batch.Actions)
}

func (h *hostile) reply(w http.ResponseWriter, actions []api.Action) {
	odd := func(status, code string) any {
		return map[string]any{"results": []any{map[string]any{"id": actions[0].Id, "status": status, "code": code, "name": canary}}}
	}
	switch h.step {
	case 1:
		answer(w, 503, "text/html", "<p>"+canary)
	case 2:
		answer(w, 400, "application/problem+json", map[string]any{"code": canary + "/", "reason": canary, "title": canary})
	case 3:
		answer(w, 200, "application/json", canary)
	case 4:
		answer(w, 200, "application/json", odd(canary, canary))
	case 5:
		answer(w, 200, "application/json", odd("retry", canary+"!"))
	case 6:
		answer(w, 200, "application/json", odd("refused", "AN PEETERS "+canary))
	default:
		answer(w, 200, "application/json", api.ActionResults{Results: h.takeAll(actions)})
	}
}

func answer(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func TestNothingPersonalIsToldByAHostilePortal(t *testing.T) {
	b := newBooth(t, t.TempDir())
	defer b.close()
	h := &hostile{double: b.portal}
	server := httptest.NewServer(h)
	defer server.Close()
	client, err := portal.New(portal.Options{URL: server.URL})
	must(t, err)
	defer client.Close()
	var log buffer
	b.courier = courier.New(courier.Options{
		Kiosk: kiosk, Queue: b.Outbox, Portal: client, Keys: b.ring,
		Log:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Jitter: func(time.Duration) time.Duration { return time.Millisecond },
	})
	refused := b.add("", 0)
	b.start()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	told := fmt.Sprint(b.courier.Delivered(ctx, refused))
	second := b.add("", 0)
	must(t, b.courier.Delivered(ctx, second))
	rows, err := b.List(ctx, 10)
	must(t, err)
	told += fmt.Sprintf("%+v %+v", rows, b.state()) + log.String()
	b.check(told, h)
	if row := b.show(refused); row.State != outbox.Parked || !strings.Contains(log.String(), refused.String()) {
		t.Errorf("%+v\n%s", row, log.String())
	}
}

// check looks for what is secret in what was told and in what went over the wire.
func (b *booth) check(told string, h *hostile) {
	b.t.Helper()
	for _, secret := range []string{canary, "PEETERS"} {
		if strings.Contains(told, secret) {
			b.t.Errorf("%q is told:\n%s", secret, told)
		}
	}
	plain := base64.StdEncoding.EncodeToString([]byte(`{"nn":"` + canary + `"}`))
	for id, body := range b.portal.bodies {
		if sealed := base64.StdEncoding.EncodeToString(body); strings.Contains(told, sealed[:16]) {
			b.t.Errorf("the sealed body of %s is told", id)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.calls) < 8 || !strings.Contains(h.calls[0], "/v1/") {
		b.t.Fatalf("%d calls; the test looks in the wrong place", len(h.calls))
	}
	for _, call := range h.calls {
		if strings.Contains(call, canary) || strings.Contains(call, plain) {
			b.t.Errorf("goes over the wire: %s", call)
		}
	}
}
