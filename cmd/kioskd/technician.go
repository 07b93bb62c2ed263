package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/doctor"
	"balie/cmd/internal/fault"
	"balie/hw/eid"
	"balie/internal/secret"
	"balie/printer"
	"balie/ui/service"
)

// technician is what the technician's page shows and tries.
type technician struct {
	b     *booth
	panel panel
}

var _ service.Booth = technician{}

// buildTechnician makes the technician's page.
func (b *booth) buildTechnician() (*service.Page, error) {
	return service.New(service.Options{
		Texts: b.texts, Language: func() string { return b.live.config().Booth.Languages[0] },
		Booth: technician{b: b, panel: newPanel(b.config.Speech)}, Right: b.codeFile().right, Log: b.log,
	})
}

// Lines are the parts, with the titles of faults in a language.
func (t technician) Lines(ctx context.Context, language string) ([]service.Line, error) {
	s, err := t.b.Status(ctx)
	if err != nil {
		return nil, err
	}
	var lines []service.Line
	present := append(doctor.OfDaemon(s, t.b.health.asked(), time.Now()), doctor.OfMachine(t.b.config, s.Portal.URL)...)
	for _, f := range fault.Arrange(doctor.Lasted(present, s.Faults)) {
		of, _ := fault.Of(f.Code)
		line := service.Line{State: string(f.State), Part: f.Part, Title: of.Title.In(language), Fact: f.Fact, Do: f.Do}
		if f.Code == "" {
			line.Title = ""
		}
		if f.State == fault.Explained {
			cause, _ := fault.Of(f.Because)
			line.Do = "← " + cause.Title.In(language)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Actions are what this booth has something for.
func (t technician) Actions(language string) (list []service.Action) {
	say := func(key string) string { return t.b.texts.Get(language, key) }
	names := []string{}
	for name := range t.b.devices {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, service.Action{ID: "print:" + name, Label: say("technician.print") + " (" + name + ")"})
	}
	list = append(list, service.Action{ID: "read", Label: say("technician.read")})
	for _, id := range t.panel.can() {
		list = append(list, service.Action{ID: id, Label: say(labels[id])})
	}
	if os.Getenv("INVOCATION_ID") != "" { // systemd starts it again, systemd.exec(5)
		list = append(list, service.Action{ID: "restart", Label: say("technician.restart")})
	}
	return list
}

// Do tries one.
func (t technician) Do(ctx context.Context, id, language string) (string, error) {
	say := func(key string) string { return t.b.texts.Get(language, key) }
	if name, is := strings.CutPrefix(id, "print:"); is {
		return t.print(ctx, name, language)
	}
	switch id {
	case "read":
		return say(t.read(ctx)), nil
	case "restart":
		return say("technician.restarting"), syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}
	return t.panel.do(ctx, id)
}

func (t technician) print(ctx context.Context, name, language string) (string, error) {
	p, err := t.b.Print(ctx, control.Order{Kind: "test", Language: language, Printer: name})
	if err != nil {
		return "", err
	}
	said := []string{p.Outcome}
	for _, f := range p.Faults {
		of, _ := fault.Of(doctor.PrinterFault(string(printer.Fault(f))))
		said = append(said, of.Title.In(language))
	}
	return strings.Join(said, ": "), nil
}

// read reads the card that is in the patient's reader, and gives what to say: whether it
// was read and is genuine, and nothing of whose it is.
func (t technician) read(ctx context.Context) string {
	health, err := t.b.kiosk.Health(ctx)
	if err != nil {
		return "technician.card-fails"
	}
	for _, r := range health.Readers {
		if !r.Card {
			continue
		}
		record, err := t.b.readers.Read(ctx, r.Name, func(eid.Identity) {})
		switch {
		case err != nil:
			return "technician.card-fails"
		case !record.Checks.Verified():
			return "technician.card-bad"
		}
		return "technician.card-good"
	}
	return "technician.no-card"
}

// SetCode sets the technician's code; an empty one closes the page.
func (b *booth) SetCode(_ context.Context, code secret.Text) error {
	return b.codeFile().set(code)
}

func (b *booth) codeFile() codeFile { return codeFile{path: b.state("code.json")} }

// errShortCode is a code that could be found by trying.
var errShortCode = errors.New("a code has 6 to 12 digits, and not one digit only")

// checkCode tells whether a code is one.
func checkCode(code string) error {
	if len(code) < 6 || len(code) > 12 || strings.Trim(code, "0123456789") != "" || strings.Count(code, code[:1]) == len(code) {
		return control.BadRequest(errShortCode)
	}
	return nil
}

// labels are what the panel's buttons say.
var labels = map[string]string{
	"louder": "technician.louder", "quieter": "technician.quieter", "brighter": "technician.brighter", "darker": "technician.darker",
}

// panel is the screen's light and the sound of this machine, as far as there are any.
type panel struct {
	light backlight
	sound mixer
}

func newPanel(c config.Speech) panel {
	return panel{light: backlight{dir: "/sys/class/backlight"}, sound: newMixer(c)}
}

// can are the things that can be done.
func (p panel) can() (list []string) {
	if p.sound.device != "" {
		list = append(list, "louder", "quieter")
	}
	if p.light.there() {
		list = append(list, "brighter", "darker")
	}
	return list
}

func (p panel) do(ctx context.Context, id string) (string, error) {
	switch id {
	case "louder":
		return p.sound.change(ctx, "5%+")
	case "quieter":
		return p.sound.change(ctx, "5%-")
	case "brighter":
		return p.light.change(+1)
	case "darker":
		return p.light.change(-1)
	}
	return "", fmt.Errorf("nothing is done by %q", id)
}
