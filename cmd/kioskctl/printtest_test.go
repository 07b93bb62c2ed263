package main

import (
	"fmt"
	"strings"
	"testing"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// TestOutcome: each way for a test page to end has its exit code, and says what the
// printer could prove.
func TestOutcome(t *testing.T) {
	held := []control.Step{{Stage: "sending"}, {Stage: "sent", By: "drained"}, {Stage: "confirmed", By: "cut counter"}, {Stage: "presented", By: "ticket in output"}}
	for name, c := range map[string]struct {
		printed control.Printed
		code    int
		says    string
	}{
		"confirmed":        {control.Printed{Outcome: "confirmed", By: "process id", Steps: held[:3]}, 0, "not who took it"},
		"sent":             {control.Printed{Outcome: "sent", By: "drained", Steps: held[:2]}, 0, "proves nothing"},
		"taken":            {control.Printed{Outcome: "taken", By: "ticket in output", Steps: held}, 0, "somebody took it"},
		"retracted":        {control.Printed{Outcome: "retracted", Steps: held, Error: "nobody took it"}, 6, "fit for codes"},
		"pushed out":       {control.Printed{Outcome: "unknown", Steps: held, Error: "it was pushed out"}, 5, "not fit for codes"},
		"power off":        {control.Printed{Outcome: "unknown", Faults: []string{"mute"}, Steps: held[:1]}, 5, "not known"},
		"no paper":         {control.Printed{Outcome: "not sent", Faults: []string{"paper-end"}}, 4, "put in a new roll"},
		"no paper, midway": {control.Printed{Outcome: "failed", Faults: []string{"paper-end"}, Steps: held[:1]}, 4, "put in a new roll"},
		"mute":             {control.Printed{Outcome: "not sent", Faults: []string{"mute"}}, 3, "switch it on"},
		"no tty":           {control.Printed{Outcome: "not sent", Error: "no such device"}, 3, "no such device"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := writeProof(&out, c.printed); err != nil {
				t.Fatal(err)
			}
			err := outcomeError("test page", c.printed)
			if code := exit.Code(err); code != c.code {
				t.Errorf("code %d, expected %d: %v", code, c.code, err)
			}
			said := out.String() + fmt.Sprint(err)
			if !strings.HasPrefix(said, c.printed.Outcome+" (") || !strings.Contains(said, c.says) {
				t.Errorf("said %s", said)
			}
			for _, s := range c.printed.Steps {
				if !strings.Contains(said, "  "+s.Stage+" ") || !strings.Contains(said, s.By) {
					t.Errorf("nothing of %v: %s", s, said)
				}
			}
		})
	}
}

// TestPrinters: the list says what to do, and its code is that of the worst.
func TestPrinters(t *testing.T) {
	ready := control.PrinterState{Name: "ticket", Reachable: true, Ready: true, Clear: true}
	jam, off, left := ready, ready, ready
	jam.Name, jam.Ready, jam.Faults, jam.Waiting, jam.Stage = "card", false, []string{"paper-jam"}, 2, "presented"
	off.Name, off.Ready, off.Reachable, off.Error, off.Clear, off.Trouble = "label", false, false, "no such device", false, "no such device"
	left.Unsettled = 1
	for name, c := range map[string]struct {
		list []control.PrinterState
		code int
		says string
	}{
		"none":     {nil, 3, ""},
		"ready":    {[]control.PrinterState{ready}, 0, "ticket  ready  idle"},
		"jam":      {[]control.PrinterState{ready, jam}, 4, "paper-jam  presented, 1 behind"},
		"off":      {[]control.PrinterState{ready, jam, off}, 3, "! label: what an earlier job left in it"},
		"left":     {[]control.PrinterState{left}, 0, "to be revoked"},
		"jam says": {[]control.PrinterState{jam}, 4, "! card: paper-jam: open the cover"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := writePrinters(&out, c.list); err != nil {
				t.Fatal(err)
			}
			if code := exit.Code(printersError(c.list)); code != c.code {
				t.Errorf("code %d, expected %d", code, c.code)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("said\n%s", out.String())
			}
		})
	}
}
