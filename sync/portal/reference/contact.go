package reference

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"balie/sync/portal/api"
)

// GetContact says how the hospital reaches the holder.
func (s *Server) GetContact(ctx context.Context, r api.GetContactRequestObject) (api.GetContactResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, api.Person{Card: r.Body.Proof, Holder: r.Body.Holder}, "get-contact", "")
	if err != nil {
		return nil, asProblem(err)
	}
	c, err := s.contact(ctx, k.subject)
	if err != nil {
		return nil, asProblem(err)
	}
	return api.GetContact200JSONResponse{Body: c, Headers: api.GetContact200ResponseHeaders{CacheControl: noStore}}, nil
}

func (s *Server) contact(ctx context.Context, subject string) (c api.Contact, err error) {
	var sealed []byte
	err = s.o.Store.db.QueryRowContext(ctx, "SELECT contact FROM contacts WHERE subject = $1", subject).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	plain, err := s.o.Secrets.open(sealed, "contacts")
	if err != nil {
		return c, err
	}
	if json.Unmarshal(plain, &c) != nil {
		return c, errors.New("reading phone and e-mail: they are not what was kept")
	}
	return c, nil
}

// SetContact corrects it.
func (s *Server) SetContact(ctx context.Context, r api.SetContactRequestObject) (api.SetContactResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, api.Person{Card: r.Body.Proof, Holder: r.Body.Holder}, "set-contact", "")
	if err != nil {
		return nil, asProblem(err)
	}
	plain, err := json.Marshal(r.Body.Contact)
	if err != nil {
		return nil, internal()
	}
	_, err = s.o.Store.db.ExecContext(ctx, "INSERT INTO contacts (subject, contact) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE SET contact = excluded.contact",
		k.subject, s.o.Secrets.close(plain, "contacts"))
	if err != nil {
		return nil, unavailable(retryLater)
	}
	return api.SetContact200JSONResponse{Body: r.Body.Contact, Headers: api.SetContact200ResponseHeaders{CacheControl: noStore}}, nil
}
