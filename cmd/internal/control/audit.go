package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// AuditRecord is something that a clerk did at the desk: nothing of a patient.
type AuditRecord struct {
	Number uint64    `json:"number"`
	At     time.Time `json:"at"`
	Clerk  string    `json:"clerk"` // as the staff list calls them; empty: the kiosk itself
	What   string    `json:"what"`
	Matter string    `json:"matter,omitempty"` // id of the link or card
	Action string    `json:"action,omitempty"` // id in the queue
	Hash   string    `json:"hash"`
}

// AuditVerdict is what a look through the whole audit log gave.
type AuditVerdict struct {
	Records uint64 `json:"records"`
	Head    string `json:"head"` // of what is there: "17:5f…"
	// Why is "" where all is as it was written, else what is wrong at the first record
	// that is not, of number Broken: "changed", "missing", "truncated", "unknown".
	Why    string `json:"why"`
	Broken uint64 `json:"broken,omitempty"`
}

// Audit gives the newest records of the audit log, the newest first.
func (c *Client) Audit(ctx context.Context, limit int) ([]AuditRecord, error) {
	return ask[[]AuditRecord](ctx, c, http.MethodGet, "/v1/audit?limit="+strconv.Itoa(limit))
}

// VerifyAudit looks through the audit log, and holds it against heads that were kept
// elsewhere.
func (c *Client) VerifyAudit(ctx context.Context, heads ...string) (AuditVerdict, error) {
	return ask[AuditVerdict](ctx, c, http.MethodGet, "/v1/audit/verify?"+url.Values{"head": heads}.Encode())
}

func (s *Server) audit(r *http.Request) (any, error) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > maxList {
		return nil, badRequest{fmt.Errorf("limit is not 1 to %d", maxList)}
	}
	list, err := s.Daemon.Audit(r.Context(), limit)
	if list == nil {
		list = []AuditRecord{}
	}
	return list, err
}

func (s *Server) verifyAudit(r *http.Request) (any, error) {
	return s.Daemon.VerifyAudit(r.Context(), r.URL.Query()["head"]...)
}
