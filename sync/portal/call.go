package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"balie/sync/portal/api"
)

// maxAnswer is how much of an answer is read, in bytes: a hundred appointments, or
// results, and then some.
const maxAnswer = 1 << 20

// errNotModified is an answer that says that there is nothing new.
var errNotModified = errors.New("nothing is new")

// call makes a call in at most limit and decodes the answer.
func call[T any](ctx context.Context, c *Client, limit time.Duration, doing string, do func(context.Context) (*http.Response, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	sent := time.Now()
	resp, err := do(ctx)
	if err != nil {
		return answer, fmt.Errorf("%s: %w: %w", doing, ErrAway, err)
	}
	defer resp.Body.Close()
	c.measure(resp, sent, time.Now())
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return answer, fmt.Errorf("%s: %w: %w", doing, ErrAway, err)
	case len(raw) > maxAnswer:
		return answer, fmt.Errorf("%s: %w: the answer is too long", doing, ErrAway)
	case resp.StatusCode == http.StatusNotModified:
		return answer, errNotModified
	case resp.StatusCode != http.StatusOK:
		return answer, fmt.Errorf("%s: %w", doing, c.problem(resp, raw))
	case !isJSON(resp, "application/json") || json.Unmarshal(raw, &answer) != nil:
		// What was wrong stays unsaid: encoding/json quotes the value, which may be a person's.
		var none T
		return none, fmt.Errorf("%s: %w", doing, errNotAPI)
	}
	return answer, nil
}

// asked makes a call like call, and takes an answer only where it holds: where it says
// what was asked for.
func asked[T any](ctx context.Context, c *Client, doing string, do func(context.Context) (*http.Response, error), holds func(T) bool) (T, error) {
	answer, err := call[T](ctx, c, c.o.LookupTime, doing, do)
	if err == nil && !holds(answer) {
		var none T
		return none, fmt.Errorf("%s: %w", doing, errNotAPI)
	}
	return answer, err
}

func isJSON(resp *http.Response, want string) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return err == nil && kind == want
}

// problem makes an error of an answer that is not 200. A body that is no problem of
// the API, from a proxy perhaps, leaves the status alone to go by.
func (c *Client) problem(resp *http.Response, raw []byte) *Error {
	e := &Error{Status: resp.StatusCode, RetryAfter: retryAfter(resp)}
	var p api.Problem
	if isJSON(resp, "application/problem+json") && json.Unmarshal(raw, &p) == nil {
		e.Code, e.Reason = plain(p.Code), plain(p.Reason)
		if len(p.Wipe.Payload) > 0 && c.o.Ordered != nil {
			c.o.Ordered(p.Wipe)
		}
	}
	return e
}

// plain lets through what a code may be, so that no text of a stranger gets into
// a log.
func plain(code string) string {
	if len(code) > 40 {
		return ""
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return ""
		}
	}
	return code
}

// retryAfter reads Retry-After (RFC 9110, section 10.2.3): seconds, or a date, which
// is compared with the portal's own clock and not with this one.
func retryAfter(resp *http.Response) time.Duration {
	value := resp.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, until.Sub(now))
}

// measure compares the portal's clock with this one. Date was made between sent
// and received and has whole seconds.
func (c *Client) measure(resp *http.Response, sent, received time.Time) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	middle := sent.Add(received.Sub(sent) / 2)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = Skew{Ahead: date.Add(500 * time.Millisecond).Sub(middle.Round(0)), MeasuredAt: received}
}
