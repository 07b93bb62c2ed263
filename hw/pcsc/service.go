package pcsc

import (
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
