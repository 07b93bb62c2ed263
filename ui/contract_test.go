package ui_test

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"balie/kiosk"
	"balie/kiosk/text"
	"balie/ui"
	"balie/ui/uitest"
)

// element is one of a page, with what stands in it.
type element struct {
	name string
	attr map[string]string
	text string
}

// elements are those of a page, in order; a page that does not nest fails.
func elements(t *testing.T, page string) []*element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var list, open []*element
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("the page does not nest: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			list, open = append(list, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
}

func has(attribute string) func(*element) bool {
	return func(e *element) bool { _, ok := e.attr[attribute]; return ok }
}

func named(name string) func(*element) bool {
	return func(e *element) bool { return e.name == name }
}

func all(list []*element, want func(*element) bool) []*element {
	return slices.DeleteFunc(slices.Clone(list), func(e *element) bool { return !want(e) })
}

// TestPageIsAsAgreed holds what the script, the tests of the browser and the
// simulator find a page by: its marks, in every language.
func TestPageIsAsAgreed(t *testing.T) {
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range text.Languages() {
		t.Run(language, func(t *testing.T) {
			bubble(t, ui.Options{Hospital: ui.Hospital{Name: "Ziekenhuis", Phone: "+32 16 00 00 00"}}, func(r *rig) {
				in, shown := r.enter(), map[kiosk.Screen]bool{}
				for _, s := range uitest.Samples(language, catalog.Keys()) {
					r.Show(s.View)
					page := r.ask("GET", "/", in).body
					shown[s.View.Screen] = true
					agreed(t, s, elements(t, page))
					for _, key := range catalog.Keys() {
						if strings.Contains(page, ">"+key+"<") {
							t.Errorf("%s shows the key %s", s.Name, key)
						}
					}
				}
				if len(shown) != 21 {
					t.Errorf("%d screens were looked at", len(shown))
				}
			})
		})
	}
}

func agreed(t *testing.T, s uitest.Sample, page []*element) {
	t.Helper()
	root, main := page[0], all(page, has("data-screen"))
	if root.attr["lang"] != s.View.Language || root.attr["data-seq"] == "" {
		t.Errorf("%s: html is %v", s.Name, root.attr)
	}
	if len(main) != 1 || main[0].name != "main" || main[0].attr["data-screen"] != string(s.View.Screen) || main[0].attr["data-notice"] != s.View.Notice {
		t.Errorf("%s: main is not marked as its screen", s.Name)
		return
	}
	if heads := all(page, named("h1")); len(heads) != 1 || strings.TrimSpace(heads[0].text) == "" {
		t.Errorf("%s: %d headings", s.Name, len(heads))
	}
	if _, inert := main[0].attr["inert"]; inert != s.View.Asking {
		t.Errorf("%s: what is behind the question: inert %t, asking %t", s.Name, inert, s.View.Asking)
	}
	if lost := all(page, has("data-lost")); len(lost) != 1 || !has("hidden")(lost[0]) {
		t.Errorf("%s: the page cannot say that its daemon is lost", s.Name)
	}
	if says := all(page, func(e *element) bool {
		_, said := e.attr["data-say"]
		return said && strings.HasPrefix(e.attr["class"], "warning")
	}); s.View.Called != "" && len(says) == 0 {
		t.Errorf("%s: it does not say how the call stands", s.Name)
	}
	buttonsAgree(t, s, page)
	for _, e := range page {
		for name := range e.attr {
			if name == "style" || strings.HasPrefix(name, "on") {
				t.Errorf("%s: %s has %s, which the policy does not let work", s.Name, e.name, name)
			}
		}
	}
}

// buttonsAgree holds that there is a button for each thing that the view offers,
// with words on it, and for nothing else but how one likes to read.
func buttonsAgree(t *testing.T, s uitest.Sample, page []*element) {
	t.Helper()
	want := map[string]bool{"contrast on": true, "text-size on": true}
	for _, b := range s.View.Buttons {
		want[strings.TrimSpace(b.Do+" "+b.Choice)] = true
	}
	for _, language := range s.View.Languages {
		want["language "+language] = true
	}
	got := map[string]int{}
	keys, typing := 0, 0
	for _, b := range all(page, named("button")) {
		if has("data-digit")(b) || has("data-erase")(b) {
			keys++
			continue
		}
		if has("data-key")(b) {
			typing++
			continue
		}
		does := strings.TrimSpace(b.attr["data-do"] + " " + b.attr["data-choice"])
		got[does]++
		if !want[does] {
			t.Errorf("%s: a button that nobody offered: %q", s.Name, does)
		}
		if strings.TrimSpace(b.text) == "" || b.attr["type"] != "button" {
			t.Errorf("%s: the button %q says nothing, or sends a form", s.Name, does)
		}
	}
	if pad := s.View.Screen == kiosk.ScreenPIN; pad != (keys == 11) || !pad && keys != 0 {
		t.Errorf("%s: %d keys for a PIN", s.Name, keys)
	}
	// Whoever is at the desk has a keyboard.
	if asks := len(s.View.Fields) > 0; (asks && s.View.Staff == nil) != (typing > 0) || asks != (len(all(page, has("data-field"))) > 0) {
		t.Errorf("%s: %d keys for %d fields", s.Name, typing, len(s.View.Fields))
	}
	for does := range want {
		most := 1
		if s.View.Asking && does == "stop" {
			most = 2 // the one behind the question is inert
		}
		if n := got[does]; n < 1 || n > most {
			t.Errorf("%s: %d buttons for %q", s.Name, n, does)
		}
	}
}
