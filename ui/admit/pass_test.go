package admit

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

const canary = "CANARY0123456789abcdef"

func TestReadPass(t *testing.T) {
	const good = "http://127.0.0.1:8080/"
	for _, c := range []struct {
		name, answer string
		want         error
	}{
		{"a pass", line(good, canary), nil},
		{"IPv6", line("http://[::1]:8080/patient", canary), nil},
		{"a later field", `{"url":"` + good + `","token":"` + canary + `","role":"desk"}`, nil},
		{"refused", `{"refused":true}`, ErrRefused},
		{"another machine", line("http://192.0.2.1:8080/", canary), ErrNotPass},
		{"a name", line("http://localhost:8080/", canary), ErrNotPass},
		{"no port", line("http://127.0.0.1/", canary), ErrNotPass},
		{"user info", line("http://127.0.0.1:8080@192.0.2.1:80/", canary), ErrNotPass},
		{"another scheme", line("file:///etc/passwd", canary), ErrNotPass},
		{"no token", line(good, ""), ErrNotPass},
		{"a short token", line(good, "abc"), ErrNotPass},
		{"a token that ends a header", line(good, canary+"\r\nX: y"), ErrNotPass},
		{"not JSON", "HTTP/1.1 400 Bad Request\r\n" + canary, ErrNotPass},
		{"another shape", `{"url":1,"token":"` + canary + `"}`, ErrNotPass},
		{"nothing", "", io.EOF},
		{"half a line", line(good, canary)[:30], io.ErrUnexpectedEOF},
		{"endless", `{"url":"` + strings.Repeat("x", 2*maxWire), io.ErrUnexpectedEOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			pass, err := readPass(strings.NewReader(c.answer))
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows the token: %v", err)
			}
			if err == nil && pass.Token.Reveal() != canary {
				t.Error("another token came out")
			}
		})
	}
}

func line(url, token string) string {
	b, _ := json.Marshal(wire{URL: url, Token: token}) // strings always can be
	return string(b) + "\n"
}

// FuzzReadPass holds that whatever answers, the window is led to this machine only,
// with a token that stays within its header line.
func FuzzReadPass(f *testing.F) {
	f.Add(line("http://127.0.0.1:8080/", canary))
	f.Add(`{"refused":true}`)
	f.Add(line("http://127.0.0.1:8080@evil:80/", canary))
	f.Add(line("http://[::1%25eth0]:1/", "0123456789abcdef=="))
	f.Fuzz(func(t *testing.T, answer string) {
		pass, err := readPass(strings.NewReader(answer))
		if err != nil {
			if pass != (Pass{}) {
				t.Error("a pass with an error")
			}
			return
		}
		if !strings.HasPrefix(pass.URL, "http://127.") && !strings.HasPrefix(pass.URL, "http://[") {
			t.Errorf("led to %q", pass.URL)
		}
		if strings.ContainsAny(pass.Token.Reveal(), "\r\n \x00") {
			t.Error("a token that is no token68")
		}
	})
}
