package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// answer is one of the log-in's API.
type answer struct {
	Session   string `json:"session"`
	Code      int    `json:"-"`
	CodesLeft int    `json:"codes_left"`
	Problem   string `json:"-"` // its code, where it is one
}

// ask asks what no kiosk calls: it is the patient's.
func (r *run) ask(call string, question map[string]string) (answer, error) {
	text, err := json.Marshal(question)
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(r.ctx, http.MethodPost, r.t.URL+call, bytes.NewReader(text))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Timeout: byHand, Transport: r.outside}).Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return answer{}, err
	}
	var a struct {
		answer
		Number json.RawMessage `json:"code"` // a number, or the code of a problem
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return answer{}, fmt.Errorf("%s answers %d and no JSON", call, resp.StatusCode)
	}
	if resp.StatusCode != http.StatusOK {
		return a.answer, json.Unmarshal(a.Number, &a.answer.Problem)
	}
	if call == "/login/api/password" {
		err = json.Unmarshal(a.Number, &a.answer.Code)
	}
	return a.answer, err
}

// paper is a card and a slip as they were printed.
type paper struct {
	card     string
	user     string
	password string
	codes    []string
}

// logIn logs in with a paper. It gives the number that was asked for, and the code of
// the problem that ended it.
func (r *run) logIn(p paper) (n int, problem string, err error) {
	a, err := r.ask("/login/api/password", map[string]string{"user_name": p.user, "password": p.password})
	if err != nil || a.Problem != "" {
		return 0, a.Problem, err
	}
	if a.Code < 1 || a.Code > len(p.codes) {
		return a.Code, "", fmt.Errorf("code %d is asked for, of %d", a.Code, len(p.codes))
	}
	b, err := r.ask("/login/api/code", map[string]string{"session": a.Session, "code": p.codes[a.Code-1]})
	return a.Code, b.Problem, err
}

// wantLogIn wants a log-in to end with a problem; empty: that it works.
func (r *run) wantLogIn(what string, p paper, problem string) {
	_, got, err := r.logIn(p)
	if err != nil || got != problem {
		r.wrong("%s: log-in is %q, not %q: %v", what, got, problem, err)
	}
}
