package main

import (
	"testing"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/version"
	"balie/kiosk/papers"
)

// TestTestPage: it says which booth and printer it comes from, in whatever language
// it is asked for, and shows how wide the paper is where that can be counted.
func TestTestPage(t *testing.T) {
	b := &booth{id: "K1", live: live{holds: config.Config{Hospital: config.Hospital{Name: "Ziekenhuis Sint-Voorbeeld"}}}, devices: map[string]driver.Device{
		"ticket": {NamedPrinter: config.NamedPrinter{Role: "ticket", Port: "/dev/printer", Profile: "epson-tm"}, Columns: 42},
		"badge":  {NamedPrinter: config.NamedPrinter{Role: "card", Port: "/dev/badge", Profile: "evolis-primacy"}},
	}}
	booth := papers.Booth{Hospital: "Ziekenhuis Sint-Voorbeeld", Kiosk: "K1"}
	for name, want := range map[string]papers.Test{
		"":      {Booth: booth, Version: version.String(), Printer: "ticket", Role: "ticket", Port: "/dev/printer", Profile: "epson-tm", Columns: 42},
		"badge": {Booth: booth, Version: version.String(), Printer: "badge", Role: "card", Port: "/dev/badge", Profile: "evolis-primacy"},
	} {
		paper, err := b.paper(control.Order{Kind: "test", Language: "fr", Printer: name})
		if err != nil {
			t.Fatal(err)
		}
		got := paper.(papers.Test)
		if got.Printed == "" {
			t.Errorf("%q: no time on it", name)
		}
		if got.Printed = ""; got != want {
			t.Errorf("%q: %+v, expected %+v", name, got, want)
		}
	}
}
