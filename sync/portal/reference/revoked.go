package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"balie/sync/portal/api"
)

// RevokeCard notes that a certificate of a card was revoked, by the SHA-256 of its issuer's name and
// its number, both hexadecimal. Where the reference learns it from is not its matter.
func (s *Store) RevokeCard(ctx context.Context, issuer, serial string, at time.Time) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO revoked (issuer, serial, at) VALUES ($1, $2, $3) ON CONFLICT (issuer, serial) DO NOTHING", issuer, serial, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("noting a revoked certificate: %w", err)
	}
	return nil
}

// CertificateStatus says whether a certificate is known to be revoked.
func (s *Server) CertificateStatus(ctx context.Context, r api.CertificateStatusRequestObject) (api.CertificateStatusResponseObject, error) {
	status := api.CertificateStatus{Status: api.CertificateNotRevoked}
	var at int64
	err := s.o.Store.db.QueryRowContext(ctx, "SELECT at FROM revoked WHERE issuer = $1 AND serial = $2", r.Body.Issuer, r.Body.Serial).Scan(&at)
	switch {
	case err == nil:
		status = api.CertificateStatus{Status: api.CertificateRevoked, RevokedAt: time.UnixMilli(at).UTC()}
	case !errors.Is(err, sql.ErrNoRows):
		return nil, unavailable(retryLater)
	}
	return api.CertificateStatus200JSONResponse{Body: status, Headers: api.CertificateStatus200ResponseHeaders{CacheControl: noStore}}, nil
}
