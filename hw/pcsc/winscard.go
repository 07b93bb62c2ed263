package pcsc

// #cgo pkg-config: libpcsclite
// #include <stdlib.h>
// #include <winscard.h>
// #include <reader.h>
import "C"

import (
	"bytes"
	"slices"
	"time"
	"unsafe"

	"github.com/ebfe/scard"
)

// System is PC/SC itself: libpcsclite. Names, errors and states are those of
// github.com/ebfe/scard, but not its calls, which panic at what a card or a pulled
// reader can bring about, share the memory of readers' names between contexts, and
// allocate 64 KiB for each exchange.
type System struct{}

// NewSystem is PC/SC itself.
func NewSystem() System { return System{} }

var _ Service = System{}

// Establish connects to pcscd.
func (System) Establish() (Context, error) {
	c := &systemContext{}
	rc := C.SCardEstablishContext(C.SCARD_SCOPE_SYSTEM, nil, nil, &c.context)
	if err := failure(rc); err != nil {
		return nil, err
	}
	return c, nil
}

// failure is nil for success.
func failure(rc C.LONG) error {
	if rc == C.SCARD_S_SUCCESS {
		return nil
	}
	return scard.Error(uint32(rc))
}

type systemContext struct{ context C.SCARDCONTEXT }

// ListReaders asks for the length first, and anew where a reader came in between.
func (c *systemContext) ListReaders() ([]string, error) {
	for {
		var n C.DWORD
		if err := failure(C.SCardListReaders(c.context, nil, nil, &n)); err != nil || n == 0 {
			return nil, err
		}
		names := make([]byte, n)
		err := failure(C.SCardListReaders(c.context, nil, (*C.char)(unsafe.Pointer(&names[0])), &n))
		if err == scard.ErrInsufficientBuffer {
			continue
		}
		if err != nil {
			return nil, err
		}
		return splitNames(names[:min(int(n), len(names))]), nil
	}
}

// splitNames takes names apart of which each has a zero byte behind it, and the last
// one another.
func splitNames(b []byte) (names []string) {
	for _, name := range bytes.Split(b, []byte{0}) {
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names
}

// GetStatusChange has the states in C's memory, because they point to names.
func (c *systemContext) GetStatusChange(states []scard.ReaderState, timeout time.Duration) error {
	if len(states) == 0 {
		return scard.ErrInvalidParameter
	}
	list := (*C.SCARD_READERSTATE)(C.calloc(C.size_t(len(states)), C.sizeof_SCARD_READERSTATE))
	defer C.free(unsafe.Pointer(list))
	own := unsafe.Slice(list, len(states))
	for i, s := range states {
		own[i].szReader = C.CString(s.Reader)
		defer C.free(unsafe.Pointer(own[i].szReader))
		own[i].dwCurrentState = C.DWORD(s.CurrentState)
	}
	err := failure(C.SCardGetStatusChange(c.context, milliseconds(timeout), list, C.DWORD(len(states))))
	for i := range own {
		states[i].EventState = scard.StateFlag(own[i].dwEventState)
		atr := C.GoBytes(unsafe.Pointer(&own[i].rgbAtr), C.int(len(own[i].rgbAtr)))
		states[i].Atr = atr[:min(int(own[i].cbAtr), len(atr))]
	}
	return err
}

// milliseconds is a timeout as PC/SC counts it: negative is for ever.
func milliseconds(d time.Duration) C.DWORD {
	if d < 0 {
		return C.INFINITE
	}
	return C.DWORD(min(d/time.Millisecond, C.INFINITE-1))
}

func (c *systemContext) Cancel() error { return failure(C.SCardCancel(c.context)) }

func (c *systemContext) Release() error { return failure(C.SCardReleaseContext(c.context)) }

func (c *systemContext) Connect(reader string, mode scard.ShareMode, protocol scard.Protocol) (Handle, error) {
	name := C.CString(reader)
	defer C.free(unsafe.Pointer(name))
	h := &systemHandle{}
	err := failure(C.SCardConnect(c.context, name, C.DWORD(mode), C.DWORD(protocol), &h.handle, &h.protocol))
	if err != nil {
		return nil, err
	}
	return h, nil
}

// systemHandle is a connection to a card. It belongs to one goroutine.
type systemHandle struct {
	handle   C.SCARDHANDLE
	protocol C.DWORD
	sent     C.SCARD_IO_REQUEST // what goes with each command
	got      []byte             // the memory of answers
	length   C.DWORD            // of the last one
}

func (h *systemHandle) ActiveProtocol() scard.Protocol { return scard.Protocol(h.protocol) }

// answers is the memory for what comes back: no driver gives more.
func (h *systemHandle) answers() (*C.BYTE, *C.DWORD) {
	if h.got == nil {
		h.got = make([]byte, C.MAX_BUFFER_SIZE_EXTENDED)
	}
	h.length = C.DWORD(len(h.got))
	return (*C.BYTE)(unsafe.Pointer(&h.got[0])), &h.length
}

// answer is a copy of what came back, of which nothing stays in the memory.
func (h *systemHandle) answer(err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	raw := h.got[:min(int(h.length), len(h.got))]
	out := slices.Clone(raw)
	clear(raw)
	return out, nil
}

// Transmit sends a command with T=0 or T=1, whichever was agreed on.
func (h *systemHandle) Transmit(command []byte) ([]byte, error) {
	if len(command) == 0 {
		return nil, scard.ErrInvalidParameter
	}
	if h.protocol != C.SCARD_PROTOCOL_T0 && h.protocol != C.SCARD_PROTOCOL_T1 {
		return nil, scard.ErrProtoMismatch
	}
	h.sent.dwProtocol, h.sent.cbPciLength = h.protocol, C.sizeof_SCARD_IO_REQUEST
	memory, length := h.answers()
	return h.answer(failure(C.SCardTransmit(h.handle, &h.sent, (*C.BYTE)(unsafe.Pointer(&command[0])), C.DWORD(len(command)), nil, memory, length)))
}

func (h *systemHandle) Control(code uint32, in []byte) ([]byte, error) {
	memory, length := h.answers()
	return h.answer(failure(C.SCardControl(h.handle, C.DWORD(code), C.LPCVOID(unsafe.SliceData(in)), C.DWORD(len(in)), C.LPVOID(memory), *length, length)))
}

// GetAttrib offers no more room than the library lets it (winscard_clnt.c,
// SCardGetSetAttrib).
func (h *systemHandle) GetAttrib(id scard.Attrib) ([]byte, error) {
	memory, length := h.answers()
	*length = C.MAX_BUFFER_SIZE
	return h.answer(failure(C.SCardGetAttrib(h.handle, C.DWORD(id), memory, length)))
}

func (h *systemHandle) BeginTransaction() error { return failure(C.SCardBeginTransaction(h.handle)) }

func (h *systemHandle) EndTransaction(how scard.Disposition) error {
	return failure(C.SCardEndTransaction(h.handle, C.DWORD(how)))
}

func (h *systemHandle) Reconnect(mode scard.ShareMode, protocol scard.Protocol, how scard.Disposition) error {
	return failure(C.SCardReconnect(h.handle, C.DWORD(mode), C.DWORD(protocol), C.DWORD(how), &h.protocol))
}

func (h *systemHandle) Disconnect(how scard.Disposition) error {
	return failure(C.SCardDisconnect(h.handle, C.DWORD(how)))
}
