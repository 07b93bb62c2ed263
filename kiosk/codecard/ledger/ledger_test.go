package ledger_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	"balie/kiosk/codecard/ledger"
)

// TestWhatIsOpenOutlivesTheProcess: a card is there until it is struck off, and once.
func TestWhatIsOpenOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cards.db")
	open := func() *ledger.Ledger {
		l, err := ledger.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	one, two := uuid.UUID{1}, uuid.UUID{2}
	l := open()
	for _, card := range []uuid.UUID{one, two, one} {
		if err := l.Reserve(t.Context(), card); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Strike(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open()
	list, err := l.Open(t.Context())
	if err != nil || !slices.Equal(list, []uuid.UUID{two}) {
		t.Errorf("open are %v, %v", list, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Reserve(t.Context(), one); err == nil {
		t.Error("a card is noted in a closed ledger")
	}
}
