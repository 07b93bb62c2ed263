package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// surroundings are the parts that the bench stands beside and does not run: the
// booth's screen, the portal, the daemon. Any of them may be away.
type surroundings struct {
	booth, portal string // URLs; empty where there is none
	daemon        *http.Client

	mu         sync.Mutex
	boothUp    bool            // guarded by mu, as is all that follows
	portalUp   bool            //
	portalOff  bool            // told to play dead, and not seen alive since
	facts      json.RawMessage // of the daemon; nil where it does not answer
	spectators int             // pages that look
}

// newSurroundings knows the daemon by its control socket; an empty one is none.
func newSurroundings(booth, portal, socket string) *surroundings {
	s := &surroundings{booth: booth, portal: portal}
	if socket != "" {
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}
		s.daemon = &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	}
	return s
}

func (s *surroundings) state() (booth placeState, portal portalState, daemon json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return placeState{s.booth, s.boothUp}, portalState{placeState{s.portal, s.portalUp}, s.portalOff}, s.facts
}

// spectator counts a page that looks until leave is called.
func (s *surroundings) spectator() (leave func()) {
	s.count(1)
	return func() { s.count(-1) }
}

func (s *surroundings) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spectators += n
}

// watch asks the parts every second how they are, while a page looks, until ctx
// ends.
func (s *surroundings) watch(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			looked := s.spectators > 0
			s.mu.Unlock()
			if looked {
				s.ask(ctx)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *surroundings) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	booth := listens(ctx, s.booth)
	portal := s.portal != "" && succeeds(ctx, s.portal+"/v1/health")
	facts := s.askDaemon(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boothUp, s.portalUp, s.facts = booth, portal, facts
	s.portalOff = s.portalOff && !portal
}

// listens tells whether anything answers there, be it a refusal: the booth's
// screen may let in its own window only.
func listens(ctx context.Context, url string) bool {
	resp, err := get(ctx, http.DefaultClient, url)
	return err == nil && resp.Body.Close() == nil
}

func succeeds(ctx context.Context, url string) bool {
	resp, err := get(ctx, http.DefaultClient, url)
	return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

func get(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// askDaemon gives the daemon's status as it is, nil where there is none.
func (s *surroundings) askDaemon(ctx context.Context) json.RawMessage {
	if s.daemon == nil {
		return nil
	}
	resp, err := get(ctx, s.daemon, "http://kioskd/v1/status")
	if err != nil {
		return nil
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or of no use
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil || resp.StatusCode != http.StatusOK || !json.Valid(body) {
		return nil
	}
	return body
}

var errNoPortal = errors.New("no portal was named with --portal-url")

// portalDown has the portal play dead, or live again.
func (s *surroundings) portalDown(ctx context.Context, down bool) error {
	if s.portal == "" {
		return errNoPortal
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]bool{"on": down})
	if err != nil {
		return fmt.Errorf("asking the portal: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.portal+"/bench/down", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking the portal: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking the portal: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing in it is used
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("asking the portal: it answers %s", resp.Status)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.portalOff, s.portalUp = down, !down
	return nil
}
