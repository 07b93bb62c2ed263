package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer/form"
)

// formPrinter is the name by which the printer of A4 is asked for.
const formPrinter = "forms"

func (b *booth) buildForms(context.Context) error {
	b.shelf = &form.Shelf{}
	b.forms = form.New(b.config.Forms.Command, b.shelf)
	return nil
}

// Print prints a paper that a technician or the desk orders.
func (b *booth) Print(ctx context.Context, order control.Order) (control.Printed, error) {
	paper, err := b.paper(order)
	if err != nil {
		return control.Printed{}, err
	}
	doc := paper.Document(b.texts, order.Language)
	name := b.printerFor(order)
	if name == formPrinter {
		result, err := b.forms.Print(ctx, doc)
		return printed(name, result, err), nil
	}
	return b.follow(ctx, name, doc)
}

// paper is what is ordered. A sample says that it is a test: it carries the
// hospital's name. The test page is about the printer that it comes out of.
func (b *booth) paper(order control.Order) (papers.Paper, error) {
	switch {
	case !slices.Contains(text.Languages(), order.Language):
		return nil, control.BadRequest(fmt.Errorf("no such language: %q", order.Language))
	case order.Data != nil && order.Kind == "codecard":
		return nil, control.BadRequest(fmt.Errorf("a code card with its password is written to a file, and printed nowhere"))
	case order.Data != nil:
		p, err := papers.Read(order.Kind, bytes.NewReader(order.Data))
		return p, control.BadRequest(err)
	case order.Kind == "test":
		return b.testPage(b.printerFor(order)), nil
	}
	p, err := papers.Sample(order.Kind, papers.Booth{
		Hospital: b.live.config().Hospital.Name, Kiosk: b.id, Phone: b.live.config().Hospital.Phone, Test: true,
	})
	return p, control.BadRequest(err)
}

// printerFor is the printer that an order names, or else the one for its kind.
func (b *booth) printerFor(order control.Order) string {
	switch {
	case order.Printer != "":
		return order.Printer
	case slices.Contains(papers.Forms(), order.Kind):
		return formPrinter
	case order.Kind == "codecard":
		return b.withRole(config.CardPrinter)
	}
	return b.withRole(config.TicketPrinter)
}

// withRole is the name of the printer with a role; empty where the booth has none.
func (b *booth) withRole(role string) string {
	for name, d := range b.devices {
		if d.Role == role {
			return name
		}
	}
	return ""
}

// Forms lists what is kept for the desk.
func (b *booth) Forms(context.Context) ([]control.Form, error) {
	var list []control.Form
	for _, f := range b.shelf.List(time.Now()) {
		list = append(list, control.Form{ID: f.ID, Title: f.Title, Since: f.Since})
	}
	return list, nil
}

// TakeForm gives a sheet to the desk.
func (b *booth) TakeForm(_ context.Context, id int) ([]byte, error) {
	file, found := b.shelf.Take(id, time.Now())
	if !found {
		return nil, control.ErrNoForm
	}
	return file, nil
}
