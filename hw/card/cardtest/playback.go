package cardtest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"balie/hw/card"
)

// Exchange is one command and what came of it: a response, or an error.
type Exchange struct {
	Command  []byte
	Response []byte
	Err      error
}

// Script reads exchanges from text, one a line: the command and the response in
// hexadecimal with ">" between; blanks, blank lines and lines that open with "#"
// are left out. "!removed", "!reset" and "!comm" in place of a response are the
// errors of package card.
func Script(text string) ([]Exchange, error) {
	var list []Exchange
	for n, line := range strings.Split(text, "\n") {
		line = strings.ReplaceAll(line, " ", "")
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		e, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d of the script: %w", n+1, err)
		}
		list = append(list, e)
	}
	return list, nil
}

func parseLine(line string) (e Exchange, err error) {
	command, response, ok := strings.Cut(line, ">")
	if !ok {
		return e, errors.New("no > in it")
	}
	if e.Command, err = hex.DecodeString(command); err != nil {
		return e, err
	}
	switch response {
	case "!removed":
		e.Err = card.ErrRemoved
	case "!reset":
		e.Err = card.ErrReset
	case "!comm":
		e.Err = card.ErrComm
	default:
		e.Response, err = hex.DecodeString(response)
	}
	return e, err
}

// ErrScript is what a [Playback] answers to a command that is not the next one.
var ErrScript = errors.New("not the command in the script")

// Playback is a card that answers by a script. A command that is not the next one
// is an error wrapping [ErrScript], and so are all that follow. The zero Playback is
// a card with an empty script.
type Playback struct {
	Reply  []byte     // the answer to reset
	Script []Exchange // what is still to come

	Resets int // so far
	Begun  int // transactions so far
	held   bool
	err    error // the first that was not in the script
}

var _ card.Card = (*Playback)(nil)

// ATR is Reply. See [card.Card].
func (p *Playback) ATR() []byte { return slices.Clone(p.Reply) }

// Transmit plays the next exchange. See [card.Card].
func (p *Playback) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case len(p.Script) == 0:
		p.err = fmt.Errorf("%w: %X after its end", ErrScript, command)
		return nil, p.err
	case !bytes.Equal(command, p.Script[0].Command):
		p.err = fmt.Errorf("%w: %X, and %X was to come", ErrScript, command, p.Script[0].Command)
		return nil, p.err
	}
	next := p.Script[0]
	p.Script = p.Script[1:]
	return slices.Clone(next.Response), next.Err
}

// Begin holds the card; twice is an error. See [card.Card].
func (p *Playback) Begin(ctx context.Context) error {
	if p.held {
		return fmt.Errorf("%w: a transaction within a transaction", ErrScript)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.held = true
	p.Begun++
	return nil
}

// End lets go of the card. See [card.Card].
func (p *Playback) End() error {
	if !p.held {
		return fmt.Errorf("%w: the end of no transaction", ErrScript)
	}
	p.held = false
	return nil
}

// Reset is counted, and ends a transaction. See [card.Card].
func (p *Playback) Reset(ctx context.Context) error {
	p.Resets++
	p.held = false
	return ctx.Err()
}

// Done tells what went otherwise than the script: a command that is not in it, one
// that did not come, a transaction that was not ended.
func (p *Playback) Done() error {
	switch {
	case p.err != nil:
		return p.err
	case len(p.Script) > 0:
		return fmt.Errorf("%w: %d exchanges did not come, first %X", ErrScript, len(p.Script), p.Script[0].Command)
	case p.held:
		return fmt.Errorf("%w: the transaction is still open", ErrScript)
	}
	return nil
}
