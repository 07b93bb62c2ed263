package worklist

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// maxPages ends a portal that has always more.
const maxPages = 2 * maxEntries

// fetch brings the list to what the portal has.
func (l *List) fetch(ctx context.Context) error {
	l.mu.Lock()
	k := l.kept.clone()
	l.mu.Unlock()
	if k.Day == "" {
		day := l.today()
		salt, err := l.o.Portal.SetWorklistKey(ctx, portal.WorklistKey{Day: day, Key: DayKey(l.o.DeviceKey, day), Chipless: l.o.Chipless})
		if err != nil {
			return err
		}
		k = kept{Day: day, Salt: salt, Entries: map[Index][]byte{}}
	}
	changed := false
	for range maxPages {
		page, err := l.o.Portal.Worklist(ctx, k.Revision)
		var e *portal.Error
		if errors.As(err, &e) && e.Code == "no-worklist" {
			l.mu.Lock()
			defer l.mu.Unlock()
			return errors.Join(err, l.forget()) // the portal lost it: begun anew at the next try
		}
		if err != nil {
			return err
		}
		more, err := l.add(&k, page)
		if err != nil {
			return err
		}
		changed = changed || len(page.Entries) > 0
		if !more {
			k.AsOf = time.Now().Round(0)
			return l.replace(k, changed)
		}
	}
	return fmt.Errorf("asking for the worklist: %w: there is no end to it", portal.ErrAway)
}

// add takes a page in, and tells whether there is more.
func (l *List) add(k *kept, page api.Worklist) (more bool, err error) {
	odd := fmt.Errorf("asking for the worklist: %w: it is not what the API says", portal.ErrAway)
	if len(page.Entries) > 0 && (page.Revision <= k.Revision || page.Day.Format(time.DateOnly) != k.Day) {
		return false, odd
	}
	for _, e := range page.Entries {
		if len(e.Index) != IndexLen {
			return false, odd
		}
		if e.Chipless && !l.o.Chipless {
			continue
		}
		k.Entries[Index(e.Index)] = e.Sealed
	}
	if len(k.Entries) > maxEntries {
		return false, odd
	}
	k.Revision = max(k.Revision, page.Revision)
	return page.More, nil
}

// kept is a list of one day.
type kept struct {
	Day      string
	Salt     []byte
	Revision int64
	AsOf     time.Time
	Entries  map[Index][]byte // sealed
}

func (k kept) clone() kept {
	k.Entries = maps.Clone(k.Entries)
	return k
}
