package cardcmd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"balie/cmd/internal/exit"
	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
)

// pinOptions are those of card pin.
type pinOptions struct {
	common
	typed bool
}

func pinCommand() *cobra.Command {
	var o pinOptions
	cmd := &cobra.Command{
		Use: "pin", Short: "Have the holder's PIN checked, and a challenge signed",
		Long: `Has the holder enter the PIN on the reader's own keys, or here with --typed, and the
card sign a random challenge: the proof that the holder is here. The last try is
never spent. Cards with applet 1.1 do not tell their tries, and are not asked.

` + exitHelp + `
Here 7 also is that the PIN was wrong, blocked or not entered, or cannot be asked for.`,
		Example: "  kioskctl card pin\n  kioskctl card pin --typed",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().BoolVar(&o.typed, "typed", false, "type the PIN here (unseen on a terminal), on a reader without keys")
	return cmd
}

// pinReport is what card pin prints. Who the holder is is not in it.
type pinReport struct {
	Reader string `json:"reader"`
	Applet string `json:"applet"`
	Before int    `json:"tries_before"`
	After  int    `json:"tries_after"`
	Proved bool   `json:"holder_proved"`
	Checks struct {
		Card      string `json:"card"`
		Signature string `json:"signature"`
		Chain     string `json:"chain"`
		Person    string `json:"person"`
		Validity  string `json:"validity"`
	} `json:"checks"`
}

func (o *pinOptions) run(ctx context.Context, in io.Reader, out io.Writer) error {
	trust, err := o.trust()
	if err != nil {
		return err
	}
	k, err := o.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = k.Close() }() // the card may be out
	reading, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	record, err := eid.Read(reading, k, trust, eid.Want{}, nil)
	if err != nil {
		return explain(err)
	}
	r := pinReport{Reader: k.Reader(), Applet: record.Applet}
	if r.Before, err = eid.PINTries(reading, k); err != nil {
		return explainPIN(err)
	}
	notes := out
	if o.json {
		notes = io.Discard
	}
	if err := o.prove(reading, k, trust, record, &r, in, notes); err != nil {
		return err
	}
	if o.json {
		err = printJSON(out, r)
	} else {
		err = r.table(out, trust.Testing())
	}
	if err != nil {
		return exit.Errorf(exit.Failed, "printing: %w", err)
	}
	if !r.Proved {
		return exit.Errorf(exitInvalid, "the PIN is right, and yet the holder is not proved: see the checks")
	}
	return nil
}

// prove has the PIN entered and the challenge signed, and fills in the report.
func (o *pinOptions) prove(ctx context.Context, k *pcsc.Card, trust *eid.Trust, record eid.Record, r *pinReport, in io.Reader, notes io.Writer) error {
	challenge := make([]byte, 32)
	_, _ = rand.Read(challenge) // never fails: crypto/rand
	proof, err := eid.ProveHolder(ctx, k, trust, challenge, o.entry(k, r.Before, in, notes))
	if err != nil {
		return explainPIN(err)
	}
	if r.After, err = eid.PINTries(ctx, k); err != nil {
		return explainPIN(err)
	}
	checks := eid.VerifyHolder(proof, record.Identity, trust)
	r.Proved = checks.Proved() && record.Checks.Verified()
	r.Checks.Card = verified(record.Checks)
	r.Checks.Signature, r.Checks.Chain = checks.Signature.String(), checks.Chain.String()
	r.Checks.Person, r.Checks.Validity = checks.Person.String(), checks.Validity.String()
	return nil
}

// entry is how the PIN is entered. It is asked for only when the card waits for it.
func (o *pinOptions) entry(k *pcsc.Card, tries int, in io.Reader, notes io.Writer) eid.Entry {
	if !o.typed {
		return func(ctx context.Context, c card.Card) ([]byte, error) {
			fmt.Fprintf(notes, "%s left. Enter the PIN on the reader.\n", plural(tries, "try", "tries"))
			return eid.Pinpad{Verify: k.VerifyPIN, Language: english}.Entry()(ctx, c)
		}
	}
	return func(ctx context.Context, c card.Card) ([]byte, error) {
		pin, err := readPIN(ctx, in, func() { fmt.Fprintf(notes, "%s left. PIN: ", plural(tries, "try", "tries")) })
		fmt.Fprintln(notes)
		if err != nil {
			return nil, err
		}
		return eid.Typed(pin)(ctx, c)
	}
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// english is the Windows language identifier of English, for the reader's display.
const english = 0x0809

func verified(c eid.Checks) string {
	if c.Verified() {
		return c.Chain.String()
	}
	return eid.Invalid.String()
}

func (r pinReport) table(out io.Writer, test bool) error {
	if test {
		fmt.Fprintln(out, testLine)
	}
	proved := "no"
	if r.Proved {
		proved = "yes"
	}
	return printTable(out, []row{
		{"Holder proved", proved}, {"Tries before", strconv.Itoa(r.Before)}, {"Tries after", strconv.Itoa(r.After)},
		{"Card", r.Checks.Card}, {"Signature", r.Checks.Signature}, {"Signer", r.Checks.Chain}, {"Same person", r.Checks.Person},
		{"Certificate valid today", r.Checks.Validity}, {"Reader", r.Reader}, {"Applet", r.Applet},
	})
}

// explainPIN says what to do about a PIN that was not verified.
func explainPIN(err error) error {
	var wrong card.PINError
	switch {
	case errors.As(err, &wrong):
		return exit.Errorf(exitInvalid, "wrong PIN, %s left: the holder may try again while more than one is left", plural(wrong.Left, "try", "tries"))
	case errors.Is(err, card.ErrBlocked):
		return exit.Errorf(exitInvalid, "%w: the holder can have it unblocked at the town hall", err)
	case errors.Is(err, eid.ErrLastTry):
		return exit.Errorf(exitInvalid, "%w: the holder can try it at home, or have it renewed at the town hall", err)
	case errors.Is(err, eid.ErrTriesUnknown):
		return exit.Errorf(exitInvalid, "%w: the PIN of such an old card is not asked for", err)
	case errors.Is(err, eid.ErrNoCertificate):
		return exit.Errorf(exitInvalid, "%w: its holder cannot be proved by PIN", err)
	case errors.Is(err, eid.ErrPINCancelled), errors.Is(err, eid.ErrPINTimeout), errors.Is(err, eid.ErrPINLength):
		return exit.Errorf(exitInvalid, "%w: start again", err)
	case errors.Is(err, pcsc.ErrNoFeature):
		return exit.Errorf(exitInvalid, "%w: use a reader with a PIN pad, or --typed", err)
	case errors.Is(err, io.EOF):
		return exit.Errorf(exitInvalid, "no PIN was typed: start again")
	}
	return explain(err)
}
