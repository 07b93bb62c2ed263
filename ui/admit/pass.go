package admit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"

	"balie/internal/secret"
)

// Pass lets a window in: the page to load, and a token that the daemon trades
// once for the cookie of a session.
type Pass struct {
	URL   string // "http://127.0.0.1:PORT/PATH"; holds nothing secret
	Token secret.Text
}

// Errors of [Ask].
var (
	// ErrRefused is the daemon's answer to a user that it was not told to let in.
	ErrRefused = errors.New("the daemon does not let this user in")
	// ErrNotPass is an answer that is no pass: another program listens there.
	ErrNotPass = errors.New("the answer is not a pass of the daemon")
)

// wire is a pass or a refusal as one line of JSON. Token is a plain string here
// and nowhere else: a [secret.Text] would send "[secret]".
type wire struct {
	URL     string `json:"url,omitempty"`
	Token   string `json:"token,omitempty"`
	Refused bool   `json:"refused,omitempty"`
}

// maxWire is more than any pass is long, in bytes.
const maxWire = 4096

// bearer is the token68 syntax that may follow "Authorization: Bearer"
// (RFC 6750 §2.1): no character in it can end a header line.
var bearer = regexp.MustCompile(`^[A-Za-z0-9._~+/-]{16,}=*$`)

// readPass reads the daemon's answer and checks that it leads nowhere else. Its
// errors hold nothing of the answer.
func readPass(r io.Reader) (Pass, error) {
	var w wire
	if err := json.NewDecoder(io.LimitReader(r, maxWire)).Decode(&w); err != nil {
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		if errors.As(err, &syntax) || errors.As(err, &kind) {
			return Pass{}, ErrNotPass
		}
		return Pass{}, fmt.Errorf("reading the pass: %w", err)
	}
	if w.Refused {
		return Pass{}, ErrRefused
	}
	if !loopback(w.URL) || !bearer.MatchString(w.Token) {
		return Pass{}, ErrNotPass
	}
	return Pass{URL: w.URL, Token: secret.NewText(w.Token)}, nil
}

// loopback tells whether a URL is a page of this machine, by address: a name
// could be made to mean another machine.
func loopback(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Port() == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
