// Package papers is what the booth and its desk print, each kind from typed data
// and the sentences of package text: what is on the paper, never how it looks.
//
// Every kind has a sample, whose people and hospital do not exist, and can be
// read from JSON. Its names and secrets are plain strings, since they are about
// to be printed: a value of this package is made where it is printed, and is in no
// log and no error.
package papers

import (
	"errors"
	"fmt"

	"balie/printer"
)

// Texts gives a sentence in a language; data are pairs of a name and its value.
// It is *text.Catalog.
type Texts interface {
	Get(language, key string, data ...string) string
}

// Paper is the data of one paper.
type Paper interface {
	// Document is the paper in a language.
	Document(texts Texts, language string) printer.Document
	// check says which value is missing or cannot be right, and nothing of what it is.
	check() error
}

// Booth is what every paper says of where it comes from.
type Booth struct {
	Hospital string `json:"hospital"`
	Kiosk    string `json:"kiosk,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Test     bool   `json:"test,omitempty"` // says so at its top
}

func (b Booth) check() error { return need("hospital", b.Hospital) }

// need refuses a value that is missing. Pairs are a name and its value.
func need(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%q is missing", pairs[i])
		}
	}
	return nil
}

// errCodes says that a code card has another number of codes than the portal asks for.
var errCodes = errors.New(`"codes" is not 24 codes`)

// page is a document being written in one language.
type page struct {
	language string
	texts    Texts
	blocks   []printer.Block
}

// begin writes what is on top of every paper but a ticket.
func begin(texts Texts, language string, b Booth, title string) *page {
	p := &page{language: language, texts: texts}
	if b.Test {
		p.add(printer.Heading{Level: 2, Text: "TEST"}, printer.Paragraph{Text: p.say("paper.test"), Center: true})
	}
	p.add(printer.Heading{Level: 3, Text: b.Hospital}, printer.Heading{Level: 2, Text: p.say(title)})
	return p
}

func (p *page) add(b ...printer.Block) { p.blocks = append(p.blocks, b...) }

func (p *page) say(key string, data ...string) string { return p.texts.Get(p.language, key, data...) }

func (p *page) paragraph(key string, data ...string) {
	p.add(printer.Paragraph{Text: p.say(key, data...)})
}

func (p *page) strong(key string) {
	p.add(printer.Paragraph{Text: p.say(key), Strong: true})
}

func (p *page) line(key string, data ...string) {
	p.add(printer.Paragraph{Text: p.say(key, data...), Center: true})
}

// field adds a label and what it is about, if there is anything.
func (p *page) field(key, value string) {
	if value != "" {
		p.add(printer.Field{Label: p.say(key), Value: value})
	}
}

// blanks adds lines to fill in by hand.
func (p *page) blanks(keys ...string) {
	for _, key := range keys {
		p.add(printer.Blank{Label: p.say(key)})
	}
}

func (p *page) choices(keys ...string) {
	for _, key := range keys {
		p.add(printer.Choice{Text: p.say(key)})
	}
}

func (p *page) document(title string, secret bool) printer.Document {
	return printer.Document{Title: title, Language: p.language, Secret: secret, Blocks: p.blocks}
}
