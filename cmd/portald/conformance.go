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
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
)

const conformanceHelp = `Holds a portal against what a portal must do, over HTTP, as two kiosks with cards of
a test root: never a portal where patients check in. One line for each thing.

Beforehand, at that portal: believe the root of "portald test-root", have the people,
the appointments of today and the clerk of docs/portal.md, and enrol two kiosks, which
leaves a folder of each (kiosk.json, token). A portald has all of it by --seed suite.

It may be run again and again; within a minute it may meet the limits of tries.`

const conformanceExample = `  portald test-root --out build/root
  portald --seed suite --trust-test-root build/root/root.pem --state-dir build/portal &
  portald enrol-file --state-dir build/portal --kiosk K1 --out build/k1
  portald enrol-file --state-dir build/portal --kiosk K2 --out build/k2
  portald conformance --kiosk build/k1 --other build/k2 --root-keys build/root/root-keys.pem http://127.0.0.1:8640`

// suiteBadge is what the badge of the suite's clerk holds at a portald. Everybody can
// read it here, so that clerk is put in for the suite alone.
const (
	suiteClerk = "suite"
	suiteBadge = "badge-of-the-conformance-suite"
)

// suite is how it is asked for.
type suite struct {
	kiosk, other string // folders
	keys         string // file
	clerk, badge string // id, and file
	ca           string // file
}

func conformanceCommand() *cobra.Command {
	var s suite
	cmd := &cobra.Command{
		Use: "conformance URL", Short: "Hold a portal against what a portal must do", Long: conformanceHelp, Example: conformanceExample, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := s.target(args[0])
			if err != nil {
				return err
			}
			return hold(cmd.Context(), target, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&s.kiosk, "kiosk", "", "`folder` of an enrolled kiosk's credentials")
	cmd.Flags().StringVar(&s.other, "other", "", "`folder` of another's")
	cmd.Flags().StringVar(&s.keys, "root-keys", "", "`FILE` that test-root wrote, to make cards with")
	cmd.Flags().StringVar(&s.clerk, "clerk", suiteClerk, "`id` of a clerk on the portal's staff list")
	cmd.Flags().StringVar(&s.badge, "badge", "", "`FILE` with what that clerk's badge holds; where empty, that of --seed suite")
	cmd.Flags().StringVar(&s.ca, "tls-ca", "", "`PEM` file of the authority that the portal's certificate is of, where it is not the system's")
	return cmd
}

func (s suite) target(url string) (conformance.Target, error) {
	config, err := authority(s.ca)
	if err != nil {
		return conformance.Target{}, err
	}
	one, err := enrolled(url, s.kiosk, config)
	if err != nil {
		return conformance.Target{}, usage("--kiosk: %v", err)
	}
	two, err := enrolled(url, s.other, config)
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

// enrolled is the kiosk whose credentials a folder has, at a portal.
func enrolled(url, dir string, config *tls.Config) (conformance.Kiosk, error) {
	c, err := portal.LoadCredentials(dir)
	if err != nil {
		return conformance.Kiosk{}, err
	}
	return conformance.Kiosk{
		ID: c.Kiosk, Root: c.Root, Send: tokenTransport{c.Token, &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}},
		Open: func() (*portal.Client, error) {
			return portal.New(portal.Options{URL: url, Token: c.Token, TLS: config})
		},
	}, nil
}

// tokenTransport makes calls as a kiosk.
type tokenTransport struct {
	token secret.Text
	next  http.RoundTripper
}

// RoundTrip makes a call with the token.
func (t tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+t.token.Reveal())
	return t.next.RoundTrip(r)
}

// authority trusts those of a file; nil where there is none.
func authority(path string) (*tls.Config, error) {
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
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
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
		ID: suiteClerk, Name: "Suite", Role: "desk", BadgeSalt: suiteClerk, BadgeHash: reference.BadgeHash(suiteClerk, []byte(suiteBadge)),
	}})
}

func patientOf(p conformance.Person) reference.Patient {
	return reference.Patient{
		Number: secret.NewText(p.Number), EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Deceased: p.Deceased,
	}
}
