package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// The bench and the portal as a person at the desk uses them.

// Paper is a ticket that came out of the printer.
type Paper struct {
	Number int      `json:"number"`
	Text   string   `json:"text"`
	QR     []string `json:"qr"`
	Cut    bool     `json:"cut"`
}

// CheckIn is a check-in as the portal has it.
type CheckIn struct {
	Action      string    `json:"action"`
	Kiosk       string    `json:"kiosk"`
	Counter     uint64    `json:"counter"`
	Appointment string    `json:"appointment"`
	Ticket      string    `json:"ticket"`
	At          time.Time `json:"at"`
	Received    time.Time `json:"received"`
	Test        bool      `json:"test"`
	Outcome     string    `json:"outcome"`
}

// Insert puts a card of the tray into a reader.
func (d *Desk) Insert(ctx context.Context, reader int, card string) error {
	return d.post(ctx, fmt.Sprintf("readers/%d/insert", reader), map[string]string{"card": card})
}

// Pull takes the card out of a reader.
func (d *Desk) Pull(ctx context.Context, reader int) error {
	return d.post(ctx, fmt.Sprintf("readers/%d/pull", reader), struct{}{})
}

// CardFault makes a card go wrong from its next insertion; see kiosksim bench --help.
func (d *Desk) CardFault(ctx context.Context, card string, fault map[string]any) error {
	return d.post(ctx, "cards/"+card+"/fault", fault)
}

// PrinterFault switches a fault of the ticket printer.
func (d *Desk) PrinterFault(ctx context.Context, fault string, on bool) error {
	return d.post(ctx, "printers/ticket/fault", map[string]any{"fault": fault, "on": on})
}

// PortalDown has the portal play dead, or live again.
func (d *Desk) PortalDown(ctx context.Context, down bool) error {
	return d.post(ctx, "portal", map[string]any{"down": down})
}

// CardService stops, starts, kills or restarts pcscd.
func (d *Desk) CardService(ctx context.Context, do string) error {
	return d.post(ctx, "pcscd", map[string]string{"do": do})
}

// Papers are the papers that came out, oldest first.
func (d *Desk) Papers(ctx context.Context) (list []Paper, err error) {
	err = fetchJSON(ctx, d.BenchURL+"printers/ticket/papers.json", &list)
	return list, err
}

// Picture is a paper as PNG.
func (d *Desk) Picture(ctx context.Context, number int) ([]byte, error) {
	return fetch(ctx, fmt.Sprintf("%sprinters/ticket/papers/%d.png", d.BenchURL, number))
}

// CheckIns are what the portal has.
func (d *Desk) CheckIns(ctx context.Context) (list []CheckIn, err error) {
	err = fetchJSON(ctx, d.PortalURL+"/staff/checkins.json", &list)
	return list, err
}

func (d *Desk) post(ctx context.Context, path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("asking the bench: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.BenchURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking the bench: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	_, err = send(req)
	return err
}

func fetchJSON(ctx context.Context, url string, v any) error {
	text, err := fetch(ctx, url)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("asking %s: %w", url, err)
	}
	return nil
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", url, err)
	}
	return send(req)
}

func send(req *http.Request) ([]byte, error) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if closing := resp.Body.Close(); err == nil {
		err = closing
	}
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("asking %s: %s: %s", req.URL.Path, resp.Status, strings.TrimSpace(string(body)))
	}
	return body, err
}
