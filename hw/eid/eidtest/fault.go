package eidtest

import (
	"encoding/hex"
	"fmt"
)

// Faults are what goes wrong while the card is played. Exchanges are counted
// from 1, from the moment the card is put in; 0 is never.
type Faults struct {
	PullAt  int        `toml:"pull_at,omitempty" json:"pull_at,omitempty"`       // taken out during this exchange
	ResetAt int        `toml:"reset_at,omitempty" json:"reset_at,omitempty"`     // in memory only: another program reset the card before this exchange
	CommAt  int        `toml:"comm_at,omitempty" json:"comm_at,omitempty"`       // the answer to this exchange is lost, the card stays in
	Garbage int        `toml:"garbage_at,omitempty" json:"garbage_at,omitempty"` // the answer is of the right length, and noise with 9000
	Status  []StatusAt `toml:"status,omitempty" json:"status,omitempty"`         // the answer is only this status word
	Mute    bool       `toml:"mute,omitempty" json:"mute,omitempty"`             // no answer to reset: in the wrong way round, or broken
	SlowMS  int        `toml:"slow_ms,omitempty" json:"slow_ms,omitempty"`       // each answer comes so many milliseconds late
}

// StatusAt is a status word in place of the answer to one exchange.
type StatusAt struct {
	At int `toml:"at" json:"at"`
	SW SW  `toml:"sw" json:"sw"`
}

// SW is a status word; as text, four hexadecimal digits.
type SW uint16

// String is four hexadecimal digits.
func (s SW) String() string { return fmt.Sprintf("%04X", uint16(s)) }

// MarshalText gives four hexadecimal digits.
func (s SW) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes four hexadecimal digits.
func (s *SW) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != 2 {
		return fmt.Errorf("status word %q is not four hexadecimal digits", text)
	}
	*s = SW(raw[0])<<8 | SW(raw[1])
	return nil
}

// event is how an exchange ended.
type event int

const (
	eventAnswer event = iota
	eventPulled
	eventReset
	eventComm
)

// exchange plays one command against the chip and the faults.
func (c *Card) exchange(command []byte) (response []byte, what event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchanges++
	defer func() {
		if c.trace != nil {
			c.trace(command, response)
		}
	}()
	f := c.faults
	switch c.exchanges {
	case f.PullAt:
		return nil, eventPulled
	case f.ResetAt:
		c.chip.reset()
		return nil, eventReset
	}
	response = c.answer(command)
	for _, s := range f.Status {
		if s.At == c.exchanges {
			response = s.SW.bytes()
		}
	}
	switch c.exchanges {
	case f.Garbage:
		response = noise(len(response))
	case f.CommAt:
		return nil, eventComm
	}
	return response, eventAnswer
}

// noise is the same on every run, and ends in 9000.
func noise(n int) []byte {
	out := make([]byte, 0, n)
	for i := range n - 2 {
		out = append(out, byte(i*167+89))
	}
	return append(out, 0x90, 0x00)
}

func (s SW) bytes() []byte { return []byte{byte(s >> 8), byte(s)} }
