package outbox

import "strings"

// Forget has the one connection run as the driver would: it commits without a sync.
// Only the test that must then lose something uses it.
func (b *Outbox) Forget() error {
	_, err := b.db.Exec("PRAGMA synchronous=NORMAL")
	return err
}

// Plans gives how SQLite runs the queries that a long backlog must not slow down.
func (b *Outbox) Plans() (plans []string, err error) {
	for query, args := range map[string][]any{dueHeads: {0, 1}, firstDue: nil, purge: {0}, countStates: nil} {
		rows, err := b.db.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return nil, err
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return nil, err
			}
			plan = append(plan, detail)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		plans = append(plans, strings.Join(plan, "\n"))
	}
	return plans, nil
}
