package reference

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

// observed is an answer with what the log says of it.
type observed struct {
	http.ResponseWriter
	id     string
	kiosk  string
	status int
	code   string
	cause  string // a word of ours for what went wrong inside
	over   bool   // another answer was begun after the first, whose reader has gone
}

// WriteHeader begins the answer. One that begins when the first could not be written to
// its end, since the booth has gone, is not written.
func (o *observed) WriteHeader(status int) {
	if o.status != 0 {
		o.over = true
		return
	}
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Write writes of the first answer only.
func (o *observed) Write(p []byte) (int, error) {
	if o.over {
		return len(p), nil
	}
	if o.status == 0 {
		o.status = http.StatusOK
	}
	return o.ResponseWriter.Write(p)
}

func (o *observed) note(code string) string {
	o.code = code
	return "urn:uuid:" + o.id
}

// observe logs each call: which, of which kiosk, and how it ended. Neither address
// nor body nor error is logged, since people may be in them.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		o := &observed{ResponseWriter: w, id: uuid.NewString()}
		defer func() {
			if recover() != nil {
				o.cause = "crash"
				internal().write(o)
			}
			s.o.Log.Info("call", "id", o.id, "call", r.Pattern, "kiosk", o.kiosk, "status", max(o.status, http.StatusOK), "code", o.code,
				"cause", o.cause, "ms", time.Since(began).Milliseconds())
		}()
		next.ServeHTTP(o, r)
	})
}
