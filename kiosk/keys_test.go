package kiosk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/kiosk"
	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer"
)

// said collects the keys of the sentences that are asked for.
type said map[string]bool

// Get takes note of a key, as [kiosk.Texts].
func (s said) Get(_, key string, _ ...string) string {
	s[key] = true
	return key
}

// TestEverySentenceIsSaid holds the sentences against what is asked for in every
// visit, on every ticket and by the pages: none is missing, in any language, and
// none is left over.
func TestEverySentenceIsSaid(t *testing.T) {
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := said{}
	for _, v := range visits() {
		hang := v.hang
		v.hang = func(set *kiosk.Settings) {
			set.Texts = s
			if hang != nil {
				hang(set)
			}
		}
		for _, view := range v.play(t).views {
			s.view(view)
		}
	}
	s.faults(t)
	s.papers(t)
	for _, o := range openings() {
		s.view(opens(t, o[0], o[1]).s.View())
	}
	for _, week := range []string{"tu 08:00-09:00", "we 08:00-09:00"} {
		b := opens(t, week, "")
		b.play(press("stop", ""), pass(72*time.Hour), press("help", ""))
		s.view(b.s.View())
	}
	s.pages(t, catalog.Keys())
	for key := range s {
		if !catalog.Has(key) {
			t.Errorf("%s is asked for and in no language", key)
		}
	}
	for _, key := range catalog.Keys() {
		if !s[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

// view says what a view has the pages say.
func (s said) view(v kiosk.View) {
	if v.Screen == kiosk.ScreenNotice {
		s["notice."+v.Notice+".title"], s["notice."+v.Notice+".body"] = true, true
	} else if v.Screen == kiosk.ScreenAsk {
		s["ask."+v.Asks+".title"], s["ask."+v.Asks+".body"] = true, true
	} else if v.Screen == kiosk.ScreenWait {
		s["wait."+v.Wait+".title"], s["wait."+v.Wait+".body"] = true, true
	} else if v.Told.Title == "" {
		s["screen."+string(v.Screen)+".title"] = true
	}
	if v.Called != "" {
		s["call."+v.Called] = true
	}
	if v.Slip != "" {
		s["slip."+v.Slip] = true
	}
	for _, h := range v.Helpers {
		s["helper."+h.Kind] = true
		if o := h.Opening; o.State != "" {
			s["opening."+o.State] = true
		}
		if h.Opening.Day != "" {
			s["weekday."+h.Opening.Day] = true
		}
	}
	if v.Printed != "" {
		s["printed."+v.Printed] = true
	}
	if v.Tries > 0 {
		s["pin.tries"] = true
	}
	for _, o := range v.Out {
		s["out."+o] = true
	}
	for _, b := range v.Buttons {
		s[b.Text] = true
	}
	for _, f := range v.Fields {
		for _, key := range []string{f.Label, f.Hint, f.Wrong} {
			if key != "" {
				s[key] = true
			}
		}
	}
	for _, a := range v.Appointments {
		if a.State != "" {
			s["state."+a.State] = true
		}
	}
}

// faults says what each fault of a printer has the welcome screen say, those as well
// that it prints in spite of.
func (s said) faults(t *testing.T) {
	t.Helper()
	for _, f := range []printer.Fault{
		printer.CoverOpen, printer.PaperNearEnd, printer.PaperEnd, printer.CutterError, printer.HeadHot, printer.PaperJam,
		printer.Presenter, printer.TicketInside, printer.Offline, printer.Mute, printer.Unrecovered,
		printer.RibbonEnd, printer.HopperFull, printer.Cleaning,
	} {
		b := visit{acts: []act{printerIs(nil, f, printer.PaperNearEnd)}}.play(t)
		if out := b.s.View().Out; !slices.Contains(out, "printer-"+string(f)) {
			t.Errorf("with %s, out of order: %v", f, out)
		}
		s.view(b.s.View())
	}
}

// papers says what every kind of paper does, with all its data and with less.
func (s said) papers(t *testing.T) {
	t.Helper()
	for _, kind := range papers.Kinds() {
		paper, err := papers.Sample(kind, papers.Booth{})
		if err != nil {
			t.Fatal(err)
		}
		paper.Document(s, "nl")
	}
	booth := papers.Booth{Test: true}
	papers.Blocked{Booth: booth}.Document(s, "nl")
	papers.Password{Booth: booth}.Document(s, "nl")
	papers.ChildLink{Booth: booth, Requested: true}.Document(s, "nl")
}

// pages says what package ui says by itself. The kiosk may not import it, and so
// reads it.
func (s said) pages(t *testing.T, keys []string) {
	t.Helper()
	var sections []string
	for _, k := range keys {
		section, _, _ := strings.Cut(k, ".")
		sections = append(sections, section)
	}
	slices.Sort(sections)
	key := regexp.MustCompile(`"((?:` + strings.Join(slices.Compact(sections), "|") + `)\.[a-z.-]*[a-z])"`)
	files := sources(t, "../ui/*.go", "../ui/templates/*.html", "../ui/service/*.go", "../ui/service/assets/*.html", "../cmd/kioskd/technician.go", "info/*.go", "desk/*.go")
	for path, source := range files {
		for _, found := range key.FindAllStringSubmatch(source, -1) {
			s[found[1]] = true
		}
		if strings.Contains(source, `{{template "busy" .}}`) {
			s["screen."+strings.TrimSuffix(filepath.Base(path), ".html")+".body"] = true
		}
	}
}

// sources are the files that are no tests.
func sources(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("nothing matches %s: %v", pattern, err)
		}
		for _, p := range paths {
			if strings.HasSuffix(p, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			files[p] = string(raw)
		}
	}
	return files
}
