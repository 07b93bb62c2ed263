package card_test

import (
	"errors"
	"testing"

	"balie/hw/card"
)

func TestStatusErrors(t *testing.T) {
	for _, c := range []struct {
		status card.Status
		is     error // nil: an error of no kind
		text   string
	}{
		{0x6A82, card.ErrNotFound, "status 6A82: no such file on the card"},
		{0x6A86, card.ErrNotFound, "status 6A86: no such file on the card"},
		{0x6B00, card.ErrEnd, "status 6B00: beyond the end of the file"},
		{0x6982, card.ErrSecurity, "status 6982: the card demands a PIN first"},
		{0x6983, card.ErrBlocked, "status 6983: the PIN is blocked"},
		{0x6985, card.ErrCondition, "status 6985: the card is not in a state for this command"},
		{0x6D00, card.ErrUnknown, "status 6D00: the card does not know the command"},
		{0x6E00, card.ErrUnknown, "status 6E00: the card does not know the command"},
		{0x6581, card.ErrMemory, "status 6581: the card's memory fails"},
		{0x63C2, card.ErrWrongPIN, "status 63C2: wrong PIN, 2 tries left"},
		{0x6F00, nil, "status 6F00"},
		{0x6300, nil, "status 6300"},
	} {
		err := c.status.Err()
		if err == nil || err.Error() != c.text {
			t.Errorf("%04X is %v, not %s", uint16(c.status), err, c.text)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%v is not %v", err, c.is)
		}
		if c.is == nil && errors.Unwrap(err) != nil {
			t.Errorf("%v wraps something", err)
		}
	}
	if err := card.StatusOK.Err(); err != nil {
		t.Errorf("9000 is %v", err)
	}
}

func TestWrongPINHasTries(t *testing.T) {
	var pin card.PINError
	if !errors.As(card.Status(0x63C1).Err(), &pin) || pin.Left != 1 {
		t.Errorf("63C1 leaves %d", pin.Left)
	}
}

func TestStatusLengths(t *testing.T) {
	for _, c := range []struct {
		status      card.Status
		more, exact int // -1: not so
		tries       int
	}{
		{0x9000, -1, -1, -1}, {0x6110, 16, -1, -1}, {0x6100, 256, -1, -1}, {0x6C05, -1, 5, -1},
		{0x6C00, -1, 256, -1}, {0x63C3, -1, -1, 3}, {0x63C0, -1, -1, 0}, {0x6983, -1, -1, 0}, {0x6303, -1, -1, -1},
	} {
		check := func(what string, f func() (int, bool), want int) {
			if got, is := f(); is != (want >= 0) || is && got != want {
				t.Errorf("%04X: %s is %d, %v", uint16(c.status), what, got, is)
			}
		}
		check("More", c.status.More, c.more)
		check("Exact", c.status.Exact, c.exact)
		check("Tries", c.status.Tries, c.tries)
	}
}
