package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// maxList is the most that one answer lists.
const maxList = 1000

// Server answers at a socket.
type Server struct {
	Daemon Daemon
	May    Allowed
	Log    *slog.Logger
}

// problem is what an error is answered with.
type problem struct {
	Error string `json:"error"`
	Code  string `json:"code,omitempty"` // of an EnrolFailure
}

// Serve answers until ctx ends, then closes l and returns nil.
func (s *Server) Serve(ctx context.Context, l *net.UnixListener) error {
	server := &http.Server{
		Handler: s.handler(), ConnContext: withPeer, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // what is under way has ctx and ends too
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serving the control socket: %w", err)
	}
	return nil
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", answer(func(r *http.Request) (any, error) { return s.Daemon.Status(r.Context()) }))
	mux.HandleFunc("GET /v1/queue", answer(s.queue))
	mux.HandleFunc("GET /v1/queue/{id}", answer(s.show))
	mux.HandleFunc("POST /v1/queue/{id}/retry", s.change("retry", func(r *http.Request, id uuid.UUID) error { return s.Daemon.Retry(r.Context(), id) }))
	mux.HandleFunc("POST /v1/queue/{id}/park", s.change("park", func(r *http.Request, id uuid.UUID) error { return s.Daemon.Park(r.Context(), id) }))
	mux.HandleFunc("POST /v1/deliver", answer(func(r *http.Request) (any, error) { return struct{}{}, s.Daemon.Deliver(r.Context()) }))
	mux.HandleFunc("GET /v1/printers", answer(s.printers))
	mux.HandleFunc("POST /v1/enrol", answer(s.enrol))
	mux.HandleFunc("GET /v1/config", answer(func(r *http.Request) (any, error) { return s.Daemon.Config(r.Context()) }))
	mux.HandleFunc("POST /v1/reload", answer(s.reload))
	mux.HandleFunc("POST /v1/technician-code", answer(s.setCode))
	mux.HandleFunc("POST /v1/retire", patient(answer(s.retire)))
	mux.HandleFunc("POST /v1/print", patient(answer(s.print)))
	mux.HandleFunc("GET /v1/forms", answer(s.forms))
	mux.HandleFunc("POST /v1/forms/{id}/take", answer(s.takeForm))
	mux.HandleFunc("GET /v1/audit", answer(s.audit))
	mux.HandleFunc("GET /v1/audit/verify", patient(answer(s.verifyAudit)))
	mux.Handle("GET /metrics", MetricsHandler(s.Daemon))
	return s.guard(mux)
}

// guard lets in whom the kernel says may come in.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uid, known := peer(r.Context())
		if !known || !s.May.user(uid) {
			s.Log.Warn("control: refused", "uid", uid, "known", known)
			reply(w, http.StatusForbidden, problem{Error: ErrRefused.Error()})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) queue(r *http.Request) (any, error) {
	limit := 100
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxList {
			return nil, badRequest{fmt.Errorf("limit is not 1 to %d", maxList)}
		}
		limit = n
	}
	list, err := s.Daemon.Queue(r.Context(), limit, r.URL.Query()["state"]...)
	if list == nil {
		list = []Action{}
	}
	return list, err
}

func (s *Server) printers(r *http.Request) (any, error) {
	list, err := s.Daemon.Printers(r.Context())
	if list == nil {
		list = []PrinterState{}
	}
	return list, err
}

// patient lets a request last longer than it may take to be read: the server would end
// its context with that time, because it keeps on reading to see who hangs up.
func patient(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil {
			reply(w, http.StatusInternalServerError, problem{Error: err.Error()})
			return
		}
		next(w, r)
	}
}

func (s *Server) show(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	return s.Daemon.Show(r.Context(), id)
}

func idOf(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return id, badRequest{errors.New("not the id of an action")}
	}
	return id, nil
}

// change is a handler that changes one action, and says in the log who had it done.
func (s *Server) change(what string, do func(*http.Request, uuid.UUID) error) http.HandlerFunc {
	return answer(func(r *http.Request) (any, error) {
		id, err := idOf(r)
		if err != nil {
			return nil, err
		}
		if err := do(r, id); err != nil {
			return nil, err
		}
		uid, _ := peer(r.Context())
		s.Log.Info("control: changed the queue", "what", what, "action", id, "uid", uid)
		return struct{}{}, nil
	})
}

// badRequest is an error of who asks.
type badRequest struct{ error }

// BadRequest makes an error one of who asks; nil stays nil.
func BadRequest(err error) error {
	if err == nil {
		return nil
	}
	return badRequest{err}
}

// answer makes a handler of a function that gives what to answer.
func answer(ask func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := ask(r)
		if err == nil {
			reply(w, http.StatusOK, v)
			return
		}
		var failed *EnrolFailure
		if errors.As(err, &failed) {
			reply(w, http.StatusUnprocessableEntity, failed)
			return
		}
		var unread *ConfigError
		if errors.As(err, &unread) {
			reply(w, http.StatusUnprocessableEntity, problem{Error: unread.Do, Code: configCode})
			return
		}
		reply(w, status(err), problem{Error: err.Error()})
	}
}

func status(err error) int {
	var bad badRequest
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrNoForm):
		return http.StatusNotFound
	case errors.Is(err, ErrNoPrinter):
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}
