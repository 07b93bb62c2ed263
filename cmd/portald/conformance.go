package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"balie/hw/eid/eidtest"
	"balie/internal/durable"
	"balie/internal/secret"
	"balie/sync/identity"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
)

const conformanceHelp = `Holds a portal against what a portal must do, over HTTP, as two kiosks with cards of
a test root: never a portal where patients check in. One line for each thing.

Beforehand, at that portal: believe the root of "portald test-root", and have the
people, the appointments of today and the clerk of docs/portal.md; a portald has all of
it by --seed suite. The suite enrols two kiosks there by a token of each, and keeps them
in the folders of --kiosk and --other; where those have one already it is that one.

It may be run again and again; within a minute it may meet the limits of tries.`

const conformanceExample = `  portald test-root --out build/root
  portald --seed suite --trust-test-root build/root/root.pem --state-dir build/portal &
  portald conformance --root-keys build/root/root-keys.pem \
    --kiosk build/k1 --token "$(portald kiosk add K1 --state-dir build/portal | sed -n 's/^token *//p')" \
    --other build/k2 --other-token "$(portald kiosk add K2 --state-dir build/portal | sed -n 's/^token *//p')" https://127.0.0.1:8641`

// suiteBadge is what the badge of the suite's clerk holds at a portald. Everybody can
// read it here, so that clerk is put in for the suite alone.
const (
	suiteClerk = "suite"
	suiteBadge = "badge-of-the-conformance-suite"
)

// suite is how it is asked for.
type suite struct {
	kiosk, other      string // folders
	token, otherToken string // what lets them in; empty: they are in
	keys              string // file
	clerk, badge      string // id, and file
	ca                string // file
}

func conformanceCommand() *cobra.Command {
	var s suite
	cmd := &cobra.Command{
		Use: "conformance URL", Short: "Hold a portal against what a portal must do", Long: conformanceHelp, Example: conformanceExample, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := s.target(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return hold(cmd.Context(), target, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&s.kiosk, "kiosk", "", "`folder` that keeps who a kiosk is")
	cmd.Flags().StringVar(&s.token, "token", "", "`TOKEN` that enrols it; empty: it is enrolled")
	cmd.Flags().StringVar(&s.other, "other", "", "`folder` of another")
	cmd.Flags().StringVar(&s.otherToken, "other-token", "", "`TOKEN` that enrols the other")
	cmd.Flags().StringVar(&s.keys, "root-keys", "", "`FILE` that test-root wrote, to make cards with")
	cmd.Flags().StringVar(&s.clerk, "clerk", suiteClerk, "`id` of a clerk on the portal's staff list")
	cmd.Flags().StringVar(&s.badge, "badge", "", "`FILE` with what that clerk's badge holds; where empty, that of --seed suite")
	cmd.Flags().StringVar(&s.ca, "tls-ca", "", "`PEM` file of the authority that the portal's certificate is of, where it is not the system's")
	return cmd
}

func (s suite) target(ctx context.Context, url string) (conformance.Target, error) {
	cas, err := authorities(s.ca)
	if err != nil {
		return conformance.Target{}, err
	}
	one, config, err := enrolled(ctx, identity.Options{Dir: s.kiosk, Keys: identity.Keyring{identity.Files()}, URL: url, CAs: cas}, s.token)
	if err != nil {
		return conformance.Target{}, usage("--kiosk: %v", err)
	}
	two, _, err := enrolled(ctx, identity.Options{Dir: s.other, Keys: identity.Keyring{identity.Files()}, URL: url, CAs: cas}, s.otherToken)
	if err != nil {
		return conformance.Target{}, usage("--other: %v", err)
	}
	cards, err := newMinter(s.keys)
	if err != nil {
		return conformance.Target{}, usage("--root-keys: %v: portald test-root makes it", err)
	}
	badge := []byte(suiteBadge)
	if s.badge != "" {
		if badge, err = os.ReadFile(s.badge); err != nil {
			return conformance.Target{}, usage("--badge: %v", err)
		}
	}
	return conformance.Target{
		URL: url, TLS: config, Kiosk: one, Other: two, Clerk: s.clerk, Cards: cards,
		Badge: func() secret.Bytes { return secret.NewBytes(append([]byte(nil), badge...)) },
	}, nil
}

// enrolled is the kiosk that a folder keeps, at a portal, which a token lets in where
// there is one; and how somebody who is no kiosk trusts the same portal.
func enrolled(ctx context.Context, o identity.Options, token string) (k conformance.Kiosk, anybody *tls.Config, err error) {
	if o.Dir == "" {
		return k, nil, errors.New("a folder is needed")
	}
	if token != "" {
		parsed, err := portal.ParseToken(token)
		if err != nil {
			return k, nil, err
		}
		if err := identity.Enrol(ctx, identity.EnrolOptions{Options: o, Token: parsed}); err != nil {
			return k, nil, err
		}
	}
	who, err := identity.Open(o)
	if err != nil {
		return k, nil, err
	}
	anybody = who.TLS()
	anybody.GetClientCertificate = nil
	return conformance.Kiosk{
		ID: who.Kiosk(), Root: who.Root(), Open: who.Client, Send: &http.Transport{TLSClientConfig: who.TLS(), DisableKeepAlives: true},
	}, anybody, nil
}

// authorities are those of a file; nil where there is none.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("--tls-ca: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, usage("--tls-ca: %s holds no certificate in PEM", path)
	}
	return pool, nil
}

// hold runs the suite and tells each result.
func hold(ctx context.Context, target conformance.Target, report io.Writer) error {
	failed, all := 0, 0
	err := conformance.Run(ctx, target, func(r conformance.Result) {
		all++
		if r.Err == nil {
			fmt.Fprintf(report, "ok    %s\n", r.Name)
			return
		}
		failed++
		fmt.Fprintf(report, "FAIL  %s\n      %v\n", r.Name, r.Err)
	})
	if err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d are not as a portal must have them: docs/portal.md says what each is about", failed, all)
	}
	return nil
}

func testRoot() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "test-root", Short: "Make a root of virtual cards, for a test portal to believe", Args: cobra.NoArgs,
		Long: "Makes root.pem, which a test portal believes, and root-keys.pem, with which cards are made.\nWhoever has the second can be anybody at that portal.",
		RunE: func(*cobra.Command, []string) error { return makeRoot(out) },
	}
	cmd.Flags().StringVar(&out, "out", "", "`folder` to write to; made where it is missing")
	return cmd
}

func makeRoot(out string) error {
	if out == "" {
		return usage("--out is needed")
	}
	keys := filepath.Join(out, "root-keys.pem")
	if _, err := os.Stat(keys); err == nil {
		return usage("--out: %s is there already, and a portal may believe its root", keys)
	}
	pki, err := eidtest.NewPKI()
	if err != nil {
		return err
	}
	text, err := pki.Keep()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return fmt.Errorf("making the root: %w", err)
	}
	return errors.Join(durable.WriteFile(filepath.Join(out, "root.pem"), pki.RootPEM()), durable.WriteFile(keys, text))
}

// seedSuite puts in what the suite needs to find.
func seedSuite(ctx context.Context, server *reference.Server, store *reference.Store) error {
	var people []reference.Patient
	for _, p := range conformance.People() {
		if p.EAD != "" {
			people = append(people, patientOf(p))
		}
	}
	var visits []reference.Visit
	for _, a := range conformance.Appointments() {
		start := time.Now().AddDate(0, 0, a.Days)
		visits = append(visits, reference.Visit{
			Patient: patientOf(a.Of), Letter: secret.NewText(a.Letter),
			Appointment: api.Appointment{Id: a.ID, Start: start, End: start.Add(time.Hour), Label: "Raadpleging"},
		})
	}
	if err := server.Admit(ctx, people, visits); err != nil {
		return err
	}
	return suiteStaff(ctx, store)
}

// suiteStaff has the suite's clerk as the only one of the staff list.
func suiteStaff(ctx context.Context, store *reference.Store) error {
	return store.PutStaff(ctx, []reference.Clerk{{
		ID: suiteClerk, Name: "Suite", Role: "desk", BadgeSalt: suiteClerk, BadgeHash: portal.BadgeHash(suiteClerk, []byte(suiteBadge)),
	}})
}

func patientOf(p conformance.Person) reference.Patient {
	return reference.Patient{
		Number: secret.NewText(p.Number), EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Deceased: p.Deceased,
	}
}
