package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
	"balie/ui/browser"
)

const demoHelp = `Plays whole visits with nobody touching anything: An's card goes into the reader, she
chooses her appointment and confirms, the ticket comes out, the check-in arrives at
the portal, the card comes out. She comes back for a code card, types a code of it
back, and then blocks it. The screen is looked at, and pressed on, by a real browser.

In the folder of --out it leaves a picture of every screen, the ticket as PNG and as
text, pictures of the bench and the portal's page, and the log of all parts. The
exit code is 0 only if all of it went as it should.`

// demoSettings are the options as given.
type demoSettings struct{ bin, state, out, browser string }

func demoCommand() *cobra.Command {
	var s demoSettings
	cmd := &cobra.Command{
		Use: "demo", Short: "The main visits with nobody touching anything", Long: demoHelp,
		Example: "  kiosksim demo --bin build/bin --state build/demo/state --out build/demo", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), s, cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.bin, "bin", "build/bin", "`folder` of the programs")
	flags.StringVar(&s.state, "state", "build/demo/state", "`folder` for the visit's state; what is in it is thrown away first")
	flags.StringVar(&s.out, "out", "build/demo", "`folder` for what the visit leaves")
	flags.StringVar(&s.browser, "browser", "ui/browser", "`folder` of the browser's driver")
	return cmd
}

// demo is a visit that is being played.
type demo struct {
	desk    *desk.Desk
	visitor *browser.Visitor
	dir     string
	out     io.Writer
	shots   int
}

// demoTime is how long anything of the visit may take.
const demoTime = 15 * time.Second

func runDemo(ctx context.Context, s demoSettings, out io.Writer) (err error) {
	began := time.Now()
	if err := freshState(s.state); err != nil {
		return err
	}
	log, err := createIn(s.out, "parts.log")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	fmt.Fprintln(out, "starting the booth …")
	d, err := desk.Start(ctx, desk.Options{Bin: s.bin, State: s.state, LineTime: 14 * time.Millisecond, Log: log, Change: func(c *config.Config) { c.Cards.PIN = "screen" }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	v, err := browser.Visit(ctx, s.browser, d.BoothURL)
	if err != nil {
		return err
	}
	m := &demo{desk: d, visitor: v, dir: s.out, out: out}
	if err := errors.Join(m.play(ctx), v.Close()); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nall of it went as it should, in %v; look into %s\n", time.Since(began).Round(100*time.Millisecond), s.out)
	return nil
}

// freshState throws away what an earlier visit left: An has not checked in yet.
func freshState(dir string) error {
	if base := filepath.Base(dir); base != "state" {
		return &usageError{fmt.Errorf("--state: %q is thrown away first, so its last part must be \"state\"", dir)}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("preparing the state folder: %w", err)
	}
	return nil
}

func createIn(dir, name string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder: %w", err)
	}
	return os.Create(filepath.Join(dir, name))
}

// play plays the visit, from the welcome screen to the welcome screen.
func (m *demo) play(ctx context.Context) error {
	if err := m.screen("welcome"); err != nil {
		return err
	}
	m.say("An puts her card into the reader")
	if err := m.desk.Insert(ctx, 0, "an"); err != nil {
		return err
	}
	if err := m.screen("choose"); err != nil {
		return err
	}
	m.say("she is greeted by name, and has two appointments: she takes the first")
	if err := m.visitor.Press("choose", ""); err != nil {
		return err
	}
	if err := m.screen("confirm"); err != nil {
		return err
	}
	if err := m.visitor.Press("confirm", ""); err != nil {
		return err
	}
	if err := m.screen("done"); err != nil {
		return err
	}
	if err := errors.Join(m.ticket(ctx), m.portal(ctx)); err != nil {
		return err
	}
	m.say("An takes her card and goes")
	if err := m.pictures(); err != nil {
		return err
	}
	if err := m.goes(ctx); err != nil {
		return err
	}
	if err := m.codeCard(ctx); err != nil {
		return err
	}
	return m.lost(ctx)
}

func (m *demo) say(what string) { fmt.Fprintln(m.out, "•", what) }

// screen waits for a screen and takes its picture.
func (m *demo) screen(name string) error {
	if _, err := m.visitor.Wait(demoTime, name); err != nil {
		return err
	}
	m.shots++
	return m.visitor.Picture(filepath.Join(m.dir, fmt.Sprintf("%d-%s.png", m.shots, name)))
}

// ticket saves and shows the paper, and holds it against the screen.
func (m *demo) ticket(ctx context.Context) error {
	seen, err := m.visitor.Look()
	if err != nil {
		return err
	}
	papers, err := m.desk.Papers(ctx)
	if err != nil {
		return err
	}
	if len(papers) != 1 || !papers[0].Cut || len(papers[0].QR) != 1 {
		return fmt.Errorf("there should be one paper, cut, with a QR code: there are %d", len(papers))
	}
	picture, err := m.desk.Picture(ctx, papers[0].Number)
	if err != nil {
		return err
	}
	number := ticketNumber(papers[0].Text)
	if number == "" || !strings.Contains(seen.Text, number) {
		return errors.New("the number on the ticket is not the one on the screen")
	}
	m.say("the ticket:\n\n" + papers[0].Text)
	return errors.Join(
		os.WriteFile(filepath.Join(m.dir, "ticket.png"), picture, 0o644),
		os.WriteFile(filepath.Join(m.dir, "ticket.txt"), []byte(papers[0].Text), 0o644))
}

// ticketNumber finds the number on a ticket: "K1-042".
func ticketNumber(text string) string {
	for word := range strings.FieldsSeq(text) {
		if letters, digits, found := strings.Cut(word, "-"); found && letters == "K1" && len(digits) == 3 {
			return word
		}
	}
	return ""
}

// portal shows the check-in as the portal has it.
func (m *demo) portal(ctx context.Context) error {
	papers, err := m.desk.Papers(ctx)
	if err != nil {
		return err
	}
	list, err := m.desk.CheckIns(ctx)
	if err != nil {
		return err
	}
	number := ticketNumber(papers[0].Text)
	at := slices.IndexFunc(list, func(c desk.CheckIn) bool { return c.Kiosk == "K1" && c.Ticket == number })
	if at < 0 {
		return fmt.Errorf("the portal has no check-in with the number on the ticket, among %d", len(list))
	}
	c := list[at]
	m.say(fmt.Sprintf("the portal has it: kiosk %s, appointment %s, ticket %s, done %s, received %v later, TEST: %v", c.Kiosk, c.Appointment, c.Ticket,
		c.At.Local().Format(time.TimeOnly), c.Received.Sub(c.At).Round(time.Millisecond), c.Test))
	return nil
}

// pictures are of the two other pages.
func (m *demo) pictures() error {
	bench := browser.Page{URL: m.desk.BenchURL, Ready: "#glass iframe", Width: 1600, Height: 1000}
	portal := browser.Page{URL: m.desk.PortalURL + "/staff/", Ready: "table", Width: 1280, Height: 800}
	return errors.Join(
		m.visitor.PictureOf(bench, filepath.Join(m.dir, "bench.png")),
		m.visitor.PictureOf(portal, filepath.Join(m.dir, "portal.png")))
}
