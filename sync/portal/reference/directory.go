package reference

import (
	"context"
	"database/sql"
	"encoding/json"

	"balie/sync/portal/api"
)

// GetStaff gives the staff list, signed under the root.
func (s *Server) GetStaff(ctx context.Context, _ api.GetStaffRequestObject) (api.GetStaffResponseObject, error) {
	list, err := s.o.Store.staffList(ctx)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	payload, err := json.Marshal(api.StaffList{MadeAt: s.o.Now().UTC(), Staff: list})
	if err != nil {
		return nil, internal()
	}
	return api.GetStaff200JSONResponse{Payload: payload, Signature: s.o.Secrets.sign("balie/staff/1", payload)}, nil
}

func (s *Store) staffList(ctx context.Context) ([]api.StaffMember, error) {
	list, err := listed(ctx, s.db, "SELECT id, name, role, card_key, badge_salt, badge_hash FROM staff WHERE active ORDER BY id LIMIT 1000",
		func(rows *sql.Rows) (m api.StaffMember, err error) {
			err = rows.Scan(&m.Id, &m.Name, &m.Role, &m.CardKey, &m.BadgeSalt, &m.BadgeHash)
			return m, err
		})
	if list == nil {
		list = []api.StaffMember{}
	}
	return list, err
}
