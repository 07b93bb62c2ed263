package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"balie/hw/card/cardtest"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

const benchCardHelp = `Counts what reading an identity card takes: commands sent and bytes on the wire, of
virtual cards, so the same on every run; beside what other readers of the card take,
counted from their code. Then it sets the time of an exchange in a read, all but the
signatures included, against a bare loop of scard.Transmit, with pcscd and the card as
processes of their own.

It fails where a count is over its limit.`

func benchCardCommand() *cobra.Command {
	var rounds int
	cmd := &cobra.Command{
		Use: "bench-card", Short: "What reading a card takes, counted and measured", Long: benchCardHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return benchCard(cmd.Context(), cmd.OutOrStdout(), rounds)
		},
	}
	cmd.Flags().IntVar(&rounds, "rounds", 400, "how often the time is taken; 0 is never")
	return cmd
}

func benchCard(ctx context.Context, out io.Writer, rounds int) error {
	pki, err := eidtest.NewPKI()
	if err != nil {
		return err
	}
	over, err := countCards(ctx, out, pki)
	if err != nil {
		return err
	}
	if rounds > 0 {
		if err := timeCard(ctx, out, pki, rounds); err != nil {
			return err
		}
	}
	if len(over) > 0 {
		return fmt.Errorf("over the limit: %s", strings.Join(over, ", "))
	}
	return nil
}

// visitor is the card that is counted. Its identity file is shorter than 256 bytes.
func visitor(a eidtest.Applet) eidtest.Description {
	d := eidtest.Tray()[0]
	d.Applet = a
	return d
}

// count is a read to be counted.
type count struct {
	what             string
	applet           eidtest.Applet
	want             eid.Want
	known            bool // the RRN certificate is, from an earlier card
	named            bool // counted until the name is there
	exchanges, bytes int  // at most; 0 is no limit
	peers            string
}

// counts are the reads. The figures of others are counted from their code over the
// files of the specimen "Alice": exchanges, and thousands of bytes.
func counts() []count {
	whole := eid.Want{Address: true, Photo: true, NoCardData: true}
	certs := whole
	certs.Certificates = true
	return []count{
		{"name on the screen", eidtest.Applet18, eid.Want{NoCardData: true}, true, true, 2, 0, ""},
		{"identity verified", eidtest.Applet18, eid.Want{NoCardData: true}, true, false, 4, 900, ""},
		{"… and proved genuine", eidtest.Applet18, eid.Want{NoCardData: true, Genuine: true}, true, false, 8, 900, ""},
		{"… and chip number, address, holder's certificate", eidtest.Applet18, eid.Want{Genuine: true, Address: true, Holder: true}, true, false, 0, 0, ""},
		{"identity, address, photo, RRN", eidtest.Applet11, whole, false, false, 28, 0, "eid-mw 48 / 4.5, commons-eid 31 / 4.3, OpenSC 32"},
		{"identity, address, photo, RRN", eidtest.Applet18, whole, false, false, 30, 5000, "eid-mw 63 / 6.6, commons-eid 39 / 6.2"},
		{"… and the four certificates", eidtest.Applet11, certs, false, false, 50, 8700, "eid-mw 78 / 9.0, commons-eid 58 / 8.65, OpenSC 59 / 8.7"},
		{"… and the four certificates", eidtest.Applet18, certs, false, false, 50, 8700, "eid-mw 110 / 15.1, commons-eid 80 / 14.5"},
	}
}

// countCards prints what the reads take, and gives what is over its limit.
func countCards(ctx context.Context, out io.Writer, pki *eidtest.PKI) (over []string, err error) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "READ\tAPPLET\tEXCHANGES\tBYTES\tAT MOST\tOTHERS: EXCHANGES / KB")
	for _, c := range counts() {
		exchanges, size, err := c.take(ctx, pki)
		if err != nil {
			return nil, fmt.Errorf("counting %s: %w", c.what, err)
		}
		bytes := fmt.Sprint(size)
		if c.named {
			bytes = ""
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", c.what, c.applet, exchanges, bytes, c.limit(), c.peers)
		if c.exchanges > 0 && exchanges > c.exchanges || c.bytes > 0 && size > c.bytes {
			over = append(over, fmt.Sprintf("%s (%s)", c.what, c.applet))
		}
	}
	fmt.Fprintln(w)
	return over, w.Flush()
}

func (c count) limit() string {
	switch {
	case c.exchanges == 0:
		return ""
	case c.bytes == 0:
		return fmt.Sprint(c.exchanges)
	}
	return fmt.Sprintf("%d / %d", c.exchanges, c.bytes)
}

// take reads a card and counts.
func (c count) take(ctx context.Context, pki *eidtest.PKI) (exchanges, bytes int, err error) {
	v, err := pki.Mint(visitor(c.applet))
	if err != nil {
		return 0, 0, err
	}
	trust, err := trustIn(pki)
	if err != nil {
		return 0, 0, err
	}
	if c.known {
		if _, err := eid.Read(ctx, v, trust, eid.Want{}, nil); err != nil {
			return 0, 0, err
		}
	}
	wire, named := &cardtest.Recorder{Card: v}, 0
	r, err := eid.Read(ctx, wire, trust, c.want, func(eid.Identity) { named = len(wire.Exchanges) })
	switch {
	case err != nil:
		return 0, 0, err
	case !r.Checks.Verified() || c.want.Genuine && r.Checks.Genuine != eid.Valid:
		return 0, 0, fmt.Errorf("the card is not verified: %+v", r.Checks)
	case c.named:
		return named, 0, nil
	}
	for _, e := range wire.Exchanges {
		bytes += len(e.Command) + len(e.Response)
	}
	return len(wire.Exchanges), bytes, nil
}
