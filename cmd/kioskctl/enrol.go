package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/device"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/state"
	"balie/internal/secret"
	"balie/sync/identity"
	"balie/sync/portal"
)

// pollTime is how long it waits before it looks again whether somebody has confirmed
// the kiosk.
const pollTime = 2 * time.Second

const enrolHelp = `Makes a key on this kiosk and trades a token for a certificate of it. Who runs the
portal makes the token (portald kiosk add K1); it lets one kiosk in, once. A token of
"-" is read from standard input, where a scanner or a pipe types it.

The token carries the fingerprint of the portal's root: an address at which somebody
else answers is refused before the token is shown. Where the portal asks for it, the
kiosk's fingerprint is shown here and has to be confirmed there; this command waits
for that, and can be called again with the same token if it was broken off.

While kioskd runs it does so through kioskd, for the same kiosk at the same portal,
as after its certificate was revoked. For the first time, or as another kiosk, kioskd
must not run. The queue stays as it is.`

// enrolment is a call of the command.
type enrolment struct {
	door                  *door
	url, token, configure string
	wait                  time.Duration
}

func enrolCommand(d *door) *cobra.Command {
	e := enrolment{door: d}
	cmd := &cobra.Command{
		Use: "enrol --portal URL --token TOKEN", Short: "Have the portal take this kiosk", Long: enrolHelp, Args: cobra.NoArgs,
		Example: "  kioskctl enrol --portal https://portal.hospital.example --token 4XJ7K-…\n  kioskctl enrol --portal https://portal.hospital.example --token -",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if e.url == "" || e.token == "" {
				return exit.Errorf(exit.Usage, "--portal and --token are needed (see kioskctl enrol --help)")
			}
			if u, err := url.Parse(e.url); err != nil || u.Scheme != "https" || u.Host == "" {
				return exit.Errorf(exit.Usage, "--portal: %q is not an address such as https://portal.hospital.example", e.url)
			}
			return e.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&e.url, "portal", "", "`URL` of the portal, https://…")
	cmd.Flags().StringVar(&e.token, "token", "", "the `TOKEN` as the portal gave it; hyphens and case do not matter; - reads it")
	cmd.Flags().StringVar(&e.configure, "config", "/etc/balie/kioskd.toml", "kioskd's configuration `FILE`, which says where to keep it")
	cmd.Flags().DurationVar(&e.wait, "wait", 15*time.Minute, "how long to wait for somebody to confirm it at the portal")
	return cmd
}

func (e enrolment) run(ctx context.Context, in io.Reader, out io.Writer) error {
	if e.token == "-" {
		typed, err := io.ReadAll(io.LimitReader(in, 256))
		if err != nil {
			return fmt.Errorf("reading the token: %w", err)
		}
		e.token = strings.TrimSpace(string(typed))
	}
	token, err := portal.ParseToken(e.token)
	if err != nil {
		return enrolCoded(control.EnrolError(err))
	}
	ask, done, err := e.way(ctx, token)
	if err != nil {
		return err
	}
	answer, err := e.poll(ctx, out, ask)
	if err = errors.Join(err, done()); err != nil {
		return enrolCoded(err)
	}
	_, err = fmt.Fprintf(out, "enrolled as  %s\nfingerprint  %s\n", answer.Kiosk, answer.Fingerprint)
	return err
}

// attempt tries to enrol once.
type attempt func(context.Context) (control.Enrolment, error)

// way is how the enrolment is done: through the daemon where one runs, else here, with
// hold of what the daemon would have hold of.
func (e enrolment) way(ctx context.Context, token portal.Token) (ask attempt, done func() error, err error) {
	client := e.door.client()
	_, err = client.Status(ctx)
	if err == nil {
		given := control.Enrol{Portal: e.url, Token: secret.NewText(token.Reveal())}
		return func(ctx context.Context) (control.Enrolment, error) { return client.Enrol(ctx, given) }, func() error { return nil }, nil
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return nil, nil, err
	}
	c, err := config.Load(e.configure)
	if err != nil {
		return nil, nil, exit.Errorf(exit.Usage, "%w", err)
	}
	cas, err := c.Portal.CAs()
	if err != nil {
		return nil, nil, exit.Errorf(exit.Usage, "%w", err)
	}
	if err := state.BecomeOwner(c.StateDir); err != nil {
		return nil, nil, exit.Errorf(exitRefused, "%w", err)
	}
	if done, err = state.Lock(c.StateDir); err != nil {
		return nil, nil, exit.Errorf(exitRefused, "%w: name its socket with --socket, or run as its user", err)
	}
	keys, err := device.Keys(c.Portal.TPM)
	if err != nil {
		return nil, nil, errors.Join(exit.Errorf(exitRefused, "%w", err), done())
	}
	o := identity.EnrolOptions{Options: identity.Options{Dir: c.Credentials(), Keys: keys, URL: e.url, CAs: cas}, Token: token}
	return func(ctx context.Context) (control.Enrolment, error) { return enrolHere(ctx, o) }, done, nil
}

func enrolHere(ctx context.Context, o identity.EnrolOptions) (control.Enrolment, error) {
	err := identity.Enrol(ctx, o)
	var pending *identity.PendingError
	switch {
	case errors.As(err, &pending):
		return control.Enrolment{Pending: true, Fingerprint: pending.Fingerprint}, nil
	case err != nil:
		return control.Enrolment{}, control.EnrolError(err)
	}
	who, err := identity.Open(o.Options)
	if err != nil {
		return control.Enrolment{}, control.EnrolError(err)
	}
	return control.Enrolment{Kiosk: who.Kiosk(), Fingerprint: who.Status().Fingerprint}, nil
}

// poll tries until the kiosk is enrolled, and says once what has to be confirmed.
func (e enrolment) poll(ctx context.Context, out io.Writer, ask attempt) (control.Enrolment, error) {
	ctx, cancel := context.WithTimeout(ctx, e.wait)
	defer cancel()
	told := false
	for {
		answer, err := ask(ctx)
		if err != nil || !answer.Pending {
			return answer, err
		}
		if !told {
			fmt.Fprintf(out, "fingerprint  %s\nwaiting until it is confirmed at the portal: portald kiosk confirm ID FINGERPRINT\n", answer.Fingerprint)
			told = true
		}
		wait := time.NewTimer(pollTime)
		select {
		case <-ctx.Done():
			wait.Stop()
			return answer, exit.Errorf(exitNotRunning, "nobody has confirmed this kiosk at the portal yet: have it confirmed, then call this again with the same token")
		case <-wait.C:
		}
	}
}

// enrolCoded gives a failure its exit code.
func enrolCoded(err error) error {
	var failed *control.EnrolFailure
	if !errors.As(err, &failed) {
		return err
	}
	codes := map[string]int{
		control.TokenMistyped: exit.Usage, control.TokenRefused: exitToken, control.OtherKiosk: exitToken,
		control.NotThePortal: exitOutOfOrder, control.PortalAway: exitOutOfOrder, control.NotKept: exitRefused,
	}
	if code, known := codes[failed.Code]; known {
		return exit.Errorf(code, "%w", err)
	}
	return err
}
