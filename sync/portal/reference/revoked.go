package reference

import (
	"context"
	"fmt"
	"time"
)

// Revoke notes that a certificate was revoked, by the SHA-256 of its issuer's name and
// its number, both hexadecimal. Where the reference learns it from is not its matter.
func (s *Store) Revoke(ctx context.Context, issuer, serial string, at time.Time) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO revoked (issuer, serial, at) VALUES ($1, $2, $3) ON CONFLICT (issuer, serial) DO NOTHING", issuer, serial, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("noting a revoked certificate: %w", err)
	}
	return nil
}
