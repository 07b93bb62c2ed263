package browser

import (
	"reflect"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/ui/uitest"
)

// typing is a screen on which a code and a date are typed.
func typing() kiosk.View {
	return kiosk.View{
		Screen: kiosk.ScreenAsk, Asks: "sample", Entry: 1, Language: "nl", Languages: uitest.Languages(), EndsAt: time.Now(),
		Fields: []kiosk.Field{
			{Key: "code", Kind: kiosk.FieldCode, Label: "field.code", Max: 6},
			{Key: "birth", Kind: kiosk.FieldDate, Label: "field.birth"},
		},
		Buttons: []kiosk.Button{{Do: "send", Text: "button.pin", Send: true}, {Do: "back", Text: "button.back"}},
	}
}

func (r *rig) sent(do string, values map[string]string) {
	r.t.Helper()
	select {
	case p := <-r.presses:
		got := map[string]string{}
		for key, value := range p.Values {
			got[key] = value.Reveal()
		}
		if p.Do != do || !reflect.DeepEqual(got, values) {
			r.t.Errorf("%s came with other values, or %s, which is wanted", p.Do, do)
		}
	case <-time.After(5 * time.Second):
		r.t.Error("the kiosk was told nothing")
	}
}

// value is what stands in a field.
func (r *rig) value(field string) string {
	r.t.Helper()
	var text string
	r.do("value", map[string]any{"page": "portrait", "selector": `[data-field="` + field + `"]`}, &text)
	return text
}

// TestTyping types with the keys on the screen and with those of a keyboard, and holds
// that what was typed outlives a screen that is drawn anew, and nothing else.
func TestTyping(t *testing.T) {
	r := newRig(t)
	r.show(typing(), "")
	for _, key := range []string{"7", "K", "K", ""} {
		r.tap(`[data-board="code"] [data-key="` + key + `"]`)
	}
	for _, key := range []string{"q", "2"} { // the focus is on the question
		r.key(key)
	}
	if got := r.value("code"); got != "7KQ2" {
		t.Errorf("the code is %q", got)
	}
	r.key("Enter")
	for _, key := range []string{"3", "1", "1", "2", "1", "9", "8", "5"} {
		r.tap(`[data-board="birth"] [data-key="` + key + `"]`)
	}
	if got, at := r.value("birth"), r.focused(); got != "31/12/1985" || at != "input" {
		t.Errorf("the date is %q, the focus on %s", got, at)
	}
	asking := typing()
	asking.Asking = true
	asking.Buttons = append(asking.Buttons, kiosk.Button{Do: "stay", Text: "button.stay"})
	r.show(asking, "")
	r.show(typing(), "")
	r.tap(`[data-field="birth"]`)
	r.key("Enter")
	r.sent("send", map[string]string{"code": "7KQ2", "birth": "31/12/1985"})
	wrong := typing()
	wrong.Entry, wrong.Fields[0].Wrong = 2, "field.wrong"
	r.show(wrong, "")
	if r.value("code")+r.value("birth") != "" {
		t.Error("what was wrong still stands there")
	}
	r.tap(`[data-board="code"] [data-key="Z"]`)
	r.tap(`[data-do="back"]`)
	r.sent("back", map[string]string{})
	r.do("reload", map[string]any{"page": "portrait"}, nil)
	if r.value("code") != "" {
		t.Error("a page that was loaded anew has something in a field")
	}
}

// TestFieldsFit holds every kind of field and its keys to the measures of every screen.
func TestFieldsFit(t *testing.T) {
	for _, classes := range []string{"", "large"} {
		r := newRig(t)
		for _, kind := range []kiosk.FieldKind{kiosk.FieldCode, kiosk.FieldDate, kiosk.FieldText, kiosk.FieldNumber, kiosk.FieldPhone, kiosk.FieldEmail} {
			v := typing()
			v.Person = secret.NewText("An B.")
			v.Fields = []kiosk.Field{{Key: "x", Kind: kind, Label: "button.print", Hint: "notice.pin-short.title", Wrong: "notice.pin-short.title"}}
			r.see(v, classes)
			r.judgeScreen("ask-"+string(kind), classes, "nl")
			r.picture("ask-"+string(kind), "nl", classes)
		}
	}
}
