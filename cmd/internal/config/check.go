package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"balie/kiosk"
	"balie/kiosk/text"
)

var colour = regexp.MustCompile(`^(#[0-9a-fA-F]{6})?$`)

// bauds are the speeds that receipt printers are set to.
var bauds = []int{1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200}

// check tells what cannot be right, by its key: of each part of the file the first.
func (c Config) check() (wrong []error) {
	for _, part := range []func() error{
		c.checkPlaces, c.Hospital.check, c.Booth.check, c.Screen.check, c.Cards.check, c.checkPrinters, c.Forms.check, c.Portal.check, c.Info.check,
		c.Hours.check, c.Scanner.check, c.Speech.check, c.checkDesk, c.Metrics.check,
	} {
		if err := part(); err != nil {
			wrong = append(wrong, allowed(err))
		}
	}
	return wrong
}

// allowed is an error that begins with a key, and what may stand there.
func allowed(err error) error {
	name, _, _ := strings.Cut(err.Error(), ":")
	if k, known := keyOf(name); known {
		return fmt.Errorf("%w (allowed: %s)", err, k.Allowed)
	}
	return err
}

func (c Config) checkPlaces() error {
	for _, p := range []struct{ key, path string }{{"state_dir", c.StateDir}, {"run_dir", c.RunDir}} {
		if !filepath.IsAbs(p.path) {
			return fmt.Errorf("%s: %q is not a path from /", p.key, p.path)
		}
	}
	// A socket's path must fit sockaddr_un: 108 bytes with the closing zero, unix(7).
	if len(filepath.Join(c.RunDir, "control.sock")) > 107 {
		return fmt.Errorf("run_dir: the path is too long for a socket: choose one of at most %d bytes", 107-len("/control.sock"))
	}
	return nil
}

func (h Hospital) check() error {
	switch {
	case strings.TrimSpace(h.Name) == "":
		return errors.New("hospital.name: give the name that screen and ticket show")
	case !colour.MatchString(h.Primary):
		return fmt.Errorf("hospital.primary: %q is not a colour such as \"#005a9c\"", h.Primary)
	case !colour.MatchString(h.Accent):
		return fmt.Errorf("hospital.accent: %q is not a colour such as \"#005a9c\"", h.Accent)
	}
	if _, err := h.Zone(); err != nil {
		return fmt.Errorf("hospital.time_zone: %q is not a zone such as \"Europe/Brussels\"", h.TimeZone)
	}
	return readable("hospital.logo", h.Logo)
}

// Zone is the hospital's time zone.
func (h Hospital) Zone() (*time.Location, error) {
	if h.TimeZone == "" || h.TimeZone == "Local" {
		return nil, errors.New("no zone given")
	}
	return time.LoadLocation(h.TimeZone)
}

func (b Booth) check() error {
	if len(b.Languages) == 0 {
		return errors.New("booth.languages: give at least one; the first one greets")
	}
	for i, l := range b.Languages {
		if !slices.Contains(text.Languages(), l) || slices.Contains(b.Languages[:i], l) {
			return fmt.Errorf("booth.languages: %q is none of %s, or stands there twice", l, strings.Join(text.Languages(), ", "))
		}
	}
	for _, v := range b.Without {
		if !slices.Contains(kiosk.Visits(), v) {
			return fmt.Errorf("booth.without: %q is no visit that can be switched off: %s", v, strings.Join(kiosk.Visits(), ", "))
		}
	}
	return nil
}

func (s Screen) check() error {
	at, err := netip.ParseAddrPort(s.Listen)
	switch {
	case err != nil || !at.Addr().IsLoopback():
		return fmt.Errorf("screen.listen: %q is not a loopback address and a port, such as \"127.0.0.1:8610\": the screen is for this machine only", s.Listen)
	case len(s.FrameAncestors) > 0 && !s.Development:
		return errors.New("screen.frame_ancestors: only with development = true")
	case s.WindowUser == "":
		return errors.New("screen.window_user: give the user that kioskview runs as")
	}
	return nil
}

func (c Cards) check() error {
	for i, pattern := range append([]string{c.Reader, c.DeskReader}, c.Ignore...) {
		if pattern != "" && strings.Trim(pattern, " *?") == "" && pattern != "*" || strings.TrimSpace(pattern) == "usb:" {
			return fmt.Errorf("cards.%s: %q is no part of a reader's name, and no socket such as \"usb:1-1.2\"", []string{"reader", "desk_reader", "ignore"}[min(i, 2)], pattern)
		}
	}
	if c.DeskReader == "*" || c.DeskReader != "" && c.DeskReader == c.Reader {
		return fmt.Errorf("cards.desk_reader: %q would be the patient's reader too", c.DeskReader)
	}
	if slices.Contains(c.Ignore, "") {
		return errors.New("cards.ignore: an empty pattern would leave out every reader")
	}
	if !slices.Contains([]string{PINOff, "reader", "screen"}, c.PIN) {
		return fmt.Errorf("cards.pin: %q is none of \"off\", \"reader\", \"screen\"", c.PIN)
	}
	if c.CRLs != "" {
		if info, err := os.Stat(c.CRLs); err != nil || !info.IsDir() {
			return fmt.Errorf("cards.crls: %q is not a folder that can be read", c.CRLs)
		}
	}
	for _, path := range c.TestRoots {
		if err := readable("cards.test_roots", path); err != nil {
			return err
		}
	}
	return nil
}

// checkPrinters looks at every printer, under the key that it stands at.
func (c Config) checkPrinters() error {
	all := c.AllPrinters()
	roles := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p, key := all[name], "printers."+name
		if _, named := c.Printers[name]; name == TicketPrinter && c.Printer.Port != "" {
			if named {
				return errors.New("printers.ticket: [printer] is the ticket printer already")
			}
			key = "printer"
		}
		if !printerName.MatchString(name) {
			return fmt.Errorf("printers: %q is no name: use small letters, digits and -", name)
		}
		if err := p.check(key); err != nil {
			return err
		}
		if other, twice := roles[p.Role]; twice {
			return fmt.Errorf("%s.role: %s has the role %s already", key, other, p.Role)
		}
		roles[p.Role] = key
	}
	return nil
}

var printerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

func (p NamedPrinter) check(key string) error {
	switch {
	case !slices.Contains(Roles(), p.Role):
		return fmt.Errorf("%s.role: %q is none of %s", key, p.Role, strings.Join(Roles(), ", "))
	case !filepath.IsAbs(p.Port):
		return fmt.Errorf("%s.port: %q is not a path such as \"/dev/serial/by-id/…\"", key, p.Port)
	case p.Baud != 0 && !slices.Contains(bauds, p.Baud):
		return fmt.Errorf("%s.baud: %d is not a speed such as 19200 or 38400: see the printer's self-test", key, p.Baud)
	case p.Profile == "":
		return fmt.Errorf("%s.profile: say what kind of printer it is", key)
	}
	return nil
}

func (f Forms) check() error {
	if len(f.Command) > 0 && !filepath.IsAbs(f.Command[0]) {
		return fmt.Errorf("forms.command: %q is not the path of a program such as \"/usr/bin/lp\"", f.Command[0])
	}
	return nil
}

func (p Portal) check() error {
	if p.Credentials != "" && !filepath.IsAbs(p.Credentials) {
		return fmt.Errorf("portal.credentials: %q is not a path from /", p.Credentials)
	}
	if p.TPM != "" && p.TPM != "none" && !filepath.IsAbs(p.TPM) {
		return fmt.Errorf("portal.tpm: %q is not a path such as \"/dev/tpmrm0\", nor \"none\"", p.TPM)
	}
	for _, name := range p.MaySet {
		if k, known := keyOf(name); !known || !k.Portal {
			return fmt.Errorf("portal.may_set: %q is no key that a portal can be let to set", clean(name))
		}
	}
	return readable("portal.ca", p.CA)
}

// check: beyond this machine the numbers are for who shows a certificate.
func (m Metrics) check() error {
	if m.Listen == "" {
		return nil
	}
	at, err := netip.ParseAddrPort(m.Listen)
	if err != nil {
		return fmt.Errorf("metrics.listen: %q is not an address and a port", m.Listen)
	}
	tls := m.Certificate != "" || m.Key != "" || m.Clients != ""
	if !tls && at.Addr().IsLoopback() {
		return nil
	}
	for _, f := range []struct{ key, path string }{{"metrics.certificate", m.Certificate}, {"metrics.key", m.Key}, {"metrics.clients", m.Clients}} {
		if f.path == "" {
			return fmt.Errorf("%s: without it, and certificate, key and clients together, the numbers are for a loopback address only", f.key)
		}
		if err := readable(f.key, f.path); err != nil {
			return err
		}
	}
	return nil
}

// readable tells whether a file that is named is there. The path is quoted, since
// it may hold anything.
func readable(key, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	var what *fs.PathError
	if errors.As(err, &what) {
		err = what.Err
	}
	if err != nil {
		return fmt.Errorf("%s: %q: %w", key, path, err)
	}
	return f.Close()
}
