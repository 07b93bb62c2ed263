package reference

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/sync/portal/api"
	"balie/sync/worklist"
)

const (
	// derivations is how many entries are derived for one call where Options say nothing.
	derivations = 40
	// entriesAtOnce is how many entries one answer has.
	entriesAtOnce = 100
	// longestEntry is more than openapi.yaml lets an entry be, plain.
	longestEntry = 24 << 10
)

// list is a kiosk's worklist.
type list struct {
	kiosk, day string
	key, salt  []byte
	chipless   bool // what opens without a chip card is on it, too
	revision   int64
}

// SetWorklistKey takes the key under which a kiosk's list of today is made. The same key
// again has the same salt; another one begins anew.
func (s *Server) SetWorklistKey(ctx context.Context, r api.SetWorklistKeyRequestObject) (api.SetWorklistKeyResponseObject, error) {
	kiosk, day := kioskOf(ctx).ID, r.Body.Day.Format(time.DateOnly)
	if day != s.day(s.o.Now()) {
		return nil, wrongDay()
	}
	if len(r.Body.Key) != worklist.KeyLen {
		return nil, badRequest()
	}
	salt := make([]byte, worklist.SaltLen)
	_, _ = rand.Read(salt) // never fails
	err := s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		before, err := s.listOf(ctx, tx, kiosk)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		case err == nil && before.day == day && bytes.Equal(before.key, r.Body.Key) && before.chipless == r.Body.Chipless:
			salt = before.salt
			return nil
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM worklists WHERE kiosk = $1", kiosk); err != nil { // and its entries
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO worklists (kiosk, day, key, salt, chipless, revision) VALUES ($1, $2, $3, $4, $5, 0)",
			kiosk, day, s.o.Secrets.close(r.Body.Key, kiosk), salt, r.Body.Chipless)
		return err
	})
	if err != nil {
		return nil, asProblem(err)
	}
	return api.SetWorklistKey200JSONResponse{
		Body: api.WorklistSalt{Day: r.Body.Day, Salt: salt}, Headers: api.SetWorklistKey200ResponseHeaders{CacheControl: "no-store"},
	}, nil
}

func (s *Server) listOf(ctx context.Context, q querier, kiosk string) (l list, err error) {
	var closed []byte
	l.kiosk = kiosk
	err = q.QueryRowContext(ctx, "SELECT day, key, salt, chipless, revision FROM worklists WHERE kiosk = $1", kiosk).Scan(&l.day, &closed, &l.salt, &l.chipless, &l.revision)
	if err != nil {
		return l, err
	}
	l.key, err = s.o.Secrets.open(closed, kiosk)
	return l, err
}

// GetWorklist gives a kiosk what is new on its list of today. Entries are derived as they
// are asked for, a few in each call, and not within a transaction: that would hold
// check-ins up.
func (s *Server) GetWorklist(ctx context.Context, r api.GetWorklistRequestObject) (api.GetWorklistResponseObject, error) {
	l, err := s.listOf(ctx, s.o.Store.db, kioskOf(ctx).ID)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && l.day != s.day(s.o.Now()):
		return nil, noWorklist()
	case err != nil:
		return nil, unavailable(retryLater)
	}
	page, err := s.page(ctx, l, r.Params.After)
	if err != nil {
		return nil, asProblem(err)
	}
	tag := strconv.Quote(strconv.FormatInt(page.Revision, 10))
	if len(page.Entries) == 0 && !page.More && r.Params.IfNoneMatch == tag {
		return api.GetWorklist304Response{}, nil
	}
	return api.GetWorklist200JSONResponse{Body: page, Headers: api.GetWorklist200ResponseHeaders{ETag: tag, CacheControl: "no-store"}}, nil
}

// page makes what is to be made of a list, and gives what is new after a revision.
func (s *Server) page(ctx context.Context, l list, after int64) (api.Worklist, error) {
	stale, rest, err := s.stale(ctx, l)
	if err == nil {
		err = s.make(ctx, l, stale)
	}
	if err != nil {
		return api.Worklist{}, err
	}
	day, err := time.Parse(time.DateOnly, l.day)
	if err != nil {
		return api.Worklist{}, err
	}
	page := api.Worklist{Day: openapi_types.Date{Time: day}, Revision: after, More: rest, Entries: []api.WorklistEntry{}}
	rows, err := s.o.Store.db.QueryContext(ctx, `SELECT made, sealed, revision, FALSE AS chipless FROM worklist_entries WHERE kiosk = $1 AND revision > $2
		UNION ALL SELECT made, sealed, revision, TRUE FROM worklist_chipless WHERE kiosk = $1 AND revision > $2 ORDER BY revision LIMIT $3`,
		l.kiosk, after, entriesAtOnce+1)
	if err != nil {
		return page, err
	}
	defer func() { _ = rows.Close() }() // read to its end
	for rows.Next() {
		var made, sealed []byte
		var revision int64
		var chipless bool
		if err := rows.Scan(&made, &sealed, &revision, &chipless); err != nil {
			return page, err
		}
		if len(page.Entries) == entriesAtOnce {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, api.WorklistEntry{Index: made[:worklist.IndexLen], Sealed: sealed, Chipless: chipless})
		page.Revision = revision
	}
	return page, rows.Err()
}

// draft is an entry that is to be made.
type draft struct {
	wanted
	body []byte
	made []byte // index and key, where they were derived before
}

// stale finds which entries are not as their appointments are now, up to as many as one
// call makes, and tells whether there are others.
func (s *Server) stale(ctx context.Context, l list) (drafts []draft, rest bool, err error) {
	today, err := s.wantedOn(ctx, l)
	if err != nil {
		return nil, false, err
	}
	have, err := s.o.Store.entriesOf(ctx, l.kiosk)
	if err != nil {
		return nil, false, err
	}
	for _, w := range today {
		e := have[w.entry]
		delete(have, w.entry)
		body, err := json.Marshal(w.appointments)
		if err != nil {
			return nil, false, fmt.Errorf("making an entry: %w", err)
		}
		digest := sha256.Sum256(body)
		if bytes.Equal(e.digest, digest[:]) || len(body) > longestEntry {
			continue
		}
		if len(drafts) == s.o.Derivations {
			return drafts, true, nil
		}
		drafts = append(drafts, draft{w, body, e.made})
	}
	none := sha256.Sum256([]byte("[]"))
	for name, e := range have { // all its appointments were taken away
		if bytes.Equal(e.digest, none[:]) {
			continue
		}
		if len(drafts) == s.o.Derivations {
			return drafts, true, nil
		}
		drafts = append(drafts, draft{wanted{entry: name, subject: name, chipless: e.chipless}, []byte("[]"), e.made})
	}
	return drafts, false, nil
}

// made is an entry that was made.
type made struct {
	wanted
	made, digest, sealed []byte
}

// make makes entries, and then puts them on the list.
func (s *Server) make(ctx context.Context, l list, drafts []draft) error {
	var entries []made
	for _, d := range drafts {
		m, err := s.derive(ctx, l, d)
		if err != nil {
			return err
		}
		sealed, err := m.Seal(d.body)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(d.body)
		entries = append(entries, made{d.wanted, m[:], digest[:], sealed})
	}
	if len(entries) == 0 {
		return nil
	}
	return s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		for _, e := range entries {
			if err := e.put(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// put puts an entry on a list, unless another key was set meanwhile: then there is no
// such list.
func (e made) put(ctx context.Context, tx *sql.Tx, l list) error {
	var revision int64
	err := tx.QueryRowContext(ctx, "UPDATE worklists SET revision = revision + 1 WHERE kiosk = $1 AND salt = $2 RETURNING revision", l.kiosk, l.salt).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return noWorklist()
	}
	if err != nil {
		return err
	}
	table, name := "worklist_entries", "subject"
	if e.chipless {
		table, name = "worklist_chipless", "entry"
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO "+table+" (kiosk, "+name+`, made, digest, sealed, revision) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kiosk, `+name+`) DO UPDATE SET digest = excluded.digest, sealed = excluded.sealed, revision = excluded.revision`,
		l.kiosk, e.entry, e.made, e.digest, e.sealed, revision)
	return err
}

// derive gives index and key of an entry, one at a time for the whole portal: each takes
// 19 MiB.
func (s *Server) derive(ctx context.Context, l list, d draft) (worklist.Made, error) {
	if len(d.made) == len(worklist.Made{}) {
		return worklist.Made(d.made), nil
	}
	subject, err := s.subjectBytes(ctx, d.wanted)
	if err != nil {
		return worklist.Made{}, err
	}
	s.deriving.Lock()
	defer s.deriving.Unlock()
	if ctx.Err() != nil {
		return worklist.Made{}, ctx.Err()
	}
	return worklist.Derive(subject, l.key, l.salt)
}
