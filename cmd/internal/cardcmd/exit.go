package cardcmd

import (
	"context"
	"errors"

	"balie/cmd/internal/exit"
	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
)

// Exit codes besides those of package exit, as --help has them.
const (
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

// explain says for an error of a connection or a read what to do about it. Errors of
// hw hold no personal data.
func explain(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return exit.Errorf(exit.Failed, "interrupted")
	case errors.Is(err, pcsc.ErrNoAccess):
		return exit.Errorf(exitService, "%w: run it as a user whom polkit lets in, or as root", err)
	case errors.Is(err, pcsc.ErrNoService):
		return exit.Errorf(exitService, "%w: systemctl restart pcscd.socket pcscd, and look at journalctl -u pcscd", err)
	case errors.Is(err, pcsc.ErrNoReader):
		return exit.Errorf(exitReader, "%w: check its cable, then kioskctl card watch", err)
	case errors.Is(err, pcsc.ErrClaimed):
		return exit.Errorf(exitReader, "%w: end that program (gpg's scdaemon, a browser's eID plug-in)", err)
	case errors.Is(err, pcsc.ErrMute):
		return exit.Errorf(exitCard, "%w: turn it round; on cards since 2020 the chip to put in is on the back", err)
	case errors.Is(err, eid.ErrNotBelgian):
		return exit.Errorf(exitForeign, "%w: put in a Belgian eID, Kids-ID or foreigner's card", err)
	case errors.Is(err, eid.ErrInactive):
		return exit.Errorf(exitCard, "%w: its holder has to have it activated where it was handed out", err)
	case errors.Is(err, card.ErrRemoved), errors.Is(err, pcsc.ErrNoCard):
		return exit.Errorf(exitCard, "%w: put the card in again and leave it in until it was read", err)
	case errors.Is(err, context.DeadlineExceeded):
		return exit.Errorf(exitCard, "the card takes longer than %v: try another card, then another reader", patience)
	}
	return exit.Errorf(exitCard, "%w: wipe the chip and put the card in again; if other cards are read, this one is broken", err)
}
