package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/kiosk"
	"balie/kiosk/desk"
	"balie/printer"
	"balie/printer/form"
	"balie/ui"
)

// buildDesk makes what the staff have at this booth: on a screen of their own, or on the
// patients', which a clerk takes over and gives back.
func (b *booth) buildDesk(context.Context) (err error) {
	c := b.config.Desk
	if !c.On {
		return nil
	}
	cards := deskCards{readers: b.readers, typed: &b.readers.pin}
	show := b.showDesk
	if c.Listen == "" {
		b.shared = desk.NewShared(b.paint)
	} else {
		cards.typed = &pinBox{}
		o := ui.Options{Role: ui.Desk, Press: func(p kiosk.Press) { b.desk.Press(p) }}
		if b.config.Cards.PIN == string(kiosk.PINScreen) {
			o.PIN = cards.typed.put
		}
		if b.deskScreen, err = b.openScreen(o, "desk.listen", c.Listen, "desk.sock"); err != nil {
			return err
		}
		show = func(v kiosk.View) {
			cards.typed.shown(v.Screen)
			b.deskScreen.ui.Show(v)
		}
	}
	b.desk = desk.New(b.deskSettings(), desk.Parts{Cards: cards, Office: b.newOffice(), Papers: deskPapers{b.tickets, b.forms}, Show: show, Log: b.log})
	b.readers.route.desk, b.readers.route.log = b.desk.Card, b.log
	return nil
}

func (b *booth) deskSettings() desk.Settings {
	c := b.config
	return desk.Settings{
		Languages: c.Booth.Languages, Hospital: c.Hospital.Name, Kiosk: b.id, Phone: c.Hospital.Phone, Test: len(c.Cards.TestRoots) > 0,
		Printer: b.tickets != nil, CodeCards: b.makesCodeCards(), Shared: c.Desk.Listen == "", PIN: pinSetting(c.Cards.PIN), Silence: time.Duration(c.Desk.Silence), Texts: b.texts,
	}
}

// showDesk shows a view of the desk on the screen that it shares. The readers go with the
// screen.
func (b *booth) showDesk(v kiosk.View) {
	b.readers.route.take(context.Background(), v.Screen != desk.ScreenNone)
	b.shared.Desk(v)
}

// pressShared brings a press to whose view it was made on.
func (b *booth) pressShared(p kiosk.Press) {
	inner, ofDesk, ok := b.shared.Pressed(p)
	switch {
	case !ok:
	case ofDesk:
		b.desk.Press(inner)
	case p.Do == desk.DoOpen:
		b.desk.Open()
	default:
		b.kiosk.Press(inner)
	}
}

// deskURL is where the staff's screen is; empty where they have none.
func (b *booth) deskURL() string {
	switch {
	case b.deskScreen != nil:
		return b.deskScreen.url
	case b.shared != nil:
		return b.screen.url
	}
	return ""
}

// runDesk runs the desk and its screen, where there are.
func (b *booth) runDesk(ctx context.Context, group *errgroup.Group) {
	if b.desk != nil {
		group.Go(func() error { return b.desk.Run(ctx) })
	}
	if b.deskScreen != nil {
		group.Go(func() error { return b.deskScreen.serve(ctx) })
		group.Go(func() error { return b.deskScreen.admit(ctx) })
		group.Go(func() error { return b.deskScreen.tend(ctx) })
	}
}

// deskPapers prints slips where tickets are printed, and forms on A4.
type deskPapers struct {
	tickets *tickets
	forms   *form.Printer
}

// Slip prints on the ticket printer, where there is one.
func (d deskPapers) Slip(ctx context.Context, doc printer.Document) (printer.Result, error) {
	if d.tickets == nil {
		return printer.Result{Outcome: printer.NotSent}, nil
	}
	return d.tickets.Print(ctx, doc)
}

// Form prints a sheet of A4, or keeps it for the desk.
func (d deskPapers) Form(ctx context.Context, doc printer.Document) (printer.Result, error) {
	return d.forms.Print(ctx, doc)
}
