package reference

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"time"

	"balie/sync/portal/api"
)

//go:embed staff.html
var staffPage string

//go:embed staff.css
var staffStyle string

// showStyle gives the style of all pages.
func showStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write([]byte(staffStyle)) // the reader may have gone
}

// CheckIn is a line of checkins.json: an action of any type that came, accepted or
// parked.
type CheckIn struct {
	Action      string    `json:"action"`
	Type        string    `json:"type"`
	Kiosk       string    `json:"kiosk"`
	Counter     int64     `json:"counter"`
	Appointment string    `json:"appointment"` // empty where none was named that is this person's
	Ticket      string    `json:"ticket"`
	At          time.Time `json:"at"`       // by the kiosk's clock
	Received    time.Time `json:"received"` // by ours
	Test        bool      `json:"test"`
	Method      string    `json:"method,omitempty"`     // how identity was read, of a check-in that was accepted
	Unverified  bool      `json:"unverified,omitempty"` // no chip was behind it
	// Chip is to whose challenge the chip answered: "portal", "kiosk" or "none".
	Chip string `json:"chip,omitempty"`
	// Outcome is "accepted", "already-checked-in", or the code of what was refused.
	Outcome string `json:"outcome"`
}

// CheckIns gives the newest actions, newest first.
func (s *Store) CheckIns(ctx context.Context, limit int) (list []CheckIn, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, type, kiosk, counter, appointment, ticket, occurred_at, received_at, test, accepted, code,
		COALESCE(method, ''), COALESCE(unverified, FALSE), COALESCE(chip, '') FROM actions LEFT JOIN readings ON action = id ORDER BY received_at DESC, kiosk, counter DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("listing check-ins: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	list = []CheckIn{}
	for rows.Next() {
		var c CheckIn
		var at, received int64
		var accepted bool
		if err := rows.Scan(&c.Action, &c.Type, &c.Kiosk, &c.Counter, &c.Appointment, &c.Ticket, &at, &received, &c.Test, &accepted, &c.Outcome, &c.Method, &c.Unverified, &c.Chip); err != nil {
			return nil, fmt.Errorf("listing check-ins: %w", err)
		}
		c.At, c.Received = time.UnixMilli(at).UTC(), time.UnixMilli(received).UTC()
		if accepted && c.Outcome == "" {
			c.Outcome = "accepted"
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// How many actions the page and checkins.json show.
const (
	shownOnPage = 50
	shownAsJSON = 10000
)

// staff serves the page of today, without names, to this computer only.
func (s *Server) staff(mux *http.ServeMux) {
	page := template.Must(template.New("staff").Funcs(template.FuncMap{"clock": s.clock}).Parse(staffPage))
	mux.Handle("GET /staff/{$}", local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.showStaff(w, r, page) })))
	mux.Handle("GET /staff/staff.css", local(http.HandlerFunc(showStyle)))
	s.staffOfKiosks(mux)
	mux.Handle("POST /staff/calls/{call}", local(http.HandlerFunc(s.moveCall)))
	mux.Handle("GET /staff/checkins.json", local(http.HandlerFunc(s.checkInsJSON)))
}

// clock is the time of day, with the day where it is another.
func (s *Server) clock(t time.Time) string {
	if s.day(t) != s.day(s.o.Now()) {
		return t.In(s.brussels).Format("2006-01-02 15:04")
	}
	return t.In(s.brussels).Format("15:04")
}

// staffView is what the page shows.
type staffView struct {
	Test         bool
	Down         bool
	Day          string
	Now          time.Time
	Appointments []api.Appointment
	CheckIns     []CheckIn
	Cards        []ArrivedCard
	Links        []ArrivedLink
	Calls        []HelpCall
	Kiosks       []Beat
}

// fill reads what the page shows.
func (v *staffView) fill(ctx context.Context, s *Store) error {
	var errs [6]error
	v.Appointments, errs[0] = s.appointmentsOn(ctx, v.Day)
	v.CheckIns, errs[1] = s.CheckIns(ctx, shownOnPage)
	v.Cards, errs[2] = s.arrivedCards(ctx)
	v.Links, errs[3] = s.arrivedLinks(ctx)
	v.Calls, errs[4] = s.openCalls(ctx)
	v.Kiosks, errs[5] = s.beats(ctx)
	return errors.Join(errs[:]...)
}

func (s *Server) showStaff(w http.ResponseWriter, r *http.Request, page *template.Template) {
	v := staffView{Test: s.o.Test, Down: s.down.Load(), Now: s.o.Now()}
	v.Day = s.day(v.Now)
	if v.fill(r.Context(), s.o.Store) != nil {
		unavailable(retryLater).write(w)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, v) // the reader may have gone
}

func (s *Server) checkInsJSON(w http.ResponseWriter, r *http.Request) {
	list, err := s.o.Store.CheckIns(r.Context(), shownAsJSON)
	if err != nil {
		unavailable(retryLater).write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // the reader may have gone
}

// local lets in only who calls from this computer, under a name of this computer:
// not through a proxy, and not a page of another site whose name was made to lead
// here.
func local(next http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		peer, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !Loopback(peer) || !Loopback(hostname(r.Host)) || crossSite.Check(r) != nil {
			notFound().write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// Loopback tells whether a host is this computer by a loopback address or localhost.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
