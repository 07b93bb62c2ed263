package card

import (
	"errors"
	"fmt"
)

// Status is a status word: ISO/IEC 7816-4 §5.6.
type Status uint16

// The status words that callers name. Those of which the low byte counts are
// told by [Status.More], [Status.Exact] and [Status.Tries].
const (
	StatusOK            Status = 0x9000
	StatusShort         Status = 0x6282 // with data: the file ended before as many bytes as asked for
	StatusMemory        Status = 0x6581
	StatusLength        Status = 0x6700
	StatusSecurity      Status = 0x6982
	StatusBlocked       Status = 0x6983
	StatusConditions    Status = 0x6985
	StatusNotFound      Status = 0x6A82
	StatusParameters    Status = 0x6A86
	StatusNoReference   Status = 0x6A88
	StatusOffset        Status = 0x6B00
	StatusNoInstruction Status = 0x6D00
	StatusNoClass       Status = 0x6E00
)

// More is the number of bytes that GET RESPONSE will give, after 61xx.
func (s Status) More() (n int, is bool) { return low(s), s>>8 == 0x61 }

// Exact is the number of bytes to ask for instead, after 6Cxx.
func (s Status) Exact() (n int, is bool) { return low(s), s>>8 == 0x6C }

// Tries is the number of PIN tries left, after 63Cx or 6983.
func (s Status) Tries() (n int, is bool) {
	if s == StatusBlocked {
		return 0, true
	}
	return int(s & 0xF), s&0xFFF0 == 0x63C0
}

// Err is nil for 9000, and a [StatusError] otherwise.
func (s Status) Err() error {
	if s == StatusOK {
		return nil
	}
	return StatusError{Status: s}
}

// low is the low byte as a length, of which 00 is 256.
func low(s Status) int {
	if n := int(s & 0xFF); n != 0 {
		return n
	}
	return 256
}

// What a caller acts on when a card answers, and says no.
var (
	ErrNotFound  = errors.New("no such file on the card")
	ErrEnd       = errors.New("beyond the end of the file")
	ErrSecurity  = errors.New("the card demands a PIN first")
	ErrUnknown   = errors.New("the card does not know the command")
	ErrBlocked   = errors.New("the PIN is blocked")
	ErrWrongPIN  = errors.New("wrong PIN") // errors.As with a [PINError] has the tries left
	ErrMemory    = errors.New("the card's memory fails")
	ErrCondition = errors.New("the card is not in a state for this command")
)

// StatusError is a status word that is not 9000. It unwraps to one of the errors
// above where there is one that fits.
type StatusError struct{ Status Status }

// Error names the status word.
func (e StatusError) Error() string {
	if inner := e.Unwrap(); inner != nil {
		return fmt.Sprintf("status %04X: %v", uint16(e.Status), inner)
	}
	return fmt.Sprintf("status %04X", uint16(e.Status))
}

// Unwrap translates the status word.
func (e StatusError) Unwrap() error {
	switch e.Status {
	case StatusNotFound, StatusParameters:
		return ErrNotFound
	case StatusOffset:
		return ErrEnd
	case StatusSecurity:
		return ErrSecurity
	case StatusBlocked:
		return ErrBlocked
	case StatusConditions:
		return ErrCondition
	case StatusNoInstruction, StatusNoClass:
		return ErrUnknown
	case StatusMemory:
		return ErrMemory
	}
	if n, is := e.Status.Tries(); is {
		return PINError{Left: n}
	}
	return nil
}

// PINError is a wrong PIN; it wraps [ErrWrongPIN].
type PINError struct{ Left int } // tries left

// Error tells the tries left.
func (e PINError) Error() string { return fmt.Sprintf("wrong PIN, %d tries left", e.Left) }

// Unwrap is [ErrWrongPIN].
func (PINError) Unwrap() error { return ErrWrongPIN }
