package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"balie/sync/portal/reference"
)

const newKeyHelp = `Makes a new key that kiosks seal to. It is in use from portald's next start; kiosks
take it within the hour.

The key of until now still opens what kiosks have sealed to it. The one before it is
gone: what a kiosk that was off since then keeps cannot be opened, and is parked there
as unknown-key. So see first that no kiosk has an old queue.`

func newKey() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: "new-key", Short: "Make a new key that kiosks seal to", Long: newKeyHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := reference.NewKey(s.state); err != nil {
				return &exitError{exitState, fmt.Errorf("%w: give the --state-dir of a portal that ran", err)}
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "made; restart portald to use it")
			return err
		},
	}
	cmd.Flags().StringVar(&s.state, "state-dir", "portald", "`folder` of secrets.json")
	return cmd
}
