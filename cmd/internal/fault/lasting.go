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

// Shown is a fault that has lasted long enough to be shown.
type Shown struct {
	Finding
	Since time.Time `json:"since"`
}

// Shown are those of the present findings that have lasted long enough to be shown. A
// fault that is not among the present ones is forgotten.
func (l *Lasting) Shown(present []Finding, now time.Time) []Shown {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := map[key]time.Time{}
	var lasting []Finding
	for _, f := range present {
		if f.Code == "" {
			continue
		}
		began, known := l.since[key{f.Part, f.Code}]
		if !known {
			began = now
		}
		next[key{f.Part, f.Code}] = began
		if of, _ := Of(f.Code); now.Sub(began) >= of.Lasts {
			lasting = append(lasting, f)
		}
	}
	l.since = next
	shown := []Shown{}
	for _, f := range Arrange(lasting) {
		shown = append(shown, Shown{f, next[key{f.Part, f.Code}]})
	}
	return shown
}
