package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"balie/cmd/internal/exit"
	"balie/cmd/internal/setup"
	"balie/internal/secret"
)

const codeHelp = `Sets the code of the technician's page on the kiosk itself: 6 to 12 digits, read from
standard input, twice. Hold the hospital's name on the screen for five seconds to come to
the page. After five wrong codes it is closed for a quarter of an hour. Without a code,
and with --off, nobody is let in.`

func codeCommand(d *door) *cobra.Command {
	var off bool
	cmd := &cobra.Command{
		Use: "technician-code", Short: "Set the code of the technician's page on the kiosk", Long: codeHelp, Args: cobra.NoArgs,
		Example: "  kioskctl technician-code\n  kioskctl technician-code --off",
		RunE: func(cmd *cobra.Command, _ []string) error {
			code := ""
			if !off {
				talk := setup.NewTalk(cmd.InOrStdin(), cmd.OutOrStdout())
				first, err := talk.Ask("the code, 6 to 12 digits")
				if err != nil {
					return err
				}
				second, err := talk.Ask("the same once more")
				if err != nil {
					return err
				}
				if first != second || first == "" {
					return exit.Errorf(exit.Usage, "the two are not the same: nothing was changed")
				}
				code = first
			}
			if err := d.client().SetCode(cmd.Context(), secret.NewText(code)); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), map[bool]string{true: "the page is closed", false: "the code is set"}[off])
			return err
		},
	}
	cmd.Flags().BoolVar(&off, "off", false, "close the page: nobody is let in")
	return cmd
}
