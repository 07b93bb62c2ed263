package reference

import (
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed kiosks.html
var kiosksPage string

// kiosksPolicy is the page's content security policy: it has a form, to here.
const kiosksPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// kiosksView is what the page of kiosks shows.
type kiosksView struct {
	Kiosks  []Standing
	Refused bool // another fingerprint was typed than that of the kiosk that waits
}

// staffOfKiosks serves how kiosks stand, and lets one in that waits: whoever confirms
// types the fingerprint that the kiosk shows.
func (s *Server) staffOfKiosks(mux *http.ServeMux) {
	page := template.Must(template.New("kiosks").Funcs(template.FuncMap{"moment": s.moment}).Parse(kiosksPage))
	mux.Handle("GET /staff/kiosks", local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.showKiosks(w, r, page, false) })))
	mux.Handle("POST /staff/kiosks/confirm", local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
		err := s.o.Store.Confirm(r.Context(), r.PostFormValue("kiosk"), strings.ToLower(strings.TrimSpace(r.PostFormValue("fingerprint"))))
		switch {
		case errors.Is(err, ErrFingerprint):
			s.showKiosks(w, r, page, true)
		case err != nil:
			unavailable(retryLater).write(w)
		default:
			http.Redirect(w, r, "/staff/kiosks", http.StatusSeeOther)
		}
	})))
}

func (s *Server) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(s.brussels).Format("2006-01-02 15:04")
}

func (s *Server) showKiosks(w http.ResponseWriter, r *http.Request, page *template.Template, refused bool) {
	list, err := s.o.Store.Kiosks(r.Context(), s.o.Now())
	if err != nil {
		unavailable(retryLater).write(w)
		return
	}
	w.Header().Set("Content-Security-Policy", kiosksPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if refused {
		w.WriteHeader(http.StatusConflict)
	}
	_ = page.Execute(w, kiosksView{Kiosks: list, Refused: refused}) // the reader may have gone
}
