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
}

// WriteHeader notes the status.
func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
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
