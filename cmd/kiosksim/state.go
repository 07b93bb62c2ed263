package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"balie/hw/eid/eidtest"
	"balie/printer"
	"balie/printer/printertest"
)

// benchState is everything that the page shows: state.json. The people on the cards are
// invented.
type benchState struct {
	PCSCD    pcscdState      `json:"pcscd"`
	Readers  []readerState   `json:"readers"`
	Cards    []cardState     `json:"cards"`
	Printers []printerState  `json:"printers"`
	Booth    placeState      `json:"booth"`
	Portal   portalState     `json:"portal"`
	Daemon   json.RawMessage `json:"daemon"` // of kioskd's control socket; null where it is not known
}

type pcscdState struct {
	State  string `json:"state"` // "running", "stopped", "killed" or "died"
	Own    bool   `json:"own"`   // it can be stopped
	Socket string `json:"socket"`
}

type readerState struct {
	Number    int    `json:"number"`
	Name      string `json:"name"`
	Card      string `json:"card"`      // id; empty where there is none
	Exchanges int    `json:"exchanges"` // with the card since it was put in
}

type cardState struct {
	ID      string    `json:"id"`
	Given   string    `json:"given"`
	Family  string    `json:"family"`
	Number  string    `json:"national_number"`
	Birth   string    `json:"birth"`
	Sex     string    `json:"sex"`
	Kind    string    `json:"kind"` // of card, in words
	Type    string    `json:"type"`
	Applet  string    `json:"applet"`
	Hint    string    `json:"hint"` // "expired", "forged", "child", or empty
	Note    string    `json:"note"`
	Reader  int       `json:"reader"` // -1: in the tray
	Fault   cardFault `json:"fault"`
	Faulted bool      `json:"faulted"`
}

type printerState struct {
	ID       string       `json:"id"`
	Path     string       `json:"path"`
	Faults   []faultState `json:"faults"`
	Papers   []int        `json:"papers"`  // numbers, oldest first
	Hanging  bool         `json:"hanging"` // printed and not yet cut
	Oddities []string     `json:"oddities"`
}

type faultState struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	On    bool   `json:"on"`
}

// placeState is a part that is not the bench's.
type placeState struct {
	URL       string `json:"url"`
	Reachable bool   `json:"reachable"`
}

// portalState is the portal, and whether it was told to play dead.
type portalState struct {
	placeState
	Down bool `json:"down"`
}

// state is the bench at this moment.
func (b *board) state() benchState {
	b.settle()
	s := benchState{
		PCSCD:    pcscdState{State: b.service.state(), Own: b.service.own != nil, Socket: b.service.socket},
		Printers: []printerState{b.ticket.state()},
	}
	s.Booth, s.Portal, s.Daemon = b.around.state()
	b.mu.Lock()
	defer b.mu.Unlock()
	where := map[string]int{}
	for n, name := range b.service.names {
		r := readerState{Number: n, Name: name, Card: b.in[n]}
		if r.Card != "" {
			where[r.Card] = n
			r.Exchanges = b.cards[r.Card].card.Exchanges()
		}
		s.Readers = append(s.Readers, r)
	}
	for _, id := range b.order {
		c := b.cards[id].state()
		if n, is := where[id]; is {
			c.Reader = n
		}
		s.Cards = append(s.Cards, c)
	}
	return s
}

func (v *virtualCard) state() cardState {
	d := v.description
	applet := string(d.Applet)
	if applet == "" {
		applet = string(eidtest.Applet18)
	}
	return cardState{
		ID: d.ID, Given: d.Given, Family: d.Family, Number: d.NationalNumber, Birth: d.Birth, Sex: d.Sex,
		Kind: kindLabel(d.Type), Type: d.Type, Applet: applet, Hint: hint(d), Note: d.Note, Reader: -1,
		Fault: v.fault, Faulted: !v.fault.none(),
	}
}

// hint says in a word what is special about a card.
func hint(d eidtest.Description) string {
	f := d.Flaws
	switch {
	case f.IdentitySignature || f.AddressSignature || f.Photo || f.Chip || f.RRNSubject != "":
		return "forged"
	case f.Clone:
		return "copied"
	case f.ForeignRoot:
		return "unknown issuer"
	case f.Expired:
		return "expired"
	case len(f.Flip)+len(f.Sizes)+len(f.Gone) > 0:
		return "damaged"
	case isChild(d.Type):
		return "child"
	}
	return ""
}

func isChild(name string) bool {
	return slices.ContainsFunc(eidtest.Types(), func(k eidtest.Kind) bool {
		return k.Child && (k.Name == name || k.Number == name)
	})
}

// kindLabel is the kind of card in words.
func kindLabel(name string) string {
	switch {
	case name == "" || name == "citizen" || name == "1":
		return "Identity card"
	case name == "kids-id" || name == "6":
		return "Kids-ID"
	case strings.HasPrefix(name, "foreigner-"):
		return "Foreigner's card " + strings.ToUpper(strings.TrimPrefix(name, "foreigner-"))
	case strings.HasPrefix(name, "kids-"):
		return "Kids-ID " + strings.ToUpper(strings.TrimPrefix(name, "kids-"))
	case strings.HasPrefix(name, "eu"):
		return strings.ToUpper(name) + " card"
	}
	return fmt.Sprintf("Card %q", name)
}

func (t *ticketPrinter) state() printerState {
	s := printerState{ID: "ticket", Path: t.cable.Path(), Papers: []int{}, Hanging: t.hanging(), Oddities: append([]string{}, t.printer.Oddities()...)}
	on := t.faults()
	for _, f := range t.faultNames() {
		s.Faults = append(s.Faults, faultState{ID: string(f), Label: faultLabel(f), On: slices.Contains(on, f)})
	}
	for _, p := range t.papers() {
		s.Papers = append(s.Papers, p.Number)
	}
	return s
}

// faultLabel says what a switch does, in a technician's words.
func faultLabel(f printer.Fault) string {
	switch f {
	case printer.CoverOpen:
		return "Cover open"
	case printer.PaperNearEnd:
		return "Paper nearly out"
	case printer.PaperEnd:
		return "Paper out"
	case printer.CutterError:
		return "Cutter jammed"
	case printer.HeadHot:
		return "Head too hot"
	case printer.PaperJam:
		return "Paper jam"
	case printer.Offline:
		return "Offline"
	case printer.Mute:
		return "Does not answer"
	case printer.Unrecovered:
		return "Unrecoverable error"
	case printer.Presenter:
		return "Presenter error"
	case printer.TicketInside:
		return "Ticket not taken"
	case printertest.PowerOff:
		return "Power off"
	case printertest.PowerKept:
		return "Power off, memory kept"
	case printertest.Garbage:
		return "Answers noise"
	case printertest.Forgotten:
		return "Nobody takes the ticket"
	case printertest.PulledEarly:
		return "Next ticket torn off early"
	case printertest.RetractOff:
		return "Retract off in its setup"
	case unpluggedFault:
		return "Cable out"
	}
	return string(f)
}
