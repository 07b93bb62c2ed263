package ui_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"balie/kiosk"
	"balie/ui"
)

func TestPress(t *testing.T) {
	for _, c := range []struct {
		name, do, choice string
		seq              uint64
		status           int
	}{
		{"an appointment", "choose", "0", 7, 204},
		{"a way out", "stop", "", 7, 204},
		{"a language", "language", "fr", 7, 204},
		{"on an older view", "stop", "", 6, 409},
		{"on a view to come", "stop", "", 8, 409},
		{"what is not on the view", "confirm", "", 7, 409},
		{"what does not exist", "open-the-door", "", 7, 409},
		{"nothing", "", "", 7, 409},
		{"another appointment", "choose", "1", 7, 409},
		{"a language that there is not", "language", "tlh", 7, 409},
		{"the language that it is in", "language", "nl", 7, 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, ui.Options{}, func(r *rig) {
				r.Show(choosing(7))
				in := r.enter()
				if a := r.press(in, c.seq, c.do, c.choice); a.status != c.status {
					t.Errorf("%d, want %d", a.status, c.status)
				}
				want := kiosk.Press{Seq: c.seq, Do: c.do, Choice: c.choice}
				if c.status != 204 && len(r.presses) != 0 || c.status == 204 && (len(r.presses) != 1 || !reflect.DeepEqual(r.presses[0], want)) {
					t.Errorf("the kiosk was told %v", r.presses)
				}
			})
		})
	}
}

// TestFormIsRead holds that what is no form of ours is told from what is, and
// that a press in the address is none.
func TestFormIsRead(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		r.Show(choosing(7))
		in := r.enter()
		for name, edits := range map[string][]edit{
			"no number":     {form("do", "stop")},
			"a negative":    {form("seq", "-7", "do", "stop")},
			"too long":      {form("seq", "7", "do", "stop", "choice", strings.Repeat("x", 4096))},
			"bad escapes":   {form("seq", "7"), with("Content-Type", "application/x-www-form-urlencoded; %")},
			"JSON":          {form("seq", "7", "do", "stop"), with("Content-Type", "application/json")},
			"in no request": nil,
		} {
			if a := r.ask("POST", "/press", append(edits, in)...); a.status != 400 {
				t.Errorf("%s: %d", name, a.status)
			}
		}
		if a := r.ask("POST", "/press?seq=7&do=stop", in); a.status != 400 {
			t.Errorf("in the address: %d", a.status)
		}
		if a := r.ask("GET", "/press?seq=7&do=stop", in); a.status != 404 && a.status != 405 {
			t.Errorf("as a link: %d", a.status)
		}
		if len(r.presses) != 0 {
			t.Errorf("the kiosk was told %v", r.presses)
		}
	})
}

func TestAlive(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		r.Show(welcome(7))
		in := r.enter()
		r.stream(in).next()
		if !r.Alive().IsZero() {
			t.Error("a page that said nothing is alive")
		}
		if a := r.ask("POST", "/alive", in, form("seq", "6")); a.body != "7" || !r.Alive().IsZero() {
			t.Errorf("a page that hangs on an older view is answered %q and counts since %s", a.body, r.Alive())
		}
		begin := time.Now()
		if a := r.ask("POST", "/alive", in, form("seq", "7")); a.body != "7" || !r.Alive().Equal(begin) {
			t.Errorf("a page that shows the view is answered %q and counts since %s", a.body, r.Alive())
		}
	})
}

// TestBrowserOfADeveloperIsNoWindow holds that a tab that was left open does not
// keep a dead window from being noticed.
func TestBrowserOfADeveloperIsNoWindow(t *testing.T) {
	bubble(t, ui.Options{Development: true}, func(r *rig) {
		r.Show(welcome(7))
		if a := r.ask("POST", "/alive", form("seq", "7")); a.body != "7" || !r.Alive().IsZero() {
			t.Errorf("%q, alive since %s", a.body, r.Alive())
		}
	})
}

// TestReadingHelpEndsWithTheVisit holds that the next person finds the screen as
// everyone does, and that it stays as chosen as long as the visit goes on.
func TestReadingHelpEndsWithTheVisit(t *testing.T) {
	choose := func(r *rig, seq uint64, in edit) {
		r.press(in, seq, "contrast", "on")
		r.press(in, seq, "contrast", "on") // twice is once
		r.press(in, seq-1, "text-size", "on")
	}
	on := func(r *rig, in edit) bool {
		return strings.Contains(r.ask("GET", "/", in).body, `<html lang="nl" class="contrast large"`)
	}
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		r.Show(welcome(1))
		choose(r, 1, in)
		for seq, screen := range []kiosk.Screen{kiosk.ScreenReading, kiosk.ScreenChoose, kiosk.ScreenConfirm, kiosk.ScreenSaving, kiosk.ScreenDone} {
			v := welcome(uint64(seq + 2))
			v.Screen = screen
			r.Show(v)
			if !on(r, in) {
				t.Errorf("forgotten on %s", screen)
			}
		}
		r.Show(welcome(9))
		if on(r, in) {
			t.Error("the next person finds it")
		}
		choose(r, 9, in)
		v := welcome(10)
		v.Screen = kiosk.ScreenReading
		r.Show(v)
		v.Seq, v.Screen = 11, kiosk.ScreenDone
		r.Show(v)
		v.Seq, v.Screen = 12, kiosk.ScreenReading // the next card waited already
		r.Show(v)
		if on(r, in) {
			t.Error("the next in the queue finds it")
		}
		if len(r.presses) != 0 {
			t.Errorf("the kiosk was told %v", r.presses)
		}
	})
}

// TestReadingHelpIsForgotten holds that who walks away from the welcome screen
// leaves nothing.
func TestReadingHelpIsForgotten(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		r.Show(welcome(1))
		r.press(in, 1, "text-size", "on")
		s := r.stream(in)
		if _, page, _ := s.next(); !strings.Contains(page, `class="large"`) {
			t.Error("it is not shown")
		}
		pass(59 * time.Second)
		r.ask("POST", "/alive", in, form("seq", "1"))
		if a := r.ask("GET", "/", in); !strings.Contains(a.body, `class="large"`) {
			t.Error("forgotten too early")
		}
		pass(2 * time.Second)
		r.ask("POST", "/alive", in, form("seq", "1"))
		if _, page, _ := s.next(); !strings.Contains(page, `class=""`) {
			t.Error("not forgotten")
		}
	})
}

// TestNothingIsTold holds that a person is on the page and nowhere else: not in a
// header, not in an address that a page names, not in the log, whatever is asked.
func TestNothingIsTold(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		r.Show(choosing(7))
		page := r.ask("GET", "/", in)
		if !strings.Contains(page.body, canary) {
			t.Fatal("the person is not greeted, so that this proves nothing")
		}
		for _, address := range addresses(page.body) {
			if strings.Contains(address, canary) {
				t.Errorf("the page names %q", address)
			}
		}
		answers := []answer{
			page, r.ask("GET", "/"+canary, in), r.ask("GET", "/"+canary), r.ask("GET", "/?"+canary),
			r.ask("GET", "/", with("Host", canary)), r.ask("GET", "/", in, with("Origin", "http://"+canary)),
			r.ask("GET", "/", bearer(canary)), r.ask(canary, "/", in), r.press(in, 7, canary, canary), r.press(in, 6, "choose", canary),
			r.ask("POST", "/alive", in, form("seq", canary)), r.ask("GET", "/nothing", in),
		}
		for i, a := range answers {
			for key, values := range a.header {
				if strings.Contains(strings.Join(values, " "), canary) {
					t.Errorf("answer %d: %s: %v", i, key, values)
				}
			}
			if i > 0 && strings.Contains(a.body, canary) {
				t.Errorf("answer %d says %q", i, a.body)
			}
		}
		if log := r.log.String(); strings.Contains(log, canary) || !strings.Contains(log, "screen refused") {
			t.Errorf("the log:\n%s", log)
		}
	})
}

// addresses are those that a page names.
func addresses(page string) []string {
	var list []string
	for _, attribute := range []string{` href="`, ` src="`, ` action="`} {
		for _, after := range strings.Split(page, attribute)[1:] {
			address, _, _ := strings.Cut(after, `"`)
			list = append(list, address)
		}
	}
	return list
}
