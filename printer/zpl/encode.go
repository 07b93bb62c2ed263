package zpl

import (
	"fmt"
	"strings"

	"balie/printer"
	"balie/printer/internal/page"
	"balie/printer/internal/paper"
)

// scale is the width of font 0 in thousandths of Helvetica Bold: it is a condensed
// one. Measured on the renderer zebrash, with some room to spare.
const scale = 900

// Encode gives all the bytes of doc for a printer of that profile: a format for
// each label. It is pure: the same document gives the same bytes. The error holds
// nothing of the document.
func Encode(doc printer.Document, p Profile) ([]byte, error) {
	sheets, err := lay(doc, p)
	if err != nil {
		return nil, err
	}
	var e encoder
	for _, label := range sheets.Pages {
		// ^CI28 is UTF-8; ^JZN: after a fault nothing is printed again by itself.
		fmt.Fprintf(&e, "^XA^CI28^PW%d^LL%d%s^JZN", label.Width, label.Height, p.Setup)
		e.label(label)
		fmt.Fprintf(&e, "%s^PQ1^XZ", p.End)
	}
	return []byte(e.String()), nil
}

// Preview is the document as it would look on labels.
func Preview(doc printer.Document, p Profile) (page.Sheets, error) { return lay(doc, p) }

func lay(doc printer.Document, p Profile) (page.Sheets, error) {
	pages, err := page.Lay(doc, page.Format{
		Width: p.Width, Height: p.Length, Margin: p.Margin, Size: p.Size, Smallest: p.Smallest, Scale: scale, Module: p.Module,
	})
	return page.Sheets{Pages: pages, Scale: scale}, err
}

type encoder struct{ strings.Builder }

func (e *encoder) label(p page.Page) {
	for i := 0; i < len(p.Items); i++ {
		switch it := p.Items[i].(type) {
		case page.Text:
			n := block(p.Items[i:])
			e.text(it, p.Items[i:i+n])
			i += n - 1
		case page.Symbol:
			// The printer sets a QR code 10 dots below its origin.
			fmt.Fprintf(e, "^FO%d,%d^BQN,2,%d", it.X, max(it.Y-10, 0), it.Module)
			e.data(string(it.Level)+"A,", it.Data)
		case page.Bars:
			fmt.Fprintf(e, "^FO%d,%d^BY%d^BCN,%d,Y", it.X, it.Y, it.Module, it.High)
			// A > begins a change of the code set; >0 is the character itself.
			e.data("", strings.ReplaceAll(it.Data, ">", ">0"))
		case page.Picture:
			e.picture(it)
		case page.Rule:
			fmt.Fprintf(e, "^FO%d,%d^GB%d,%d,%d^FS", it.X, it.Y, it.W, it.H, it.H)
		}
	}
}

// block is how many items from the first on are lines of one block of text: one
// below the other, alike but for their text. A backslash would be a command to
// break the line, and stands in a field that is no block.
func block(items []page.Item) int {
	first := items[0].(page.Text)
	if strings.Contains(first.Text, `\`) {
		return 1
	}
	for n := 1; n < len(items); n++ {
		t, ok := items[n].(page.Text)
		same := first
		same.Text, same.Y = t.Text, first.Y+n*(first.Size+first.Size/8)
		if !ok || t != same || strings.Contains(t.Text, `\`) {
			return n
		}
	}
	return len(items)
}

// text writes lines of one block: ^FB where there are several or they do not
// begin at the left.
func (e *encoder) text(first page.Text, lines []page.Item) {
	x := first.X
	plain := strings.Contains(first.Text, `\`)
	if plain {
		x = first.Begins(scale)
	}
	fmt.Fprintf(e, "^FO%d,%d^A0N,%d", x, first.Y, first.Size)
	if len(lines) > 1 || first.Align != paper.Left && !plain {
		wide := first.W
		if wide == 0 {
			wide = 9999 // as wide as the label takes
		}
		fmt.Fprintf(e, "^FB%d,%d,%d", wide, len(lines), first.Size/8)
		if first.Align == paper.Center {
			e.WriteString(",C")
		}
	}
	var all []string
	for _, line := range lines {
		all = append(all, line.(page.Text).Text)
	}
	e.data("", strings.Join(all, `\&`))
}

// data writes ^FD, with ^FH before it where there is anything to escape: the two
// prefixes of a command, the escape itself, and control characters, which do not
// come here but must not matter if they did.
func (e *encoder) data(head, data string) {
	var escaped strings.Builder
	for i := range len(data) {
		if b := data[i]; b == '^' || b == '~' || b == '_' || b < ' ' || b == 0x7F {
			fmt.Fprintf(&escaped, "_%02X", b)
			continue
		}
		escaped.WriteByte(data[i])
	}
	if escaped.Len() > len(data) {
		e.WriteString("^FH_")
	}
	e.WriteString("^FD" + head + escaped.String() + "^FS")
}

// picture writes ^GFA, hexadecimal.
func (e *encoder) picture(p page.Picture) {
	trimmed, above := p.Trim()
	if len(trimmed.Rows) == 0 {
		return
	}
	wide := len(trimmed.Rows[0])
	fmt.Fprintf(e, "^FO%d,%d^GFA,%d,%d,%d,", p.X, p.Y+above, wide*len(trimmed.Rows), wide*len(trimmed.Rows), wide)
	for _, row := range trimmed.Rows {
		fmt.Fprintf(e, "%X", row)
	}
	e.WriteString("^FS")
}
