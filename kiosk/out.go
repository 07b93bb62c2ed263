package kiosk

import (
	"slices"
	"time"

	"balie/printer"
)

// out lists what does not work, for the welcome screen and the technician.
func (s State) out() []string {
	var out []string
	switch {
	case s.ServiceDown:
		out = append(out, "no-card-service")
	case len(s.Readers) == 0:
		out = append(out, "no-reader")
	case !s.usable():
		out = append(out, "reader-claimed")
	}
	if s.left() {
		out = append(out, "card-left")
	}
	switch {
	case !s.Settings.Printer || s.PrinterLost:
		out = append(out, "no-printer")
	case !s.Printer.Ready():
		out = append(out, "printer-"+string(fault(s.Printer)))
	case len(s.Printer.Faults) > 0: // it prints still: what may come of it is said all the same
		out = append(out, "printer-"+string(s.Printer.Faults[0]))
	}
	return out
}

// fault is the first one that keeps the printer from printing.
func fault(p printer.Status) printer.Fault {
	return p.Faults[slices.IndexFunc(p.Faults, func(f printer.Fault) bool {
		return !printer.Status{Faults: []printer.Fault{f}}.Ready()
	})]
}

// askPrinter asks the printer how it is, when it is time again. One that does not
// answer is as good as none.
func (s State) askPrinter() (State, []Effect) {
	due := s.printerDue()
	switch {
	case due.IsZero() || s.Now.Before(due):
		return s, nil
	case s.PrinterAsking:
		s.PrinterLost = true
		return s, nil
	}
	s.PrinterAsked, s.PrinterAsking = s.Now, true
	return s, []Effect{AskPrinter{}}
}

// printerDue is when the printer is to be asked, or given up, zero for never.
func (s State) printerDue() time.Time {
	switch {
	case !s.Settings.Printer, s.PrinterAsking && s.PrinterLost:
		return time.Time{}
	case s.PrinterAsking:
		return s.PrinterAsked.Add(printerGivenUp)
	case s.PrinterLost || !s.Printer.Ready():
		return s.PrinterAsked.Add(printerMending)
	}
	return s.PrinterAsked.Add(printerPoll)
}

// printerSaid takes note of how the printer was after a job.
func (s State) printerSaid(r printer.Result, err error) State {
	if err == nil || len(r.Status.Faults) > 0 {
		s.Printer, s.PrinterLost = r.Status, false
	}
	if !s.PrinterAsking && printed(r.Outcome) != "ticket-printed" {
		s.PrinterAsked = time.Time{} // ask it now: the next person is to know before
	}
	return s
}

func (s State) printerAnswered(in PrinterAnswered) State {
	s.PrinterAsking = false
	s.Printer, s.PrinterLost = in.Status, in.Err != nil
	return s
}
