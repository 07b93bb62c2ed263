package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/sync/overrides"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

const overrideHelp = `Sets settings of kiosks from here, before those in their own files: of all kiosks of
this portal, or with --kiosk of one, which go first. Kiosks ask for them every few
minutes and keep them; they believe them because the root signs them, and take none
that are older than those they have. Which settings may be set from here is for the
kiosk to say (kioskctl config).

  set    set one: KEY as in kioskd.toml with its tables, VALUE as behind its equals sign
  unset  take one away
  list   what a kiosk is given`

func overrideCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "override", Short: "Set settings of kiosks from here", Long: overrideHelp, Args: cobra.NoArgs,
		Example: "  portald override set booth.idle '\"90s\"'\n  portald override set booth.idle '\"60s\"' --kiosk K1",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(overrideSet("set KEY VALUE", "Set a setting", 2), overrideSet("unset KEY", "Take a setting away", 1), overrideList())
	return cmd
}

// overrideSet sets a setting, or where no value is given takes it away.
func overrideSet(use, short string, args int) *cobra.Command {
	var s settings
	var kiosk string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := api.Override{Key: args[0]}
			if len(args) > 1 {
				if o.Value = args[1]; o.Value == "" {
					return usage("VALUE: it is empty; an empty text is '\"\"'")
				}
			}
			err := s.atStore(cmd.Context(), func(store *reference.Store) error {
				return store.SetOverride(cmd.Context(), kiosk, o, time.Now())
			})
			if errors.Is(err, overrides.ErrSetting) {
				return usage("%v", err)
			}
			return known(err, kiosk)
		},
	}
	cmd.Flags().StringVar(&kiosk, "kiosk", "", "`ID` of the kiosk that it is for; empty: all")
	s.common(cmd)
	return cmd
}

func overrideList() *cobra.Command {
	var s settings
	var kiosk string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "What a kiosk is given", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.atStore(cmd.Context(), func(store *reference.Store) error {
				set, err := store.Overrides(cmd.Context(), kiosk)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(cmd.OutOrStdout()).Encode(set)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "KEY\tFOR\tVALUE")
				for _, o := range set.Settings {
					fmt.Fprintf(t, "%s\t%s\t%s\n", o.Key, o.Scope, o.Value)
				}
				return t.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&kiosk, "kiosk", "", "`ID` of the kiosk; empty: one without settings of its own")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	s.common(cmd)
	return cmd
}
