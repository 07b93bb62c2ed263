package paper

import (
	"strings"
	"testing"
)

// TestSize: what is reckoned is what is drawn, at both edges of the versions that a
// booth may print.
func TestSize(t *testing.T) {
	for _, most := range bytesM[:12] {
		for n := most; n <= most+1; n++ {
			q := Symbol{Data: strings.Repeat("a", n), Level: 'M'}
			modules, err := q.Modules()
			size, sizeErr := q.Size()
			if err != nil || sizeErr != nil || size != len(modules) {
				t.Errorf("%d bytes: %d modules, %v, reckoned %d, %v", n, len(modules), err, size, sizeErr)
			}
		}
	}
	q := Symbol{Data: "aaa", Level: 'H'}
	if modules, err := q.Modules(); err != nil || !sized(q, len(modules)) {
		t.Errorf("level H: %d modules, %v", len(modules), err)
	}
	if n, err := (Symbol{Data: strings.Repeat("a", 2332), Level: 'M'}).Size(); err == nil {
		t.Errorf("2332 bytes take %d modules", n)
	}
	if n, err := (Symbol{Data: strings.Repeat("0", 100), Level: 'M'}).Size(); err != nil || n < 29 {
		t.Errorf("digits: %d modules, %v", n, err)
	}
}

func sized(q Symbol, want int) bool {
	n, err := q.Size()
	return err == nil && n == want
}
