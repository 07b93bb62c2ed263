package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/driver"
	"balie/hw/serial"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/text"
	"balie/printer/dialect"
	"balie/sync/portal"
)

// Walk is the setup of a kiosk with somebody who answers.
type Walk struct {
	*Talk
	Found  Found
	Before config.Config // what is answered by Enter
	// TryCard waits for a card in a reader, reads it, and tells whether that went well.
	TryCard func(ctx context.Context, reader string) error
}

// Answers asks for all there is to decide.
func (w Walk) Answers(ctx context.Context) (a Answers, err error) {
	a = Answers{Wait: 15 * time.Minute, Units: Units(), Test: true, Kioskd: w.Before.Tree()}
	for _, part := range []func(context.Context, *Answers) error{w.hospital, w.booth, w.readers, w.printers, w.portal} {
		if err := part(ctx, &a); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (w Walk) hospital(_ context.Context, a *Answers) error {
	w.say("The hospital")
	name, err := w.ask("name, as screen and ticket show it", w.Before.Hospital.Name, filled)
	if err != nil {
		return err
	}
	phone, err := w.ask("phone number of who helps", w.Before.Hospital.Phone, nil)
	if err != nil {
		return err
	}
	place, err := w.ask("where the desk is that helps, in a few words", w.Before.Hours.DeskPlace, nil)
	a.set("hospital", "name", name)
	a.set("hospital", "phone", phone)
	a.set("hours", "desk_place", place)
	return err
}

func filled(answer string) error {
	if answer == "" {
		return errors.New("something is needed here")
	}
	return nil
}

func (w Walk) booth(_ context.Context, a *Answers) error {
	w.say("\nThe booth")
	languages, err := w.ask("languages, the first one greets", strings.Join(w.Before.Booth.Languages, " "), func(answer string) error {
		return among(answer, text.Languages(), 1)
	})
	if err != nil {
		return err
	}
	visits := kiosk.Visits()
	without, err := w.ask("visits that are not offered, of "+strings.Join(visits, " ")+"; - is none", or(strings.Join(w.Before.Booth.Without, " "), "-"), func(answer string) error {
		return among(strings.Trim(answer, "-"), visits, 0)
	})
	a.set("booth", "languages", words(languages))
	a.set("booth", "without", append([]string{}, words(strings.Trim(without, "-"))...))
	return err
}

// among tells whether an answer is a list of things that there are, each once.
func among(answer string, of []string, least int) error {
	list := words(answer)
	for i, word := range list {
		if !slices.Contains(of, word) || slices.Contains(list[:i], word) {
			return fmt.Errorf("%q is none of %s, or stands there twice", word, strings.Join(of, " "))
		}
	}
	if len(list) < least {
		return errors.New("at least one of " + strings.Join(of, " "))
	}
	return nil
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// readers asks which reader is whose. One alone needs no name: any other can be put in
// its place.
func (w Walk) readers(ctx context.Context, a *Answers) error {
	w.say("\nCard readers")
	if w.Found.Cards != nil {
		w.say("! %v: the booth finds them once it can", w.Found.Cards)
		return nil
	}
	patient := 0
	switch n := len(w.Found.Readers); n {
	case 0:
		w.say("! none is there: the booth finds one that is plugged in later")
		return nil
	case 1:
		w.say("  %s: the patient's", w.Found.Readers[0].Name)
	default:
		var list []string
		for _, r := range w.Found.Readers {
			list = append(list, r.Name+" ("+r.Pattern()+")")
		}
		var err error
		if patient, err = w.choose("the patient's", list, max(1, w.at(w.Before.Cards.Reader))); err != nil || patient < 0 {
			return err
		}
		desk, err := w.choose("the desk's", list, w.at(w.Before.Cards.DeskReader))
		if err != nil {
			return err
		}
		a.set("cards", "reader", w.Found.Readers[patient].Pattern())
		if desk >= 0 && desk != patient {
			a.set("cards", "desk_reader", w.Found.Readers[desk].Pattern())
		}
	}
	return w.tryCard(ctx, w.Found.Readers[patient].Name)
}

// at is the number of the reader that a pattern of the configuration names; 0 is none.
func (w Walk) at(pattern string) int {
	return slices.IndexFunc(w.Found.Readers, func(r Reader) bool { return r.Pattern() == pattern }) + 1
}

func (w Walk) tryCard(ctx context.Context, reader string) error {
	try, err := w.ask("put a card into it and press y to try it, n goes on", "n", nil)
	if err != nil || !yes(try) {
		return err
	}
	if err := w.TryCard(ctx, reader); err != nil {
		w.say("! %v", err)
		return nil
	}
	w.say("  read")
	return nil
}

func yes(answer string) bool { return strings.HasPrefix(strings.ToLower(answer), "y") }

// printers asks for the printer of each role.
func (w Walk) printers(ctx context.Context, a *Answers) error {
	w.say("\nPrinters")
	all := w.Before.AllPrinters()
	named := map[string]any{}
	for _, role := range config.Roles() {
		before := all[role]
		p, err := w.printer(ctx, role, before)
		if err != nil {
			return err
		}
		switch {
		case role == config.TicketPrinter:
			a.set("printer", "port", p.Port)
			if p.Port != "" {
				a.set("printer", "profile", p.Profile)
			}
		case p.Port != "":
			named[role] = map[string]any{"role": role, "port": p.Port, "baud": before.Baud, "profile": p.Profile}
		}
	}
	a.Kioskd["printers"] = named
	return nil
}

func (w Walk) printer(ctx context.Context, role string, before config.NamedPrinter) (config.NamedPrinter, error) {
	ports := slices.Clone(w.Found.Ports)
	if before.Port != "" && !slices.Contains(ports, before.Port) {
		ports = append(ports, before.Port)
	}
	if len(ports) == 0 {
		w.say("! no printer is there for %s: plug it in and run this again", role)
		return config.NamedPrinter{}, nil
	}
	standard := slices.Index(ports, before.Port) + 1
	if standard == 0 && role == config.TicketPrinter {
		standard = 1
	}
	at, err := w.choose("what prints "+role+"s", ports, standard)
	if err != nil || at < 0 {
		return config.NamedPrinter{}, err
	}
	profiles := dialect.Names(w.Before.Printer.Profiles...)
	profile, err := w.ask("its kind, of "+strings.Join(profiles, " "), or(before.Profile, w.Before.Printer.Profile), func(answer string) error {
		return among(answer, profiles, 1)
	})
	if err != nil {
		return config.NamedPrinter{}, err
	}
	p := config.NamedPrinter{Role: role, Port: ports[at], Baud: before.Baud, Profile: profile}
	w.tryPrinter(ctx, p)
	return p, nil
}

// tryPrinter asks a printer how it is. The page is printed once the booth runs.
func (w Walk) tryPrinter(ctx context.Context, p config.NamedPrinter) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	d, err := driver.Open(p, w.Before.Printer.Profiles, slog.New(slog.DiscardHandler))
	if err != nil {
		w.say("! %v", err)
		return
	}
	defer func() { _ = d.Close() }() // nothing was sent but a question
	s, err := d.Status(ctx)
	switch {
	case errors.Is(err, serial.ErrBusy):
		w.say("  kioskd has it open, and tries it when it is started anew")
	case err != nil:
		w.say("! it does not answer: %v", err)
	case !s.Ready():
		w.say("! it answers, and says: %v", s.Faults)
	default:
		w.say("  it answers, and is ready")
	}
}

// portal asks for the portal and the token, where the kiosk is not to stay as it is.
func (w Walk) portal(_ context.Context, a *Answers) (err error) {
	w.say("\nThe portal")
	a.Portal, err = w.ask("address, https://…; - where the kiosk is enrolled already", or(w.Before.Portal.URL, "-"), func(answer string) error {
		if u, err := url.Parse(answer); answer != "-" && (err != nil || u.Scheme != "https" || u.Host == "") {
			return errors.New("an address such as https://portal.hospital.example:8641")
		}
		return nil
	})
	if err != nil || a.Portal == "-" {
		a.Portal = ""
		return err
	}
	token, err := w.ask("token, typed or scanned", "", func(answer string) error {
		_, err := portal.ParseToken(answer)
		return err
	})
	a.Token = secret.NewText(token)
	return err
}
