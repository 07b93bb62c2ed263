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
	inside atomic.Int64 // nanoseconds
}

// Establish is a context whose cards are timed.
func (s *stopwatch) Establish() (pcsc.Context, error) {
	c, err := s.Service.Establish()
	if err != nil {
		return nil, err
	}
	return timedContext{c, s}, nil
}

func (s *stopwatch) add(start time.Time) { s.inside.Add(int64(time.Since(start))) }

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
	defer h.watch.add(time.Now())
	return h.Handle.Transmit(command)
}

func (h timedHandle) BeginTransaction() error {
	defer h.watch.add(time.Now())
	return h.Handle.BeginTransaction()
}

func (h timedHandle) EndTransaction(how scard.Disposition) error {
	defer h.watch.add(time.Now())
	return h.Handle.EndTransaction(how)
}
