package pcsc

import (
	"fmt"
	"sync"
	"time"

	"github.com/ebfe/scard"
)

// Service is as much of PC/SC as is used here. Errors are of type [scard.Error].
type Service interface {
	Establish() (Context, error)
}

// Context is one connection to PC/SC. It belongs to one goroutine, but for
// Cancel, which ends a GetStatusChange of that goroutine from another one.
type Context interface {
	ListReaders() ([]string, error)
	// GetStatusChange waits until the state of a reader differs from its
	// CurrentState. A negative timeout is for ever.
	GetStatusChange(states []scard.ReaderState, timeout time.Duration) error
	Connect(reader string, mode scard.ShareMode, protocol scard.Protocol) (Handle, error)
	Cancel() error
	Release() error
}

// Handle is one connection to a card.
type Handle interface {
	ActiveProtocol() scard.Protocol
	Transmit(command []byte) ([]byte, error)
	Control(code uint32, in []byte) ([]byte, error)
	GetAttrib(id scard.Attrib) ([]byte, error)
	BeginTransaction() error
	EndTransaction(scard.Disposition) error
	Reconnect(scard.ShareMode, scard.Protocol, scard.Disposition) error
	Disconnect(scard.Disposition) error
}

// System is PC/SC itself, through github.com/ebfe/scard. It stands between that
// package and its traps: it never lets it see an empty list or command, nor a
// protocol other than T=0 and T=1, at all of which it panics, and it keeps two
// contexts from sharing the memory of a reader's name.
type System struct {
	mu    sync.Mutex
	inUse []bool // guarded by mu; which context numbers are taken
}

// NewSystem is PC/SC itself.
func NewSystem() *System { return &System{} }

var _ Service = (*System)(nil)

// Establish connects to pcscd.
func (s *System) Establish() (Context, error) {
	c, err := scard.EstablishContext()
	if err != nil {
		return nil, err
	}
	return &systemContext{Context: c, system: s, number: s.take()}, nil
}

// take gives the lowest free number.
func (s *System) take() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, taken := range s.inUse {
		if !taken {
			s.inUse[n] = true
			return n
		}
	}
	s.inUse = append(s.inUse, true)
	return len(s.inUse) - 1
}

func (s *System) giveBack(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inUse[n] = false
}

type systemContext struct {
	*scard.Context
	system *System
	number int
}

// GetStatusChange gives each reader's name a tail behind a zero byte, where C
// does not look: the package keeps names alive in a map keyed by the Go string
// until the next call with the same one, so two contexts that wait for the same
// reader would free each other's.
func (c *systemContext) GetStatusChange(states []scard.ReaderState, timeout time.Duration) error {
	if len(states) == 0 {
		return scard.ErrInvalidParameter
	}
	own := make([]scard.ReaderState, len(states))
	for i, s := range states {
		own[i] = scard.ReaderState{Reader: fmt.Sprintf("%s\x00%p/%d", s.Reader, c.system, c.number), CurrentState: s.CurrentState}
	}
	err := c.Context.GetStatusChange(own, timeout)
	for i, s := range own {
		states[i].EventState, states[i].Atr = s.EventState, s.Atr
	}
	return err
}

func (c *systemContext) Connect(reader string, mode scard.ShareMode, protocol scard.Protocol) (Handle, error) {
	card, err := c.Context.Connect(reader, mode, protocol)
	if err != nil {
		return nil, err
	}
	return systemHandle{card}, nil
}

func (c *systemContext) Release() error {
	defer c.system.giveBack(c.number)
	return c.Context.Release()
}

type systemHandle struct{ *scard.Card }

func (h systemHandle) Transmit(command []byte) ([]byte, error) {
	if len(command) == 0 {
		return nil, scard.ErrInvalidParameter
	}
	if p := h.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		return nil, scard.ErrProtoMismatch
	}
	return h.Card.Transmit(command)
}
