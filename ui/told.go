package ui

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/skip2/go-qrcode"

	"balie/kiosk"
)

// PageOf says which page of an answer it is.
func (p page) PageOf() string {
	return p.T("told.page", "page", strconv.Itoa(p.Told.Page), "pages", strconv.Itoa(p.Told.Pages))
}

// Step is one thing to do, with a drawing.
type Step struct{ Picture, Text string }

// Volumes are the one below the present volume and the one above.
func (p page) Volumes() [2]int {
	now := normalVolume + p.Louder
	return [2]int{max(now-1, softest), min(now+1, loudest)}
}

// Steps are what to do beside the code for the app.
func (p page) Steps() []Step {
	var list []Step
	for i, text := range p.Told.Points {
		list = append(list, Step{Picture: p.Told.Pictures[i], Text: text})
	}
	return list
}

// Code is the link as a QR code, drawn in modules: black on white whatever the colours
// of the screen are, since phones read no other.
func (p page) Code() (template.HTML, error) {
	code, err := qrcode.New(p.Link, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("drawing the code: %w", err)
	}
	var path strings.Builder
	modules := code.Bitmap() // its quiet zone of four modules is in it
	for y, row := range modules {
		for x, black := range row {
			if black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true" focusable="false"><path class="quiet" d="M0 0h%[1]dv%[2]dH0z"/><path class="module" d="%s"/></svg>`,
		len(modules[0]), len(modules), path.String())), nil
}

// Unbroken keeps a phone number or a place's name on one line.
func (p page) Unbroken(s string) string { return unbroken(s) }

// Opening says how a helper stands now, or nothing where that is not known.
func (p page) Opening(h kiosk.HelperView) string {
	o := h.Opening
	if o.State == "" {
		return ""
	}
	day := ""
	if o.Day != "" {
		day = p.T("weekday." + o.Day)
	}
	return p.T("opening."+o.State, "time", o.Time, "day", day, "date", o.Date)
}
