package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzAnswers has a portal say anything to each call: it ends, and a code that is let
// through is one, whatever it was.
func FuzzAnswers(f *testing.F) {
	f.Add(200, "application/json", "", "", []byte(lookup("")))
	f.Add(200, "application/json", "", "Mon, 02 Mar 2026 09:00:00 GMT", []byte(`{"results":[{"id":"019b0000-0000-7000-8000-000000000001","status":"retry","retry_after":-5}]}`))
	f.Add(200, "application/json", "", "", []byte(`{"id":"K1","last_counter":18446744073709551615,"keys":{"payload":"AA==","signature":""}}`))
	f.Add(422, "application/problem+json", "", "", []byte(`{"code":"card-refused","reason":"genuine"}`))
	f.Add(503, "application/problem+json", "Mon, 02 Mar 2026 09:05:00 GMT", "Mon, 02 Mar 2026 09:00:00 GMT", []byte(`{"code":"unavailable"}`))
	f.Add(429, "text/html", "99999999999999", "never", []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, kind, after, date string, body []byte) {
		if status < 200 || status > 599 || status == 204 || status == 304 || strings.ContainsAny(kind+after+date, "\r\n\x00") {
			return // net/http's own server does not say these
		}
		c := talking(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Retry-After", after)
			if date != "" {
				w.Header().Set("Date", date)
			}
			w.WriteHeader(status)
			_, _ = w.Write(body) // the caller may have gone
		})
		for call, err := range everyCall(t.Context(), c) {
			if err != nil && len(err.Error()) > 300 {
				t.Errorf("%s says %d bytes", call, len(err.Error()))
			}
		}
		if ahead := c.Skew().Ahead; ahead != 0 && date == "" && ahead.Abs() > time.Minute {
			t.Errorf("the same clock is %v ahead", ahead)
		}
	})
}
