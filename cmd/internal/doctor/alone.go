package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/device"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/fault"
	"balie/cmd/internal/state"
	"balie/internal/durable"
	"balie/sync/identity"
	"balie/sync/outbox"
	link "balie/sync/portal"
)

// printerTime is how long one printer may take to answer.
const printerTime = 10 * time.Second

// alone looks at what the daemon would use, where none runs, with its rights.
func (d Doctor) alone(ctx context.Context, c config.Config) (list []fault.Finding) {
	if _, err := os.Stat(c.StateDir); err == nil {
		if err := d.Become(c.StateDir); err != nil {
			list = append(list, fault.Found("disk", "state-rights", err.Error()))
		}
		list = append(list, kept(ctx, c)...)
	}
	list = append(list, cards(ctx, c.Cards)...)
	list = append(list, alonePrinters(ctx, c)...)
	return append(list, d.identity(ctx, c)...)
}

// kept looks at the queue, with hold of what the daemon would have hold of.
func kept(ctx context.Context, c config.Config) []fault.Finding {
	const part = "queue"
	unlock, err := state.Lock(c.StateDir)
	if errors.Is(err, state.ErrHeld) {
		return []fault.Finding{fault.Found("kioskd", "daemon-hangs", err.Error()+", and does not answer")}
	}
	if err != nil {
		return []fault.Finding{fault.Found(part, "state-rights", err.Error())}
	}
	err = outbox.Look(ctx, filepath.Join(c.StateDir, "queue.db"))
	if unlocked := unlock(); unlocked != nil && err == nil {
		err = unlocked
	}
	switch {
	case err == nil:
		return []fault.Finding{fault.Well(part, "can be opened")}
	case errors.Is(err, durable.ErrNewer):
		return []fault.Finding{fault.Found(part, "database-newer", err.Error())}
	case errors.Is(err, durable.ErrRights):
		return []fault.Finding{fault.Found(part, "state-rights", err.Error())}
	}
	return []fault.Finding{fault.Found(part, "database-damaged", err.Error())}
}

// alonePrinters asks every printer how it is.
func alonePrinters(ctx context.Context, c config.Config) (list []fault.Finding) {
	all := c.AllPrinters()
	if len(all) == 0 {
		return []fault.Finding{fault.Well("printers", "this booth has none")}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, alonePrinter(ctx, name, all[name], c.Printer.Profiles)...)
	}
	return list
}

func alonePrinter(ctx context.Context, name string, p config.NamedPrinter, folders []string) []fault.Finding {
	ctx, cancel := context.WithTimeout(ctx, printerTime)
	defer cancel()
	d, err := driver.Open(p, folders, slog.New(slog.DiscardHandler))
	if err != nil {
		return []fault.Finding{fault.Found(fault.Printer(name), "printer-profile-unknown", err.Error())}
	}
	defer func() { _ = d.Close() }() // nothing was sent but a question
	if err := d.Probe(ctx); err != nil {
		return []fault.Finding{fault.Found(fault.Printer(name), driver.Fault(err), err.Error())}
	}
	s, err := d.Status(ctx)
	if err != nil {
		return []fault.Finding{fault.Found(fault.Printer(name), driver.Fault(err), err.Error())}
	}
	var faults []string
	for _, f := range s.Faults {
		faults = append(faults, string(f))
	}
	return ofPrinter(control.PrinterState{Name: name, Port: p.Port, Profile: p.Profile, Faults: faults, Clear: true})
}

// identity looks at who the kiosk is, and whether the portal takes it.
func (d Doctor) identity(ctx context.Context, c config.Config) []fault.Finding {
	const part = "certificate"
	keys, err := device.Keys(c.Portal.TPM)
	if err != nil {
		return []fault.Finding{fault.Found(part, "keys-unusable", err.Error())}
	}
	cas, err := c.Portal.CAs()
	if err != nil {
		return []fault.Finding{fault.Found(part, "config-wrong", err.Error())}
	}
	who, err := identity.Open(identity.Options{Dir: c.Credentials(), Keys: keys, URL: c.Portal.URL, CAs: cas})
	switch {
	case errors.Is(err, identity.ErrNotEnrolled):
		return []fault.Finding{fault.Found(part, "not-enrolled", err.Error())}
	case err != nil:
		return []fault.Finding{fault.Found(part, "identity-damaged", err.Error())}
	}
	s := who.Status()
	list := []fault.Finding{certificate(s.NotAfter, s.RenewFrom, s.Trouble, time.Now())}
	return append(list, d.reach(ctx, who)...)
}

// reach calls the portal as the daemon would.
func (d Doctor) reach(ctx context.Context, who *identity.Identity) []fault.Finding {
	const part = "portal"
	client, err := who.Client()
	if err != nil {
		return []fault.Finding{fault.Found(part, "config-wrong", "portal.url: "+err.Error())}
	}
	defer client.Close()
	_, err = client.Self(ctx)
	if err == nil {
		ahead := client.Skew().Ahead.Seconds()
		return []fault.Finding{fault.Well(part, who.URL()+" answers"), clock(&ahead)}
	}
	code := portalCode(err)
	list := []fault.Finding{fault.Found(part, code, fmt.Sprintf("%s: %v", who.URL(), err))}
	if code == "portal-untrusted" {
		return append(list, d.sys.clockOf(ctx, who.URL())...)
	}
	if skew := client.Skew(); !skew.MeasuredAt.IsZero() {
		ahead := skew.Ahead.Seconds()
		list = append(list, clock(&ahead))
	}
	return list
}

// portalCode is the code of the fault that an error of a call is.
func portalCode(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var answer *link.Error
	switch {
	case errors.Is(err, link.ErrStopped):
		return "portal-stopped"
	case errors.Is(err, link.ErrUnauthorized):
		return "certificate-refused"
	case errors.As(err, &name):
		return "name-unknown"
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &record), errors.As(err, &alert):
		return "portal-untrusted"
	case errors.As(err, &answer):
		return "portal-ails"
	}
	return "portal-away"
}

// clockTime is how long the portal may take to tell the time.
const clockTime = 5 * time.Second

// clockOf asks whatever answers at the portal's address for the time, where it is not
// trusted: a clock that is wrong makes every certificate look wrong, and then only this
// tells which of the two it is. Nothing else is believed, and nothing is sent.
func (system) clockOf(ctx context.Context, url string) []fault.Finding {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	ctx, cancel := context.WithTimeout(ctx, clockTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url+"/v1/health", nil)
	if err != nil {
		return nil
	}
	sent := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil // it asks for a certificate, or does not answer: the clock stays unknown
	}
	_ = resp.Body.Close() // of HEAD: there is none
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return nil
	}
	ahead := date.Sub(sent.Round(0)).Seconds()
	return []fault.Finding{clock(&ahead)}
}
