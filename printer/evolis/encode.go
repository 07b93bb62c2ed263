package evolis

import (
	"fmt"
	"slices"
	"strings"

	"balie/printer"
	"balie/printer/internal/codepage"
	"balie/printer/internal/page"
	"balie/printer/internal/paper"
)

// scale is the width of the resident fonts in thousandths of Helvetica Bold: they
// are Arial, whose widths are the same.
const scale = 1000

// Encode gives all the bytes of doc for a printer of that profile: its commands,
// one card for each page, and last the order to forget what was written. It is
// pure: the same document gives the same bytes. The error holds nothing of the
// document.
func Encode(doc printer.Document, p Profile) ([]byte, error) {
	commands, err := encode(doc, p)
	if err != nil {
		return nil, err
	}
	return append(slices.Concat(commands...), forgetAll...), nil
}

// Preview is the document as it would look on cards.
func Preview(doc printer.Document, p Profile) (page.Sheets, error) { return lay(doc, p) }

func lay(doc printer.Document, p Profile) (page.Sheets, error) {
	cp, err := codepage.Named(p.Page)
	if err != nil {
		return page.Sheets{}, err
	}
	pages, err := page.Lay(doc, page.Format{
		Width: width, Height: height, Margin: p.Margin, Size: p.Size, Smallest: p.Smallest, Scale: scale, Module: p.Module, Beside: true,
		// A semicolon parts the parameters of a command.
		Fold: func(text string) string { return strings.ReplaceAll(cp.Fold(text), ";", ",") },
	})
	return page.Sheets{Pages: pages, Scale: scale}, err
}

// encode gives the commands of doc, each with its beginning and end, the last of
// them Se: what makes the printer forget comes behind.
func encode(doc printer.Document, p Profile) ([][]byte, error) {
	cp, err := codepage.Named(p.Page)
	if err != nil {
		return nil, err
	}
	sheets, err := lay(doc, p)
	if err != nil {
		return nil, err
	}
	e := encoder{panel: p.Panel, page: cp}
	e.command("Pem;2") // errors are ours to handle, the printer repeats nothing by itself
	e.command("Pmi;" + p.Feeder)
	e.command("Pr;" + p.Ribbon)
	for _, card := range sheets.Pages {
		e.command("Wcb;" + p.Panel + ";0")
		e.command("Ss")
		e.command("Sr")
		for _, item := range card.Items {
			if err := e.item(item); err != nil {
				return nil, err
			}
		}
		if p.Press != "" {
			e.command(p.Press)
		}
		e.command("Se")
	}
	return e.commands, nil
}

type encoder struct {
	panel    string
	page     codepage.Page
	commands [][]byte
}

// command adds ESC, the command and CR.
func (e *encoder) command(text string) { e.binary(text, nil) }

func (e *encoder) binary(text string, data []byte) {
	e.commands = append(e.commands, slices.Concat([]byte{esc}, []byte(text), data, []byte{cr}))
}

func (e *encoder) item(item page.Item) error {
	switch it := item.(type) {
	case page.Text:
		e.text(it)
	case page.Symbol:
		r, err := it.Symbol.Raster(it.Module)
		if err != nil {
			return err
		}
		return e.picture(it.X, it.Y, r)
	case page.Bars:
		return e.bars(it)
	case page.Picture:
		trimmed, above := it.Trim()
		if len(trimmed.Rows) > 0 {
			return e.picture(it.X, it.Y+above, trimmed)
		}
	case page.Rule:
		return e.picture(it.X, it.Y, block(it.W, it.H))
	}
	return nil
}

// text writes Wt: x, y, font (0 Arial, 1 Arial bold), height, text.
func (e *encoder) text(t page.Text) {
	font := 0
	if t.Bold {
		font = 1
	}
	text := make([]byte, 0, len(t.Text))
	for _, r := range t.Text {
		b, ok := e.page.Byte(r)
		if !ok || b == ';' {
			b = ' '
		}
		text = append(text, b)
	}
	e.binary(fmt.Sprintf("Wt;%d;%d;%d;%d;", t.Begins(scale), t.Y, font, t.Size), text)
}

// picture writes Dbmp: panel, x, y, 0, and a BMP file.
func (e *encoder) picture(x, y int, r paper.Raster) error {
	file, err := bitmap(r)
	if err != nil {
		return err
	}
	e.binary(fmt.Sprintf("Dbmp;%s;%d;%d;0;", e.panel, x, y), file)
	return nil
}

// bars draws a barcode, which the fonts cannot, and writes below it what it says.
func (e *encoder) bars(b page.Bars) error {
	modules, err := b.Bars.Modules()
	if err != nil {
		return err
	}
	row := make([]byte, (len(modules)*b.Module+7)/8)
	for x, dark := range modules {
		for d := x * b.Module; dark && d < (x+1)*b.Module; d++ {
			row[d/8] |= 0x80 >> (d % 8)
		}
	}
	r := paper.Raster{Width: len(modules) * b.Module}
	for range b.High {
		r.Rows = append(r.Rows, row)
	}
	return e.picture(b.X, b.Y, r)
}

// block is a black rectangle.
func block(w, h int) paper.Raster {
	row := make([]byte, (w+7)/8)
	for x := range w {
		row[x/8] |= 0x80 >> (x % 8)
	}
	r := paper.Raster{Width: w}
	for range h {
		r.Rows = append(r.Rows, row)
	}
	return r
}
