// Package cardcmd is the card command of kioskctl: it reads, watches and asks a PIN
// through PC/SC itself, without the daemon, so that a technician can tell a reader
// that does not work from a daemon that does not.
package cardcmd

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/roots"
	"balie/hw/eid"
)

const help = `Reads identity cards through PC/SC, without the daemon: to see whether a reader, its
driver and pcscd work, and what is on a card.

What read prints is personal data of the card's holder. Ask before, and keep none.

` + exitHelp

// Command is the card command with its subcommands.
func Command() *cobra.Command {
	cmd := &cobra.Command{
		Use: "card", Short: "Read a card, watch the readers, check a PIN: without the daemon", Long: help, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(readCommand(), watchCommand(), pinCommand())
	return cmd
}

// common are the options that read and pin share.
type common struct {
	reader string
	role   string
	config string
	wait   time.Duration
	roots  []string
	crls   string
	json   bool
}

func (c *common) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringVar(&c.reader, "reader", "", "`NAME` of the reader, or a part of it in which * stands for anything; without it, the first with a card")
	flags.StringVar(&c.role, "role", "", "the reader that the booth's configuration names for this `ROLE`: patient or desk")
	flags.StringVar(&c.config, "config", "/etc/balie/kioskd.toml", "the booth's configuration `FILE`, for --role")
	flags.DurationVar(&c.wait, "wait", 10*time.Second, "how long to wait for a card")
	flags.StringArrayVar(&c.roots, "trust-test-root", nil, "trust the roots in this `PEM` file too, and say TEST; may be repeated")
	flags.StringVar(&c.crls, "crls", "", "a `FOLDER` of *.crl files with what the state took back; without it, with --role, that of cards.crls")
	flags.BoolVar(&c.json, "json", false, "JSON instead of a table")
}

// trust is trust in the roots of the state, and in the test roots that were named.
func (c *common) trust() (*eid.Trust, error) {
	if c.wait < 0 {
		return nil, exit.Errorf(exit.Usage, "--wait: %v is negative", c.wait)
	}
	testRoots, err := roots.Read(c.roots...)
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "--trust-test-root: %w", err)
	}
	t, err := eid.NewTrust(eid.TrustOptions{TestRoots: testRoots})
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "--trust-test-root: %w", err)
	}
	return t, c.revoke(t)
}

// revoke has cards judged by the lists of a folder: the one named, or the booth's.
func (c *common) revoke(t *eid.Trust) error {
	folder, said := c.crls, "--crls"
	if folder == "" && c.role != "" {
		booth, err := config.Load(c.config)
		if err != nil {
			return exit.Errorf(exit.Usage, "--role: %w", err)
		}
		folder, said = booth.Cards.CRLs, "cards.crls"
	}
	if folder == "" {
		return nil
	}
	if err := t.LoadCRLs(folder); err != nil {
		return exit.Errorf(exit.Usage, "%s: %w", said, err)
	}
	return nil
}
