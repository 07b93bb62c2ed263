package reference

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// memory is what is kept of an action that came.
type memory struct {
	kiosk    string
	digest   []byte
	accepted bool
}

// memories are what is kept of the actions of a batch: those that came before, by id, and
// which of this kiosk's took each counter.
type memories struct {
	actions  map[string]memory
	counters map[uint64]string
}

// remembered reads it, in two questions for the whole batch.
func remembered(ctx context.Context, tx *sql.Tx, kiosk string, actions []prepared) (memories, error) {
	m := memories{actions: map[string]memory{}, counters: map[uint64]string{}}
	ids, counters := []any{}, []any{kiosk}
	for _, p := range actions {
		ids, counters = append(ids, p.Id.String()), append(counters, int64(p.Counter))
	}
	if len(ids) == 0 {
		return m, nil
	}
	_, err := listed(ctx, tx, "SELECT id, kiosk, digest, accepted FROM actions WHERE id IN ("+numbered(1, len(ids))+")", func(rows *sql.Rows) (struct{}, error) {
		var id string
		var of memory
		err := rows.Scan(&id, &of.kiosk, &of.digest, &of.accepted)
		m.actions[id] = of
		return struct{}{}, err
	}, ids...)
	if err != nil {
		return m, err
	}
	_, err = listed(ctx, tx, "SELECT counter, id FROM actions WHERE kiosk = $1 AND counter IN ("+numbered(2, len(ids))+") AND code <> 'counter-reused'",
		func(rows *sql.Rows) (struct{}, error) {
			var counter int64
			var id string
			err := rows.Scan(&counter, &id)
			m.counters[uint64(counter)] = id
			return struct{}{}, err
		}, counters...)
	return m, err
}

// numbered are n placeholders from the first on.
func numbered(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

// add notes what became of one, for those that follow in the batch.
func (m memories) add(p prepared, o outcome) {
	m.actions[p.Id.String()] = memory{kiosk: p.kiosk, digest: digest(p.Action), accepted: o.accepted}
	if o.code != "counter-reused" {
		m.counters[p.Counter] = p.Id.String()
	}
}
