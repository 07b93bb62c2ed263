package reference

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"

	"balie/sync/seal"
)

const (
	// answersKept is how long an answer is given again.
	answersKept = 48 * time.Hour
	// runningAtMost is when a call that never answered is held to be dead.
	runningAtMost = time.Minute
)

// idempotencyKey is a string of RFC 9651 with what openapi.yaml lets be in it.
var idempotencyKey = regexp.MustCompile(`^"[A-Za-z0-9_-]{8,64}"$`)

// once has a call that changes something do it once for its key: the first answer is
// kept, sealed, and given again.
func (s *Server) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.contract.once(r.Pattern) {
			next.ServeHTTP(w, r)
			return
		}
		key := r.Header.Get("Idempotency-Key")
		if !idempotencyKey.MatchString(key) {
			keyMissing().write(w)
			return
		}
		digest, err := s.digestOf(r)
		if err != nil {
			badRequest().write(w)
			return
		}
		kiosk := kioskOf(r.Context()).ID
		before, p := s.beginCall(r.Context(), kiosk, key, digest)
		if p != nil {
			p.write(w)
			return
		}
		if before == nil {
			before = &recorded{ResponseWriter: w, header: http.Header{}}
			next.ServeHTTP(before, r)
			s.endCall(context.WithoutCancel(r.Context()), kiosk, key, before)
		}
		before.give(w)
	})
}

// digestOf is of the whole request, and keyed: a password may be in it.
func (s *Server) digestOf(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h := hmac.New(sha256.New, s.o.Secrets.key("requests"))
	_, _ = h.Write(seal.Fields(r.Method, r.URL.Path, string(body))) // never fails
	return h.Sum(nil), nil
}

// recorded is an answer that is kept before it is given.
type recorded struct {
	http.ResponseWriter // of the call; its header is not used
	header              http.Header
	status              int
	body                bytes.Buffer
}

// Header is the answer's own.
func (r *recorded) Header() http.Header { return r.header }

// WriteHeader notes the status.
func (r *recorded) WriteHeader(status int) { r.status = status }

// Write keeps the body.
func (r *recorded) Write(p []byte) (int, error) { return r.body.Write(p) }

func (r *recorded) note(code string) string {
	if n, is := r.ResponseWriter.(noter); is {
		return n.note(code)
	}
	return ""
}

func (r *recorded) give(w http.ResponseWriter) {
	for key, values := range r.header {
		w.Header()[key] = values
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // the kiosk may have gone
}

// beginCall notes that a call runs, and gives the answer of before where there is one.
func (s *Server) beginCall(ctx context.Context, kiosk, key string, digest []byte) (before *recorded, p *problem) {
	now := s.o.Now()
	err := s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE at < $1 OR status = 0 AND at < $2", now.Add(-answersKept).UnixMilli(), now.Add(-runningAtMost).UnixMilli())
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "INSERT INTO answers (kiosk, key, digest, status, answer, at) VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (kiosk, key) DO NOTHING",
			kiosk, key, digest, []byte{}, now.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		before, err = s.answered(ctx, tx, kiosk, key, digest)
		return err
	})
	if err != nil && !errors.As(err, &p) {
		p = unavailable(retryLater)
	}
	return before, p
}

func (s *Server) answered(ctx context.Context, tx *sql.Tx, kiosk, key string, digest []byte) (*recorded, error) {
	var was, answer []byte
	r := &recorded{header: http.Header{}}
	if err := tx.QueryRowContext(ctx, "SELECT digest, status, answer FROM answers WHERE kiosk = $1 AND key = $2", kiosk, key).Scan(&was, &r.status, &answer); err != nil {
		return nil, err
	}
	switch {
	case !bytes.Equal(was, digest):
		return nil, keyReused()
	case r.status == 0:
		return nil, keyRunning()
	}
	plain, err := s.o.Secrets.open(answer, "answers")
	if err != nil {
		return nil, err
	}
	kind, body, _ := bytes.Cut(plain, []byte{0})
	r.header.Set("Content-Type", string(kind))
	r.header.Set("Cache-Control", noStore)
	r.body.Write(body)
	return r, nil
}

// endCall keeps an answer. One that may be another next time is forgotten.
func (s *Server) endCall(ctx context.Context, kiosk, key string, r *recorded) {
	var err error
	if r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests {
		_, err = s.o.Store.db.ExecContext(ctx, "DELETE FROM answers WHERE kiosk = $1 AND key = $2", kiosk, key)
	} else {
		plain := append([]byte(r.header.Get("Content-Type")+"\x00"), r.body.Bytes()...)
		_, err = s.o.Store.db.ExecContext(ctx, "UPDATE answers SET status = $1, answer = $2 WHERE kiosk = $3 AND key = $4",
			max(r.status, http.StatusOK), s.o.Secrets.close(plain, "answers"), kiosk, key)
	}
	if err != nil {
		s.o.Log.Error("an answer could not be kept; the same call within a minute is refused", "kiosk", kiosk)
	}
}
