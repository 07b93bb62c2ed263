package zpltest

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"balie/printer/internal/page"
	"balie/printer/internal/paper"
)

// reader reads a format command by command, as a printer does.
type reader struct {
	strange func(string)
	out     page.Page
	utf8    bool

	// of the field that has begun
	x, y, size          int
	hex                 bool
	width, lines, space int
	align               paper.Align
	kind                string // "", "QR" or "bars"
	module, high        int
	narrow              int
}

func (r *reader) label(format string) page.Page {
	r.narrow = 2
	for _, c := range strings.Split(format, "^")[1:] {
		if len(c) < 2 {
			r.strange("a command of one letter")
			continue
		}
		r.command(c)
	}
	return r.out
}

// numbers are the parameters of a command, 0 where one is left out.
func numbers(params string) []int {
	list := make([]int, 10)
	for i, p := range strings.Split(params, ",") {
		if i < len(list) {
			list[i], _ = strconv.Atoi(p)
		}
	}
	return list
}

func (r *reader) command(c string) {
	name, params := c[:2], c[2:]
	if c[0] == 'A' {
		name, params = "A", c[1:]
	}
	n := numbers(params)
	switch name {
	case "CI":
		r.utf8 = params == "28"
	case "PW":
		r.out.Width = n[0]
	case "LL":
		r.out.Height = n[0]
	case "FO":
		r.x, r.y = n[0], n[1]
	case "A":
		r.font(params)
	case "FB":
		r.width, r.lines, r.space = n[0], max(n[1], 1), n[2]
		if strings.HasSuffix(params, ",C") {
			r.align = paper.Center
		}
	case "FH":
		r.hex = params == "_" || params == ""
	case "BQ":
		r.kind, r.module = "QR", n[2]
		if !strings.HasPrefix(params, "N,2,") || r.module < 1 || r.module > 10 {
			r.strange("^BQ with other parameters than N, 2 and 1 to 10")
		}
	case "BY":
		r.narrow = n[0]
	case "BC":
		r.kind, r.high = "bars", n[1]
	case "GB":
		r.out.Items = append(r.out.Items, page.Rule{X: r.x, Y: r.y, W: n[0], H: n[1]})
	case "GF":
		r.graphic(params)
	case "FD":
		r.data(params)
	case "FS":
		r.end()
	case "JZ":
		if params != "N" {
			r.strange("reprint after an error is on")
		}
	case "PQ":
		if params != "1" {
			r.strange("more than one label")
		}
	case "MN", "PN", "MM":
	default:
		r.strange("unknown command ^" + name)
	}
}

func (r *reader) end() {
	r.hex, r.width, r.lines, r.space, r.align, r.kind = false, 0, 0, 0, paper.Left, ""
}

func (r *reader) font(params string) {
	parts := strings.Split(params, ",")
	if len(parts) < 2 || parts[0] != "0N" {
		r.strange("another font than 0, not turned")
		return
	}
	r.size, _ = strconv.Atoi(parts[1])
}

// data takes ^FD, with ^FH's hexadecimal.
func (r *reader) data(text string) {
	if r.hex {
		text = unhex(text)
	}
	if !r.utf8 || !utf8.ValidString(text) {
		r.strange("text that is no UTF-8")
	}
	switch r.kind {
	case "QR":
		if len(text) < 3 || !strings.Contains("LMQH", text[:1]) || text[1:3] != "A," {
			r.strange("a QR code without level and mode")
			return
		}
		q := paper.Symbol{Data: text[3:], Level: text[0], Module: r.module}
		if _, err := q.Modules(); err != nil {
			r.strange("a QR code that cannot be made")
			return
		}
		r.out.Items = append(r.out.Items, page.Symbol{X: r.x, Y: r.y + 10, Symbol: q})
	case "bars":
		r.out.Items = append(r.out.Items, page.Bars{X: r.x, Y: r.y, Module: r.narrow, High: r.high, Bars: paper.Bars{Data: strings.ReplaceAll(text, ">0", ">")}})
	default:
		r.text(text)
	}
}

// text sets a line, or the lines of a block.
func (r *reader) text(text string) {
	lines := []string{text}
	if r.lines > 0 {
		lines = strings.Split(text, `\&`)
		if len(lines) > r.lines {
			r.strange(fmt.Sprintf("%d lines in a block of %d", len(lines), r.lines))
		}
	}
	for i, line := range lines {
		if wide := page.Width(line, r.size, scale); r.width > 0 && wide > r.width || r.x+wide > r.out.Width {
			r.strange("a line that is wider than its block or the label")
		}
		r.out.Items = append(r.out.Items, page.Text{
			X: r.x, Y: r.y + i*(r.size+r.space), W: r.width, Size: r.size, Align: r.align, Text: line,
		})
	}
}

// unhex replaces each _ and two digits by their byte.
func unhex(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '_' && i+2 < len(text) {
			if b, err := hex.DecodeString(text[i+1 : i+3]); err == nil {
				out.Write(b)
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// graphic takes ^GFA: bytes, bytes, bytes per row, hexadecimal.
func (r *reader) graphic(params string) {
	parts := strings.SplitN(params, ",", 5)
	if len(parts) != 5 || parts[0] != "A" || parts[1] != parts[2] {
		r.strange("^GF of another form than A")
		return
	}
	wide, _ := strconv.Atoi(parts[3])
	data, err := hex.DecodeString(parts[4])
	total, _ := strconv.Atoi(parts[1])
	if err != nil || wide < 1 || len(data) != total || total%wide != 0 {
		r.strange("^GF whose data are not as long as it says")
		return
	}
	p := page.Picture{X: r.x, Y: r.y, Raster: paper.Raster{Width: 8 * wide}}
	for ; len(data) > 0; data = data[wide:] {
		p.Rows = append(p.Rows, data[:wide])
	}
	r.out.Items = append(r.out.Items, p)
}
