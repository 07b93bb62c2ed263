package escpos_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/printertest"
)

func ticket() printer.Document {
	return printer.Document{Title: "Ticket", Language: "nl", Blocks: []printer.Block{
		printer.Heading{Level: 2, Text: "Ziekenhuis Sint-Voorbeeld"},
		printer.Space{},
		printer.Heading{Level: 1, Text: "K1-042"},
		printer.Space{},
		printer.Field{Label: "Uur", Value: "14:30"},
		printer.Field{Label: "Waar", Value: "Raadpleging gastro-enterologie 4614"},
		printer.Field{Label: "Wachtzaal", Value: "Gele zaal, niveau 1"},
		printer.Field{Label: "Gebühr", Value: "€ 12,50"},
		printer.Rule{},
		printer.Paragraph{Text: "Volg route 46. Gardez cette carte à l'écart du mot de passe."},
		printer.QR{Data: "https://route.example/46", Caption: "Scan voor de route"},
	}}
}

func TestPrintsATicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := printertest.New(printertest.Options{})
		p := escpos.New(printertest.NewCable(device).Open, profile(t, "epson-tm"), slog.New(slog.DiscardHandler))
		defer p.Close()
		result, err := p.Print(context.Background(), ticket())
		if err != nil || result.Outcome != printer.Confirmed || result.By != "process id" {
			t.Fatalf("%+v, %v", result, err)
		}
		papers := device.Papers()
		if len(papers) != 1 {
			t.Fatalf("%d papers", len(papers))
		}
		t.Log("\n" + papers[0].Text())
		if !strings.Contains(papers[0].Text(), "€ 12,50") {
			t.Error("no euro")
		}
		if odd := device.Oddities(); len(odd) > 0 {
			t.Error(odd)
		}
	})
}
