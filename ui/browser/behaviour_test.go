package browser

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/kiosk"
	"balie/ui/uitest"
)

// sample gives the view of this name, in Dutch.
func (r *rig) sample(name string) kiosk.View {
	r.t.Helper()
	samples := uitest.Samples("nl", r.catalog.Keys())
	i := slices.IndexFunc(samples, func(s uitest.Sample) bool { return s.Name == name })
	if i < 0 {
		r.t.Fatalf("no sample %s", name)
	}
	return samples[i].View
}

// focused is what the focus of the portrait page is on: a button by what it does,
// anything else by its element.
func (r *rig) focused() string {
	r.t.Helper()
	var what string
	r.do("focused", map[string]any{"page": "portrait"}, &what)
	return what
}

func (r *rig) key(name string) {
	r.t.Helper()
	r.do("press", map[string]any{"page": "portrait", "key": name}, nil)
}

func (r *rig) tap(selector string) {
	r.t.Helper()
	r.do("tap", map[string]any{"page": "portrait", "selector": selector}, nil)
}

// tabs presses the key as often as there are things to come to, and gives them.
func (r *rig) tabs(n int) []string {
	r.t.Helper()
	var list []string
	for range n {
		r.key("Tab")
		list = append(list, r.focused())
	}
	return list
}

func (r *rig) pressed(want kiosk.Press) {
	r.t.Helper()
	select {
	case p := <-r.presses:
		if !reflect.DeepEqual(p, want) {
			r.t.Errorf("the kiosk was told %v, want %v", p, want)
		}
	case <-time.After(5 * time.Second):
		r.t.Error("the kiosk was told nothing")
	}
}

// TestKeyboard holds that everything can be reached and pressed without touching
// the screen, in the order it is read, beginning at the question.
func TestKeyboard(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("choose"), "")
	if f := r.focused(); f != "h1" {
		t.Errorf("a new screen begins at %s, want its question", f)
	}
	want := []string{
		"choose 0", "choose 1", "later", "stop", "help", "language nl", "language fr", "language de", "language en", "contrast on", "text-size on", "speech on",
	}
	if got := r.tabs(len(want)); !slices.Equal(got, want) {
		t.Errorf("the order is %v, want %v", got, want)
	}
	r.show(r.sample("confirm"), "")
	r.tabs(1)
	r.key("Enter")
	r.pressed(kiosk.Press{Seq: r.seq, Do: "confirm"})
}

// TestFocusIsSaid holds that a button is said when one comes to it with a key, and that a
// screen that comes by itself is said once and not broken off.
func TestFocusIsSaid(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("choose"), "")
	r.tap(`[data-do="speech"]`)
	r.hears("Dit scherm wordt voorgelezen.")
	r.show(r.sample("confirm"), "")
	r.hears("Dag An B. Komt u voor deze afspraak?")
	r.key("Tab")
	r.hears("Knop: Ja, ik ben er.")
	r.key("Tab")
	r.hears("Knop: Stoppen.")
}

// TestToolsOfSpeechFit holds the buttons of who listens, in every language, plain and
// large, to the same measures as every screen.
func TestToolsOfSpeechFit(t *testing.T) {
	for _, language := range uitest.Languages() {
		r := newRig(t)
		v := r.sample("confirm")
		v.Language = language
		r.show(v, "")
		r.prefer(language, "large")
		r.tap(`[data-do="speech"]`)
		r.do("wait", map[string]any{"page": "square", "selector": `[data-do="volume-up"]`}, nil)
		for _, page := range []string{"portrait", "landscape"} {
			r.do("wait", map[string]any{"page": page, "selector": `[data-do="volume-up"]`}, nil)
		}
		for _, bad := range r.list("measure", map[string]any{"large": true}) {
			t.Errorf("%s: %s", language, bad)
		}
	}
}

// hears waits for what is said next, silence left out.
func (r *rig) hears(begins string) {
	r.t.Helper()
	limit := time.NewTimer(5 * time.Second)
	defer limit.Stop()
	for {
		select {
		case s := <-r.heard:
			if s.Text.Empty() {
				continue
			}
			if !strings.HasPrefix(s.Text.Reveal(), begins) {
				r.t.Errorf("heard %q, want %q", s.Text.Reveal(), begins)
			}
			return
		case <-limit.C:
			r.t.Fatalf("in vain: %q", begins)
		}
	}
}

// TestFocusStaysWithItsButton holds that a view that is pushed anew takes nobody
// from where they are, and that another screen does.
func TestFocusStaysWithItsButton(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("choose"), "")
	r.tabs(2)
	r.show(r.sample("choose"), "")
	if f := r.focused(); f != "choose 1" {
		t.Errorf("the same screen, pushed again, moves the focus to %s", f)
	}
	r.tabs(8)
	r.key("Enter")
	r.shown("nl", "contrast")
	if f := r.focused(); f != "contrast off" {
		t.Errorf("after pressing for contrast the focus is on %s", f)
	}
	r.show(r.sample("confirm"), "contrast")
	if f := r.focused(); f != "h1" {
		t.Errorf("another screen begins at %s", f)
	}
}

// TestQuestionHoldsTheFocus holds that nothing behind "are you still there?" can
// be pressed.
func TestQuestionHoldsTheFocus(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("choose-asking"), "")
	if f := r.focused(); f != "h2" {
		t.Errorf("the question is asked with the focus on %s", f)
	}
	for _, f := range r.tabs(6) {
		if f != "stay" && f != "stop" && f != "body" { // the browser's own turn round passes its frame
			t.Errorf("behind the question, %s can be come to", f)
		}
	}
	r.tap(`.asking [data-do="stay"]`)
	r.pressed(kiosk.Press{Seq: r.seq, Do: "stay"})
}

// TestOneTapIsOnePress holds that a hand which taps twice presses once.
func TestOneTapIsOnePress(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("confirm"), "")
	r.do("taps", map[string]any{"page": "portrait", "selector": `[data-do="confirm"]`, "times": 2}, nil)
	r.pressed(kiosk.Press{Seq: r.seq, Do: "confirm"})
	r.show(r.sample("done"), "")
	r.tap(`[data-do="stop"]`)
	r.pressed(kiosk.Press{Seq: r.seq, Do: "stop"}) // and not confirm again
}

// TestReloadShowsTheSame holds that a page which begins anew comes in by its
// cookie and shows what it showed.
func TestReloadShowsTheSame(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("done"), "")
	var status int
	r.do("reload", map[string]any{"page": "portrait"}, &status)
	if status != 200 {
		t.Errorf("a reload is answered %d", status)
	}
	r.shown("nl", "")
	r.show(r.sample("welcome"), "")
	for _, e := range r.list("errors", nil) {
		t.Errorf("on the page: %s", e)
	}
}

// TestLostConnectionIsSaid holds that a page whose daemon went says so, and shows
// the present view as soon as it is back.
func TestLostConnectionIsSaid(t *testing.T) {
	r := newRig(t)
	r.show(r.sample("welcome"), "")
	r.hang.Store(true)
	r.http.CloseClientConnections()
	r.do("wait", map[string]any{"page": "portrait", "selector": "[data-lost]"}, nil)
	r.server.Show(kiosk.View{Seq: 99, Screen: kiosk.ScreenClosed, Language: "nl"})
	r.hang.Store(false)
	r.do("wait", map[string]any{"page": "portrait", "selector": "[data-lost]", "state": "hidden"}, nil)
	r.do("wait", map[string]any{"page": "portrait", "selector": `[data-seq="99"] [data-screen="closed"]`}, nil)
}

// TestCardMoves holds that the picture shows what to do with the card, and stands
// still for whoever wants it to.
func TestCardMoves(t *testing.T) {
	r := newRig(t)
	moving := func(motion string) (n int) {
		r.do("moving", map[string]any{"page": "portrait", "motion": motion}, &n)
		return n
	}
	r.show(r.sample("welcome"), "")
	if n := moving("no-preference"); n == 0 {
		t.Error("nothing moves on the welcome screen")
	}
	if n := moving("reduce"); n != 0 {
		t.Errorf("%d things move for who wants less motion", n)
	}
	r.prefer("nl", "contrast")
	if n := moving("no-preference"); n != 0 {
		t.Errorf("%d things move with more contrast", n)
	}
}
