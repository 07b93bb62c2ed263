// Package doctor finds what is wrong with a kiosk: of what its daemon tells of itself, and
// by looking, where no daemon runs. It repairs nothing and changes nothing.
package doctor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
	"balie/printer"
)

// Limits beyond which somebody is told.
const (
	maxSkew   = 60 * time.Second // more than a slow network adds, less than makes a check-in look early or late
	windowFor = 30 * time.Second // a window that is well says so every five seconds
	queueFor  = 30 * time.Minute // an action may wait while the portal is there
	listFor   = time.Hour        // the portal says every few minutes that the worklist is so
	crlsFor   = 26 * time.Hour   // they are asked for at least once a day
)

// OfDaemon is what a daemon tells of itself, part by part. Printers may be nil: the
// ticket printer is then as it last was.
func OfDaemon(s control.Status, printers []control.PrinterState, now time.Time) []fault.Finding {
	list := []fault.Finding{fault.Well("kioskd", s.Kiosk+", "+s.Version+", runs since "+s.Started.Local().Format(time.DateTime))}
	if s.Test {
		list = append(list, fault.Found("cards", "test-trust", "cards.test_roots is not empty"))
	}
	if s.Development {
		list = append(list, fault.Found("screen", "development", "any browser of this machine is let in"))
	} else {
		list = append(list, window(s.Screen, now))
	}
	list = append(list, readers(s)...)
	if printers == nil && s.Printer.Configured {
		p := s.Printer
		printers = []control.PrinterState{{
			Name: config.TicketPrinter, Port: p.Port, Profile: p.Profile, Ready: p.Ready, Faults: p.Faults, Error: p.Error, Fault: p.Fault, Clear: true,
		}}
	}
	for _, p := range printers {
		list = append(list, ofPrinter(p)...)
	}
	list = append(list, portal(s)...)
	list = append(list, certificate(s.Identity.NotAfter, s.Identity.RenewFrom, s.Identity.Error, now))
	list = append(list, clock(s.Portal.ClockAhead))
	list = append(list, queue(s, now)...)
	return append(list, worklist(s, now), revocations(s.Revocations, now))
}

func window(s control.Screen, now time.Time) fault.Finding {
	switch {
	case s.Alive == nil:
		return fault.Found("screen", "window-away", "no window has shown it since kioskd was started")
	case now.Sub(*s.Alive) > windowFor:
		return fault.Found("screen", "window-away", "a window last showed it "+ago(*s.Alive, now))
	}
	return fault.Well("screen", s.Showing+", seen by a window "+ago(*s.Alive, now))
}

func ago(t, now time.Time) string { return now.Sub(t).Round(time.Second).String() + " ago" }

func readers(s control.Status) (list []fault.Finding) {
	const service = "card service"
	switch {
	case s.CardFault != "":
		list = append(list, fault.Found(service, s.CardFault, s.CardService))
	case s.CardService != "up":
		list = append(list, fault.Found(service, "card-service-away", s.CardService))
	default:
		list = append(list, fault.Well(service, "answers"))
	}
	there := map[string]bool{}
	for _, r := range s.Readers {
		part := r.Role + " reader"
		switch {
		case strings.HasPrefix(r.State, "claimed"):
			list = append(list, fault.Found(part, "reader-claimed", r.Name))
		case r.State == "card left in":
			list = append(list, fault.Found(part, "card-left", r.Name))
		default:
			list = append(list, fault.Well(part, r.Name+": "+r.State))
		}
		there[r.Role] = true
	}
	if !there[config.PatientReader] {
		list = append(list, fault.Found("patient reader", "reader-away", "pcscd shows none that could be the patient's"))
	}
	if s.DeskReader && !there[config.DeskReader] {
		list = append(list, fault.Found("desk reader", "desk-reader-away", "pcscd shows none that could be the desk's"))
	}
	return list
}

// printerFaults are what printers say of themselves, as the table of faults has it.
var printerFaults = map[printer.Fault]string{
	printer.CoverOpen: "printer-cover-open", printer.PaperNearEnd: "printer-paper-low", printer.PaperEnd: "printer-paper-out",
	printer.CutterError: "printer-cutter", printer.HeadHot: "printer-hot", printer.PaperJam: "printer-jam", printer.Presenter: "printer-mouth",
	printer.TicketInside: "printer-ticket-left", printer.Offline: "printer-offline", printer.Mute: "printer-mute", printer.Unrecovered: "printer-broken",
	printer.RibbonEnd: "printer-ribbon-out", printer.HopperFull: "printer-hopper-full", printer.Cleaning: "printer-cleaning",
}

// PrinterFault is the code of what a printer says of itself.
func PrinterFault(said string) string {
	if code, known := printerFaults[printer.Fault(said)]; known {
		return code
	}
	return "printer-offline"
}

func ofPrinter(p control.PrinterState) (list []fault.Finding) {
	part, at := fault.Printer(p.Name), p.Profile+" at "+p.Port
	switch {
	case p.Fault != "":
		list = append(list, fault.Found(part, p.Fault, p.Error))
	case p.Error != "":
		list = append(list, fault.Found(part, "printer-mute", p.Error))
	}
	for _, f := range p.Faults {
		list = append(list, fault.Found(part, PrinterFault(f), at))
	}
	if !p.Clear && p.Trouble != "" {
		list = append(list, fault.Found(part, "printer-uncleared", p.Trouble))
	}
	if p.Unsettled > 0 {
		list = append(list, fault.Found(part, "print-unsettled", fmt.Sprintf("%d jobs with codes ended without anybody's word", p.Unsettled)))
	}
	if len(list) == 0 {
		list = append(list, fault.Well(part, "ready, "+at))
	}
	return list
}

// portalFaults are why the portal cannot be used, as the daemon's courier names it.
var portalFaults = map[string]string{
	"name-not-found": "name-unknown", "tls": "portal-untrusted", "kiosk-stopped": "portal-stopped",
	"certificate-expired": "certificate-expired", "certificate-revoked": "certificate-refused", "unauthorized": "certificate-refused",
	"other-kiosk": "certificate-refused",
}

func portal(s control.Status) (list []fault.Finding) {
	p := s.Portal
	code, known := portalFaults[p.Error]
	switch {
	case known:
	case p.Stopped:
		code = "portal-stopped"
	case p.Reachable && p.Error == "":
		list = append(list, fault.Well("portal", p.URL+" answers"))
	case p.Reachable:
		code = "portal-ails"
	case p.Error == "" && p.LastOK == nil:
		list = append(list, fault.Well("portal", p.URL+": not asked yet"))
	default:
		code = "portal-away"
	}
	if code != "" {
		list = append(list, fault.Found("portal", code, p.URL+": "+p.Error))
	}
	if p.Keys != "" {
		list = append(list, fault.Found("portal", "portal-keys", p.Keys))
	}
	return list
}

// certificate is how the kiosk's own stands: it is to be renewed long before it ends.
func certificate(ends, renewFrom time.Time, why string, now time.Time) fault.Finding {
	until := "until " + ends.Local().Format(time.DateTime)
	switch {
	case ends.IsZero():
		return fault.Well("certificate", "not known yet")
	case !now.Before(ends):
		return fault.Found("certificate", "certificate-expired", "ended on "+ends.Local().Format(time.DateTime))
	case now.After(renewFrom.Add(ends.Sub(renewFrom) / 2)):
		return fault.Found("certificate", "certificate-ends", until+", and is not renewed: "+why)
	}
	return fault.Well("certificate", until)
}

// clock is how this clock stands to the portal's, in seconds that the portal's is ahead.
func clock(ahead *float64) fault.Finding {
	if ahead == nil {
		return fault.Well("clock", "not compared with the portal's yet")
	}
	by := time.Duration(math.Abs(*ahead) * float64(time.Second)).Round(time.Second)
	word := "ahead of"
	if *ahead < 0 {
		word = "behind"
	}
	fact := fmt.Sprintf("the portal's is %v %s this one", by, word)
	if by > maxSkew {
		return fault.Found("clock", "clock-wrong", fact)
	}
	return fault.Well("clock", fact)
}

func queue(s control.Status, now time.Time) (list []fault.Finding) {
	q := s.Queue
	fact := fmt.Sprintf("%d waiting, %d parked", q.Pending, q.Parked)
	for _, file := range q.SetAside {
		list = append(list, fault.Found("queue", "queue-set-aside", file))
	}
	switch {
	case q.Full:
		list = append(list, fault.Found("queue", "disk-full", q.Error))
	case q.Error != "":
		list = append(list, fault.Found("queue", "queue-refuses", q.Error))
	}
	if q.Parked > 0 {
		list = append(list, fault.Found("queue", "queue-parked", fact))
	}
	if q.Oldest != nil && now.Sub(*q.Oldest) > queueFor {
		list = append(list, fault.Found("queue", "queue-old", fact+", the oldest from "+ago(*q.Oldest, now)))
	}
	if len(list) == 0 {
		list = append(list, fault.Well("queue", fact))
	}
	return list
}

func worklist(s control.Status, now time.Time) fault.Finding {
	w := s.Worklist
	switch {
	case w.Error == "not-erased":
		return fault.Found("worklist", "worklist-kept", "that of yesterday is still on the disk")
	case w.AsOf == nil:
		return fault.Found("worklist", "worklist-old", "none of today"+because(w.Error))
	case now.Sub(*w.AsOf) > listFor:
		return fault.Found("worklist", "worklist-old", "as it was "+ago(*w.AsOf, now)+because(w.Error))
	}
	return fault.Well("worklist", fmt.Sprintf("%d people, as of %s", w.Entries, ago(*w.AsOf, now)))
}

func because(code string) string {
	if code == "" {
		return ""
	}
	return ": " + code
}

func revocations(r control.Revocations, now time.Time) fault.Finding {
	fact := fmt.Sprintf("%d lists", r.Lists)
	if r.Error != "" && (r.Fetched == nil || now.Sub(*r.Fetched) > crlsFor) {
		return fault.Found("revocations", "revocations-old", fact+": "+r.Error)
	}
	return fault.Well("revocations", fact)
}
