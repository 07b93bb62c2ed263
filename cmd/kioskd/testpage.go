package main

import (
	"strings"
	"time"

	"balie/cmd/internal/version"
	"balie/printer"
)

// testPage shows a technician what a ticket relies on: accents and the euro sign
// (the code page), a full line (the width), a QR code, the cut.
func (b *booth) testPage() printer.Document {
	return printer.Document{Title: "test page", Language: "en", Blocks: []printer.Block{
		printer.Heading{Level: 2, Text: "Test page"},
		printer.Paragraph{Text: b.config.Hospital.Name, Center: true},
		printer.Rule{},
		printer.Field{Label: "Kiosk", Value: b.id},
		printer.Field{Label: "Version", Value: version.String()},
		printer.Field{Label: "Printed", Value: time.Now().Format("2006-01-02 15:04:05")},
		printer.Field{Label: "Profile", Value: b.tickets.profile},
		printer.Field{Label: "Port", Value: b.tickets.port},
		printer.Rule{},
		printer.Paragraph{Text: "Accents and euro: é è ê ë ï ö ü ä à â ç ß œ É Ü € — these must be letters."},
		printer.Paragraph{Text: "The next line must fill the paper from edge to edge:"},
		printer.Paragraph{Text: strings.Repeat("0123456789", b.tickets.columns/10+1)[:b.tickets.columns]},
		printer.Space{},
		printer.Heading{Level: 1, Text: "K0-000"},
		printer.QR{Data: "https://example.com/balie/test", Caption: "This code must be read by a phone."},
	}}
}
