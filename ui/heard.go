package ui

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"strings"
)

// words are what is to be heard of a page.
type words struct {
	screen  string           // the marked sentences and the buttons, in the order they are read
	buttons map[place]string // every button, field and key that can be come to
}

// place is a button by what it does; a field or a key of its keyboard is to "type".
type place struct{ do, choice string }

// heard takes from a page what is marked to be said (data-say) and its buttons, as they
// follow one another. What is inert, hidden or only drawn is not heard; the tools at the
// foot are when they are come to. It reads pages of our own templates, and the tests
// hold that each of them nests.
func heard(page []byte, button func(string) string) words {
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	w := listener{button: button, words: words{buttons: map[place]string{}}}
	for {
		token, err := d.Token()
		if err != nil { // the end
			w.screen = strings.Join(w.said, " ")
			return w.words
		}
		switch token := token.(type) {
		case xml.StartElement:
			w.open(token)
		case xml.EndElement:
			w.close()
		case xml.CharData:
			w.take(string(token))
		}
	}
}

// listener walks through a page.
type listener struct {
	words
	button func(string) string
	said   []string
	stack  []part
	pieces []string // of what is being said
}

// part is an element that is open.
type part struct {
	silent, tool bool
	says         bool // itself, with all that is in it
	inside       bool // something that says it
	button       bool
	label        bool // of the field that at is
	at           place
}

func (l *listener) open(e xml.StartElement) {
	var p part
	if n := len(l.stack); n > 0 {
		above := l.stack[n-1]
		p = part{silent: above.silent, tool: above.tool, inside: above.says || above.inside}
	}
	attr := map[string]string{}
	for _, a := range e.Attr {
		attr[a.Name.Local] = a.Value
	}
	_, inert := attr["inert"]
	_, hidden := attr["hidden"]
	_, says := attr["data-say"]
	p.silent = p.silent || inert || hidden || attr["aria-hidden"] == "true"
	p.tool = p.tool || attr["class"] == "tools"
	p.button = e.Name.Local == "button" && attr["data-do"] != ""
	p.at = place{attr["data-do"], attr["data-choice"]}
	if field, ok := strings.CutPrefix(attr["for"], "field-"); ok {
		p.label, p.at = true, place{"type", field}
	}
	if key, ok := attr["data-key"]; ok {
		l.buttons[place{"type", key}] = cmp.Or(attr["aria-label"], key)
	}
	p.says = !p.silent && !p.inside && (says || p.button)
	if p.says {
		l.pieces = nil
		if label := attr["aria-label"]; label != "" {
			l.pieces = []string{label}
		}
	}
	l.stack = append(l.stack, p)
}

func (l *listener) take(text string) {
	if n := len(l.stack); n > 0 && !l.stack[n-1].silent && (l.stack[n-1].says || l.stack[n-1].inside) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			l.pieces = append(l.pieces, text)
		}
	}
}

func (l *listener) close() {
	n := len(l.stack) - 1
	if n < 0 {
		return
	}
	p := l.stack[n]
	l.stack = l.stack[:n]
	if !p.says || len(l.pieces) == 0 {
		return
	}
	text := sentence(l.pieces)
	if p.label {
		l.buttons[p.at] = text
	}
	if p.button {
		text = l.button(strings.TrimSuffix(text, "."))
		l.buttons[p.at] = text
	}
	if !p.tool {
		l.said = append(l.said, text)
	}
}

// sentence puts pieces together with a pause between, and an end.
func sentence(pieces []string) string {
	var b strings.Builder
	for i, piece := range pieces {
		b.WriteString(piece)
		ends := strings.ContainsAny(piece[len(piece)-1:], ".?!:,")
		switch last := i == len(pieces)-1; {
		case last && !ends:
			b.WriteByte('.')
		case !last && ends:
			b.WriteByte(' ')
		case !last:
			b.WriteString(", ")
		}
	}
	return b.String()
}
