package reference

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

const (
	registrationTime   = 15 * time.Minute
	registrationLength = 8 // symbols: 40 bits
	registrationTries  = 60
)

// RegisterApp gives a code by which the app is registered: short-lived, once, and the
// newest of a person only.
func (s *Server) RegisterApp(ctx context.Context, r api.RegisterAppRequestObject) (api.RegisterAppResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, r.Body.Person, "register-app", "")
	if err == nil && k.deceased {
		err = patientDeceased()
	}
	if err != nil {
		return nil, asProblem(err)
	}
	raw := make([]byte, registrationLength)
	_, _ = rand.Read(raw) // never fails
	code, end := portal.Symbols(raw), s.o.Now().Add(registrationTime)
	_, err = s.o.Store.db.ExecContext(ctx, `INSERT INTO registrations (subject, code, expires) VALUES ($1, $2, $3)
		ON CONFLICT (subject) DO UPDATE SET code = excluded.code, expires = excluded.expires`, k.subject, s.o.Secrets.registrationOf(code), end.UnixMilli())
	if err != nil {
		return nil, unavailable(retryLater)
	}
	return api.RegisterApp200JSONResponse{
		Body: api.AppRegistration{Code: code, ExpiresAt: end.UTC()}, Headers: api.RegisterApp200ResponseHeaders{CacheControl: noStore},
	}, nil
}

// redeemCode is what the app would do with a code; it is here to show that it works once.
func (s *Server) redeemCode(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Code string `json:"code"`
	}
	answer(w, r, &body, func() (any, error) {
		now := s.o.Now()
		if err := s.redeems.check(r.Context(), s.o.Store.db, "", now, tooManyTries); err != nil {
			return nil, err
		}
		code, _ := portal.FoldSymbols(secret.NewText(body.Code).Reveal(), registrationLength)
		done, err := s.o.Store.db.ExecContext(r.Context(), "DELETE FROM registrations WHERE code = $1 AND expires >= $2", s.o.Secrets.registrationOf(code), now.UnixMilli())
		if err != nil {
			return nil, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return nil, errors.Join(err, codeWrong())
		}
		return map[string]bool{"registered": true}, nil
	})
}
