package main

import (
	"sync/atomic"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/pcsc"
)

// stopwatch is PC/SC, and adds up the time that the calls to a card take.
type stopwatch struct {
	pcsc.Service
	exchanging atomic.Int64 // nanoseconds
	holding    atomic.Int64 // beginning and ending transactions
}

// reset begins to count anew.
func (s *stopwatch) reset() {
	s.exchanging.Store(0)
	s.holding.Store(0)
}

// Establish is a context whose cards are timed.
func (s *stopwatch) Establish() (pcsc.Context, error) {
	c, err := s.Service.Establish()
	if err != nil {
		return nil, err
	}
	return timedContext{c, s}, nil
}

func since(start time.Time, sum *atomic.Int64) { sum.Add(int64(time.Since(start))) }

type timedContext struct {
	pcsc.Context
	watch *stopwatch
}

func (c timedContext) Connect(reader string, mode scard.ShareMode, protocol scard.Protocol) (pcsc.Handle, error) {
	h, err := c.Context.Connect(reader, mode, protocol)
	if err != nil {
		return nil, err
	}
	return timedHandle{h, c.watch}, nil
}

type timedHandle struct {
	pcsc.Handle
	watch *stopwatch
}

func (h timedHandle) Transmit(command []byte) ([]byte, error) {
	defer since(time.Now(), &h.watch.exchanging)
	return h.Handle.Transmit(command)
}

func (h timedHandle) BeginTransaction() error {
	defer since(time.Now(), &h.watch.holding)
	return h.Handle.BeginTransaction()
}

func (h timedHandle) EndTransaction(how scard.Disposition) error {
	defer since(time.Now(), &h.watch.holding)
	return h.Handle.EndTransaction(how)
}
