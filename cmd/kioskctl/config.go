package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// configFile is where the configuration is unless an option names another.
const configFile = "/etc/balie/kioskd.toml"

func configCommand(d *door) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: "config", Short: "The configuration: look at it, compare it, have it taken", Args: cobra.NoArgs,
		Long: `The configuration is one file. check looks whether it is right, show says what holds
and where each value comes from, diff what differs, and reload has the running kioskd
take what it can without a restart.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&path, "config", configFile, "the configuration `FILE`")
	cmd.AddCommand(configCheck(&path), configShow(d, &path), configDiff(d, &path), configReload(d))
	return cmd
}

func configCheck(path *string) *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Look whether the file is right", Args: cobra.NoArgs,
		Long:    "Reads the file as kioskd would and tells all that is wrong, a line each: the key, and\nwhat is allowed. Nothing is changed.\n\nExit codes:\n  0  it is right\n  2  it is not",
		Example: "  kioskctl config check\n  kioskctl config check --config new.toml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := config.Load(*path); err == nil {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: right\n", *path)
				return err
			} else if text, unread := os.ReadFile(*path); unread != nil {
				return exit.Errorf(exit.Usage, "%w", err)
			} else {
				return problems(cmd.OutOrStdout(), *path, string(text))
			}
		},
	}
}

// problems writes all that is wrong with a file.
func problems(w io.Writer, path, text string) error {
	wrong := config.Problems(text)
	for _, err := range wrong {
		if _, err := fmt.Fprintf(w, "! %s\n", err); err != nil {
			return err
		}
	}
	return exit.Errorf(exit.Usage, "%s: %d wrong", path, len(wrong))
}

func configShow(d *door, path *string) *cobra.Command {
	var example, asJSON, running bool
	cmd := &cobra.Command{
		Use: "show", Short: "What holds, and where each value comes from", Args: cobra.NoArgs,
		Long: `Shows every key with the value that holds and where it comes from: the file, the
portal, or the default. What is shown is a configuration, too. With --running it is
that of the running kioskd.`,
		Example: "  kioskctl config show\n  kioskctl config show --running --json\n  kioskctl config show --example >kioskd.toml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				_, err := io.WriteString(cmd.OutOrStdout(), config.Example())
				return err
			}
			list, err := settings(cmd.Context(), d, *path, running)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return config.WriteSettings(cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().BoolVar(&example, "example", false, "the example file: every key, and what it is for")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	cmd.Flags().BoolVar(&running, "running", false, "what the running kioskd has taken")
	cmd.MarkFlagsMutuallyExclusive("example", "running")
	cmd.MarkFlagsMutuallyExclusive("example", "json")
	return cmd
}

// settings are those of the file, or of the running daemon.
func settings(ctx context.Context, d *door, path string, running bool) ([]config.Setting, error) {
	if running {
		return d.client().Config(ctx)
	}
	c, err := config.Load(path)
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "%w", err)
	}
	return c.Settings(), nil
}

func configDiff(d *door, path *string) *cobra.Command {
	var asJSON, running bool
	cmd := &cobra.Command{
		Use: "diff [FILE]", Short: "What differs from the defaults, from a file, or from the running kioskd", Args: cobra.MaximumNArgs(1),
		Long: `Tells what the configuration says differently from the defaults, or from another file,
or from what the running kioskd has taken: a line each, with what it was there, what
it is here, and whether a reload applies it or a restart is needed.

Exit codes:
  0  nothing differs
  3  something does`,
		Example: "  kioskctl config diff\n  kioskctl config diff /usr/share/balie/kioskd.toml\n  kioskctl config diff --running",
		RunE: func(cmd *cobra.Command, other []string) error {
			if running && len(other) > 0 {
				return exit.Errorf(exit.Usage, "either --running or a file")
			}
			here, err := settings(cmd.Context(), d, *path, false)
			if err != nil {
				return err
			}
			there := config.Default().Settings()
			switch {
			case running:
				there, err = settings(cmd.Context(), d, *path, true)
			case len(other) > 0:
				there, err = settings(cmd.Context(), d, other[0], false)
			}
			if err != nil {
				return err
			}
			return writeChanges(cmd.OutOrStdout(), config.Changes(there, here), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	cmd.Flags().BoolVar(&running, "running", false, "compare with what the running kioskd has taken")
	return cmd
}

func writeChanges(w io.Writer, list []config.Change, asJSON bool) error {
	if asJSON {
		if err := writeJSON(w, append([]config.Change{}, list...)); err != nil {
			return err
		}
	}
	for _, c := range list {
		if asJSON {
			break
		}
		if _, err := fmt.Fprintln(w, c); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		return exit.Errorf(exitDiffers, "%d differ", len(list))
	}
	return nil
}

func configReload(d *door) *cobra.Command {
	return &cobra.Command{
		Use: "reload", Short: "Have the running kioskd take the file", Args: cobra.NoArgs,
		Long: `Has kioskd read its file anew, as SIGHUP and systemctl reload do, and tells what it
applied and what waits for a restart. A file that is wrong changes nothing. What a
person at the booth sees changes once they have gone.

Exit codes:
  0  all is applied
  2  the file is wrong; kioskd goes on as it was
  3  something waits for: systemctl restart kioskd`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := d.client().Reload(cmd.Context())
			var refused *control.ConfigError
			if errors.As(err, &refused) {
				return exit.Errorf(exit.Usage, "%w", err)
			}
			if err != nil {
				return err
			}
			return writeReloaded(cmd.OutOrStdout(), r)
		},
	}
}

func writeReloaded(w io.Writer, r control.Reloaded) error {
	var waits []string
	for _, c := range append(r.Applied, r.Waiting...) {
		if _, err := fmt.Fprintln(w, c); err != nil {
			return err
		}
	}
	for _, c := range r.Waiting {
		waits = append(waits, c.Name)
	}
	if len(waits) > 0 {
		return exit.Errorf(exitDiffers, "a restart is needed for %s: systemctl restart kioskd", strings.Join(waits, ", "))
	}
	if len(r.Applied) == 0 {
		_, err := fmt.Fprintln(w, "nothing differs")
		return err
	}
	return nil
}
