//go:build booted

package booted

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/ui/admit"
)

// The test's own program is the visitor too, inside the machine and as the user of the
// window: it is let in like the window is, puts a card in, presses, and says which
// screens it saw.
const asVisitor = "visit-the-booth"

// How a visit goes.
const (
	plain      = "plain"
	portalAway = "portal-away" // just when the person confirms
)

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == asVisitor {
		if err := visit(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// visitor is a window, as far as the daemon can tell.
type visitor struct {
	client *http.Client
	base   string
	seq    string
	choice string // the first that is offered, where there are any
	seen   []string
}

// visit checks in with a card of the bench's tray.
func visit(card, how string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pass, err := admit.Ask(ctx, "/run/balie/window.sock")
	if err != nil {
		return err
	}
	defer pass.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	v := &visitor{client: &http.Client{Jar: jar}, base: strings.TrimSuffix(pass.URL, "/")}
	if _, err := v.get(ctx, pass.Token.Reveal()); err != nil {
		return err
	}
	defer func() { fmt.Println(strings.Join(v.seen, " ")) }()
	if err := v.sees(ctx, "welcome"); err != nil {
		return err
	}
	if err := bench(ctx, "readers/0/insert", map[string]string{"card": card}); err != nil {
		return err
	}
	if err := v.sees(ctx, "choose", "confirm"); err != nil {
		return err
	}
	if v.choice != "" {
		if err := errors.Join(v.press(ctx, "choose", v.choice), v.sees(ctx, "confirm")); err != nil {
			return err
		}
	}
	if how == portalAway {
		if err := bench(ctx, "portal", map[string]bool{"down": true}); err != nil {
			return err
		}
	}
	if err := v.press(ctx, "confirm", ""); err != nil {
		return err
	}
	if err := v.sees(ctx, "done"); err != nil {
		return err
	}
	if err := bench(ctx, "readers/0/pull", struct{}{}); err != nil {
		return err
	}
	return v.sees(ctx, "welcome")
}

var (
	onScreen = regexp.MustCompile(`data-screen="([a-z]+)"`)
	offered  = regexp.MustCompile(`data-do="choose" data-choice="([^"]+)"`)
	ofView   = regexp.MustCompile(`data-seq="(\d+)"`)
)

// get gives the page; token is sent the first time.
func (v *visitor) get(ctx context.Context, token string) (screen string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+"/", nil)
	if err != nil {
		return "", err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	page, err := send(v.client, req)
	if err != nil {
		return "", err
	}
	on, of := onScreen.FindSubmatch(page), ofView.FindSubmatch(page)
	if on == nil || of == nil {
		return "", errors.New("what came is no page of the booth")
	}
	v.seq, v.choice = string(of[1]), ""
	if first := offered.FindSubmatch(page); first != nil {
		v.choice = string(first[1])
	}
	return string(on[1]), nil
}

// sees waits for one of some screens.
func (v *visitor) sees(ctx context.Context, want ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience/3)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		screen, err := v.get(ctx, "")
		if err != nil {
			return fmt.Errorf("waiting for %q: %w", want, err)
		}
		if len(v.seen) == 0 || v.seen[len(v.seen)-1] != screen {
			v.seen = append(v.seen, screen)
		}
		if slices.Contains(want, screen) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%q never came", want)
		}
	}
}

func (v *visitor) press(ctx context.Context, do, choice string) error {
	form := url.Values{"seq": {v.seq}, "do": {do}, "choice": {choice}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+"/press", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.base)
	_, err = send(v.client, req)
	return err
}

// bench asks the bench for something.
func bench(ctx context.Context, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:8620/"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	_, err = send(http.DefaultClient, req)
	return err
}

func send(client *http.Client, req *http.Request) ([]byte, error) {
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, bytes.TrimSpace(body))
	}
	return body, nil
}
