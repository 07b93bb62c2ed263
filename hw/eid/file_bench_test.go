package eid

import (
	"context"
	"testing"
)

// endless is a card that costs no time: whatever the command, 256 bytes for eleven
// times and 100 then.
type endless struct{ n int }

func (*endless) ATR() []byte                 { return atr18() }
func (*endless) Begin(context.Context) error { return nil }
func (*endless) End() error                  { return nil }
func (*endless) Reset(context.Context) error { return nil }

func (e *endless) Transmit(_ context.Context, command []byte) ([]byte, error) {
	size := 256
	switch {
	case command[1] == 0xA4:
		e.n, size = 0, 0
	default:
		if e.n++; e.n == 12 {
			size = 100
		}
	}
	answer := make([]byte, size+2)
	answer[size] = 0x90
	return answer, nil
}

// BenchmarkExchange is what an exchange costs besides the card: a file of 13
// exchanges, read by the session and by a bare loop.
func BenchmarkExchange(b *testing.B) {
	const exchanges = 13
	b.Run("session", func(b *testing.B) {
		s := newSession(&endless{})
		b.ReportAllocs()
		for b.Loop() {
			if data, err := s.read(b.Context(), filePhoto(), whole()); err != nil || len(data) != 11*256+100 {
				b.Fatal(len(data), err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*exchanges), "ns/exchange")
	})
	b.Run("bare", func(b *testing.B) {
		c := &endless{}
		command := []byte{0x00, 0xA4, 0, 0, 0}
		b.ReportAllocs()
		for b.Loop() {
			command[1] = 0xA4
			for range exchanges {
				if _, err := c.Transmit(b.Context(), command); err != nil {
					b.Fatal(err)
				}
				command[1] = 0xB0
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*exchanges), "ns/exchange")
	})
}
