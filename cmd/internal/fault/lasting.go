package fault

import (
	"sync"
	"time"
)

// Lasting remembers since when each fault is there, so that what passes by itself in a
// moment is shown to nobody. It may be used by several goroutines.
type Lasting struct {
	mu    sync.Mutex
	since map[key]time.Time // guarded by mu
}

type key struct{ part, code string }

// Shown are those of the present findings that have lasted long enough to be shown, and
// since when each fault is there. A finding that is not among the present ones is
// forgotten.
func (l *Lasting) Shown(present []Finding, now time.Time) (shown []Finding, since map[string]time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := map[key]time.Time{}
	since = map[string]time.Time{}
	for _, f := range present {
		if f.Code == "" {
			shown = append(shown, f)
			continue
		}
		began, known := l.since[key{f.Part, f.Code}]
		if !known {
			began = now
		}
		next[key{f.Part, f.Code}] = began
		if of, _ := Of(f.Code); now.Sub(began) >= of.Lasts {
			shown = append(shown, f)
			if first, is := since[f.Code]; !is || began.Before(first) {
				since[f.Code] = began
			}
		}
	}
	l.since = next
	return Arrange(shown), since
}
