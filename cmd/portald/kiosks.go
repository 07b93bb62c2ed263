package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/sync/portal"
	"balie/sync/portal/reference"
)

const enrolHelp = `Lets a kiosk in, and writes to a folder what it needs: kiosk.json (its id, the
portal's URL, root and sealing keys) and token, which is secret. Bring the folder to
the kiosk and delete it here. It works while portald runs, and before it ever did.

The kiosk's former token, if it had one, is void from now on, and a kiosk that was
stopped goes on.`

func enrolFile() *cobra.Command {
	var s settings
	var kiosk, name, url, out string
	cmd := &cobra.Command{
		Use: "enrol-file", Short: "Let a kiosk in, and write its credentials to a folder", Long: enrolHelp, Args: cobra.NoArgs,
		Example: "  portald enrol-file --state-dir build/portal --kiosk K1 --out build/k1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if kiosk == "" || out == "" {
				return usage("--kiosk and --out are needed")
			}
			return s.enrol(cmd.Context(), cmd.OutOrStdout(), kiosk, name, url, out)
		},
	}
	cmd.Flags().StringVar(&kiosk, "kiosk", "", "`id` of the kiosk: K1")
	cmd.Flags().StringVar(&name, "name", "", "what people call it; the id where empty")
	cmd.Flags().StringVar(&out, "out", "", "`folder` to write to; made where it is missing")
	cmd.Flags().StringVar(&url, "url", "", "`URL` by which the kiosk reaches the portal; where empty, that of the portald that runs on loopback")
	s.common(cmd)
	return cmd
}

func (s settings) enrol(ctx context.Context, report io.Writer, kiosk, name, url, out string) (err error) {
	store, secrets, err := s.portal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if name == "" {
		name = kiosk
	}
	if url == "" {
		url = s.running()
	}
	keys, err := secrets.SignedKeys()
	if err != nil {
		return err
	}
	token, err := store.Enrol(ctx, kiosk, name, time.Now())
	if errors.Is(err, reference.ErrKioskID) {
		return usage("--kiosk: %v", err)
	}
	if err != nil {
		return err
	}
	c := portal.Credentials{Kiosk: kiosk, URL: url, Token: token, Root: secrets.Root(), Keys: keys}
	if err := c.Save(out); err != nil {
		return err
	}
	if url == "" {
		url = "not known here: enrol again with --url, or set it in the kiosk's configuration"
	}
	_, err = fmt.Fprintf(report, "kiosk        %s\nportal       %s\nfingerprint  %s\n", kiosk, url, portal.Fingerprint(secrets.Root()))
	return err
}

// running is the URL of the portald that runs here; empty where none does, or where
// it serves other computers: how those reach it is not known here.
func (s settings) running() string {
	var p place
	raw, err := os.ReadFile(portaldPath(s.state))
	if err != nil || json.Unmarshal(raw, &p) != nil || !strings.HasPrefix(p.URL, "http://") {
		return ""
	}
	return p.URL
}

// stopKiosk makes the commands stop and resume.
func stopKiosk(name string, stopped bool) *cobra.Command {
	var s settings
	var kiosk string
	short := "Stop a kiosk: its calls are answered 410, and it keeps its queue"
	if !stopped {
		short = "Let a stopped kiosk go on"
	}
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			store, _, err := s.portal(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			if err := store.Stop(cmd.Context(), kiosk, stopped); errors.Is(err, reference.ErrNoKiosk) {
				return usage("--kiosk: %q is not enrolled", kiosk)
			} else if err != nil {
				return err
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&kiosk, "kiosk", "", "`id` of the kiosk")
	s.common(cmd)
	return cmd
}
