package reference

import (
	"context"
	"database/sql"

	"balie/sync/portal/api"
)

// hashed are the codes of a card, and the password that came with them, as they are
// kept.
type hashed struct {
	codes    []slow
	password *slow // nil: there is an account already
}

// hashCodes makes the hashes of a card that is reserved for the person of the action, of
// some 40 ms each. That is done before the database is locked, and for no card that
// nobody asked for.
func (s *Server) hashCodes(ctx context.Context, a *act, c api.CardIssued) {
	row, known, err := cardByID(ctx, s.o.Store.db, c.Card)
	if err != nil || !known || row.kiosk != a.kiosk || row.state != api.CardReserved {
		return
	}
	if k, err := s.identify(ctx, s.o.Store.db, c.Person, a.claim(c.Card)); err != nil || k.subject != row.subject {
		return
	}
	h := &hashed{}
	for i, code := range c.Codes {
		h.codes = append(h.codes, s.slowly(codeFields(c.Card, i+1, code)...))
	}
	if c.Password != "" {
		p := s.slowly(passwordFields(row.subject, c.Password)...)
		h.password = &p
	}
	a.codes = h
}

// put keeps the codes of a card, and draws in which order they will be asked.
func (h *hashed) put(ctx context.Context, tx *sql.Tx, card string) error {
	for i, rank := range shuffled() {
		k := h.codes[i]
		_, err := tx.ExecContext(ctx, "INSERT INTO codes (card, n, salt, hash, cost, rank) VALUES ($1, $2, $3, $4, $5, $6)", card, i+1, k.salt, k.hash, k.cost, rank)
		if err != nil {
			return err
		}
	}
	return nil
}
