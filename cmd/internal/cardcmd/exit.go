package cardcmd

import (
	"context"
	"errors"
	"fmt"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
)

// Exit codes, as --help has them.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitReader  = 3
	exitNoCard  = 4
	exitForeign = 5
	exitCard    = 6
	exitInvalid = 7
	exitService = 8
)

const exitHelp = `Exit codes:
  0  done, and no check that was asked for is invalid
  1  something else went wrong, or Ctrl-C
  2  an option is wrong; nothing was done
  3  no reader, or another program holds it for itself
  4  no card in time
  5  not a Belgian identity card
  6  the card went, does not answer, or failed
  7  read, but a check is invalid
  8  PC/SC is unavailable
One line on stderr says what to do about it. Nothing of the card is in it.`

// ExitError is an error that a program ends with, and the code that it ends with.
type ExitError struct {
	Code int
	Err  error
}

// Error is that of Err.
func (e *ExitError) Error() string { return e.Err.Error() }

// Unwrap is Err.
func (e *ExitError) Unwrap() error { return e.Err }

// ExitCode is Code.
func (e *ExitError) ExitCode() int { return e.Code }

// end is the error to end with: what is wrong, and what to do.
func end(code int, format string, args ...any) error {
	return &ExitError{Code: code, Err: fmt.Errorf(format, args...)}
}

// explain says for an error of a connection or a read what to do about it. Errors of
// hw hold no personal data.
func explain(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return end(exitFailed, "interrupted")
	case errors.Is(err, pcsc.ErrNoAccess):
		return end(exitService, "%w: run it as a user whom polkit lets in, or as root", err)
	case errors.Is(err, pcsc.ErrNoService):
		return end(exitService, "%w: systemctl restart pcscd.socket pcscd, and look at journalctl -u pcscd", err)
	case errors.Is(err, pcsc.ErrNoReader):
		return end(exitReader, "%w: check its cable, then kioskctl card watch", err)
	case errors.Is(err, pcsc.ErrClaimed):
		return end(exitReader, "%w: end that program (gpg's scdaemon, a browser's eID plug-in)", err)
	case errors.Is(err, pcsc.ErrMute):
		return end(exitCard, "%w: turn it round; on cards since 2020 the chip to put in is on the back", err)
	case errors.Is(err, eid.ErrNotBelgian):
		return end(exitForeign, "%w: put in a Belgian eID, Kids-ID or foreigner's card", err)
	case errors.Is(err, eid.ErrInactive):
		return end(exitCard, "%w: its holder has to have it activated where it was handed out", err)
	case errors.Is(err, card.ErrRemoved), errors.Is(err, pcsc.ErrNoCard):
		return end(exitCard, "%w: put the card in again and leave it in until it was read", err)
	case errors.Is(err, context.DeadlineExceeded):
		return end(exitCard, "the card takes longer than %v: try another card, then another reader", patience)
	}
	return end(exitCard, "%w: wipe the chip and put the card in again; if other cards are read, this one is broken", err)
}
