package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/skip2/go-qrcode"
	"github.com/spf13/cobra"

	"balie/sync/portal"
	"balie/sync/portal/reference"
)

const kioskHelp = `Lets kiosks in and out. Each command works while portald runs, and before it ever
did; what it changes holds from the next call of the kiosk.

  add      make a token that lets a kiosk in, once
  list     how each kiosk stands
  confirm  let in a kiosk that waits, after comparing its fingerprint
  stop     answer it 410: it keeps its queue and asks again; resume ends that
  revoke   end its certificates at once: it must be enrolled again
  wipe     stop it, and order it to wipe its identity and what it keeps of people but
           for the queue, which is sealed; enrolling it again ends that

A kiosk that is taken out of service (kioskctl) retires itself: list says since when.`

func kioskCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "kiosk", Short: "Let kiosks in and out", Long: kioskHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	now := func(do func(*reference.Store, context.Context, string, time.Time) error) func(context.Context, *reference.Store, string) error {
		return func(ctx context.Context, store *reference.Store, id string) error {
			return do(store, ctx, id, time.Now())
		}
	}
	stop := func(stopped bool) func(context.Context, *reference.Store, string) error {
		return func(ctx context.Context, store *reference.Store, id string) error {
			return store.Stop(ctx, id, stopped)
		}
	}
	cmd.AddCommand(kioskAdd(), kioskList(), kioskConfirm(),
		onKiosk("stop", "Answer a kiosk 410: it keeps its queue and asks again", stop(true)),
		onKiosk("resume", "Let a stopped kiosk go on", stop(false)),
		onKiosk("revoke", "End a kiosk's certificates at once", now((*reference.Store).Revoke)),
		onKiosk("wipe", "Order a kiosk to wipe its identity", now((*reference.Store).Wipe)))
	return cmd
}

const addHelp = `Makes a token that lets a kiosk in, and prints it once. On the kiosk:

  kioskctl enrol --portal URL --token TOKEN

The token carries the fingerprint of this portal's root, so bring it there by a way
that nobody can change: on paper, by phone, by its QR code. It is good for one key.
A token that was made before for the same kiosk is void. A kiosk that is enrolled
again goes on with its queue, and what it had before is void.`

func kioskAdd() *cobra.Command {
	var s settings
	var i reference.Invitation
	var valid time.Duration
	var qr bool
	cmd := &cobra.Command{
		Use: "add ID", Short: "Make a token that lets a kiosk in, once", Long: addHelp, Args: cobra.ExactArgs(1),
		Example: "  portald kiosk add K1 --name \"Main hall, left\" --state-dir /var/lib/portald --confirm --qr",
		RunE: func(cmd *cobra.Command, args []string) error {
			if valid <= 0 || valid > 30*24*time.Hour {
				return usage("--valid: %v is not up to 720h", valid)
			}
			i.Kiosk, i.Until = args[0], time.Now().Add(valid)
			return s.invite(cmd.Context(), cmd.OutOrStdout(), i, qr)
		},
	}
	cmd.Flags().StringVar(&i.Name, "name", "", "what people call it; the id where empty")
	cmd.Flags().DurationVar(&valid, "valid", 24*time.Hour, "how long the token is good")
	cmd.Flags().BoolVar(&i.Confirm, "confirm", false, "let it in only after portald kiosk confirm, or the staff page, has its fingerprint")
	cmd.Flags().BoolVar(&qr, "qr", false, "print the token as a QR code, too")
	s.common(cmd)
	return cmd
}

func (s settings) invite(ctx context.Context, out io.Writer, i reference.Invitation, qr bool) (err error) {
	store, secrets, err := s.portal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	token, err := store.Invite(ctx, secrets, i)
	if errors.Is(err, reference.ErrKioskID) {
		return usage("%v", err)
	}
	if err != nil {
		return err
	}
	url := s.running()
	if url == "" {
		url = "https://PORTAL"
	}
	_, err = fmt.Fprintf(out, "kiosk        %s\ntoken        %s\ngood until   %s\nportal       %s\nroot         %s\n\n  kioskctl enrol --portal %s --token %s\n",
		i.Kiosk, token.Reveal(), i.Until.Format(time.DateTime), url, portal.Fingerprint(secrets.Root()), url, token.Reveal())
	if err == nil && qr {
		err = drawQR(out, token.Reveal())
	}
	return err
}

// drawQR draws a code in half blocks, dark on light.
func drawQR(out io.Writer, text string) error {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("drawing the QR code: %w", err)
	}
	_, err = fmt.Fprintf(out, "\n%s", code.ToSmallString(false))
	return err
}

func kioskList() *cobra.Command {
	var s settings
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "How each kiosk stands", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			store, _, err := s.portal(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			list, err := store.Kiosks(cmd.Context(), time.Now())
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(list)
			}
			return writeKiosks(cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	s.common(cmd)
	return cmd
}

func writeKiosks(w io.Writer, list []reference.Standing) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KIOSK\tNAME\tSTATE\tUNTIL\tFINGERPRINT")
	for _, k := range list {
		until := "-"
		if !k.Until.IsZero() {
			until = k.Until.Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.State, until, k.Fingerprint)
	}
	return t.Flush()
}

func kioskConfirm() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: "confirm ID FINGERPRINT", Short: "Let in a kiosk that waits", Args: cobra.ExactArgs(2),
		Long: `Lets in a kiosk that waits. Give the fingerprint that kioskctl shows on the kiosk, not
the one of portald kiosk list: that both are the same is what is looked at.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			store, _, err := s.portal(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			err = store.Confirm(cmd.Context(), args[0], args[1])
			if errors.Is(err, reference.ErrFingerprint) {
				return usage("%v: compare with what kioskctl shows; if it is not that kiosk, make a new token", err)
			}
			return err
		},
	}
	s.common(cmd)
	return cmd
}

// onKiosk is a command on one kiosk.
func onKiosk(name, short string, do func(context.Context, *reference.Store, string) error) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: name + " ID", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			store, _, err := s.portal(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			return known(do(cmd.Context(), store, args[0]), args[0])
		},
	}
	s.common(cmd)
	return cmd
}

// known says of which kiosk it is that the portal has none.
func known(err error, id string) error {
	if errors.Is(err, reference.ErrNoKiosk) {
		return usage("%q is not enrolled", id)
	}
	return err
}

// running is the URL for kiosks of the portald that runs here; empty where none does.
func (s settings) running() string {
	var p place
	raw, err := os.ReadFile(portaldPath(s.state))
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return ""
	}
	return p.URL
}
