package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/setup"
)

const setupHelp = `Puts this kiosk up. It finds readers and printers, asks which is which and what the
booth offers, tries them, has the portal take the kiosk with the token that the portal
made (typed, or scanned from its QR code by a scanner that types), writes the
configuration and starts everything. It can be run again at any time: what the kiosk is
set to is what Enter answers.

With --answers it asks nothing. The file is TOML:

  portal = "https://portal.hospital.example:8641"   # "": enrolled already, or later
  token_file = "/root/token"      # or token = "…"
  wait = "15m"                    # for somebody to confirm the kiosk at the portal
  units = ["kioskd.service", "kioskview.service"]   # that are started; [] starts none
  test = true                     # try readers and printers once kioskd runs

  [kioskd.hospital]               # [kioskd.…]: any key of kioskd.toml
  name = "AZ Voorbeeld"
  [kioskd.cards]
  reader = "find"                 # the only one there
  [kioskd.printer]
  port = "find"                   # the only one there

Exit codes:
  0  put up, and all that was tried works
  2  an answer is wrong: the line says which key, and what is allowed
  3  a reader or a printer to be found is not there, or there are several;
     the portal is away, or is not the token's
  4  put up, but something does not work yet; or nobody confirmed the kiosk
  5  what enrolment gives cannot be kept here
  6  the token is not good, or another kiosk's`

func setupCommand(d *door) *cobra.Command {
	var path, answers string
	cmd := &cobra.Command{
		Use: "setup", Short: "Put this kiosk up, step by step or from a file", Long: setupHelp, Args: cobra.NoArgs,
		Example: "  kioskctl setup\n  kioskctl setup --answers answers.toml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			s := setup.Setup{Config: path, Socket: d.socket, Dev: "/dev", Out: out, Systemctl: setup.Systemctl,
				Enrol: func(ctx context.Context, a setup.Answers) error { return enrolApart(ctx, d.socket, path, a, out) }}
			if answers == "" {
				return walk(cmd.Context(), cmd.InOrStdin(), s)
			}
			a, err := setup.ReadAnswers(answers)
			if err != nil {
				return err
			}
			return s.Run(cmd.Context(), a)
		},
	}
	cmd.Flags().StringVar(&answers, "answers", "", "answer nothing by hand: take the answers from this `FILE`")
	cmd.Flags().StringVar(&path, "config", configFile, "the configuration `FILE` to write")
	return cmd
}

// walk asks for the answers, and then puts the kiosk up.
func walk(ctx context.Context, in io.Reader, s setup.Setup) error {
	before, err := config.Load(s.Config)
	if err != nil {
		before = config.Default()
	}
	w := setup.Walk{Talk: setup.NewTalk(in, s.Out), Found: setup.Look(ctx, s.Dev), Before: before, TryCard: readsCard}
	a, err := w.Answers(ctx)
	if err != nil {
		return err
	}
	return s.Run(ctx, a)
}

// readsCard reads a card in a process of its own, and shows nothing of it.
func readsCard(ctx context.Context, reader string) error {
	return apart(ctx, "", io.Discard, "card", "read", "--reader", reader, "--wait", "20s")
}

// apart runs kioskctl in a process of its own. The error is its last line, with its code.
func apart(ctx context.Context, in string, out io.Writer, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding kioskctl: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdin, cmd.Stdout = strings.NewReader(in), out
	var said strings.Builder
	cmd.Stderr = &said
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return exit.Errorf(ended.ExitCode(), "%s", strings.TrimPrefix(strings.TrimSpace(said.String()), "kioskctl: "))
	}
	return err
}

// enrolApart enrols in a process of its own: that one becomes the user of kioskd, and
// this one stays root. The token goes through a pipe, where nobody sees it.
func enrolApart(ctx context.Context, socket, path string, a setup.Answers, out io.Writer) error {
	return apart(ctx, a.Token.Reveal(), out,
		"enrol", "--socket", socket, "--config", path, "--portal", a.Portal, "--token", "-", "--wait", a.Wait.String())
}
