package ui_test

import (
	"strings"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/ui"
)

// typing is a screen on which two things are typed.
func typing(seq uint64) kiosk.View {
	return kiosk.View{
		Seq: seq, Screen: kiosk.ScreenAsk, Asks: "sample", Entry: 4, Language: "nl", Languages: []string{"nl", "fr"},
		Fields: []kiosk.Field{
			{Key: "code", Kind: kiosk.FieldCode, Label: "field.sample", Masked: true, Wrong: "field.wrong"},
			{Key: "birth", Kind: kiosk.FieldDate, Label: "field.sample-birth", Hint: "field.sample-birth-hint"},
		},
		Buttons: []kiosk.Button{{Do: "send", Text: "button.pin", Send: true}, {Do: "back", Text: "button.back"}},
	}
}

// TestTyped: what was typed goes to the kiosk with the button that sends it, and is on no
// page, in no stream and in no log; what nobody can type goes nowhere.
func TestTyped(t *testing.T) {
	const code, birth = "7KQ2XW", "31/12/1985"
	for _, c := range []struct {
		name, do, code, birth string
		seq                   uint64
		status                int
		values                int
	}{
		{"sent", "send", code, birth, 7, 204, 2},
		{"nothing typed", "send", "", "", 7, 204, 2},
		{"with a button that does not send", "back", code, birth, 7, 204, 0},
		{"with another language", "language", code, birth, 7, 204, 0},
		{"on an older view", "send", code, birth, 6, 409, 0},
		{"too long", "send", strings.Repeat("7", 13), birth, 7, 400, 0},
		{"a date that is longer than one", "send", code, birth + "0", 7, 400, 0},
		{"with a control character", "send", "7K\n", birth, 7, 400, 0},
		{"no text", "send", "\xff\xfe", birth, 7, 400, 0},
		{"very much", "send", strings.Repeat("7", 5000), birth, 7, 400, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, ui.Options{}, func(r *rig) {
				r.Show(typing(7))
				in := r.enter()
				events := r.stream(in)
				_, first, _ := events.next()
				choice := map[string]string{"language": "fr"}[c.do]
				a := r.ask("POST", "/press", in, form("seq", string(rune('0'+c.seq)), "do", c.do, "choice", choice,
					"value.code", c.code, "value.birth", c.birth, "value.other", "x"))
				if a.status != c.status {
					t.Errorf("%d, want %d", a.status, c.status)
				}
				told(t, r.presses, c.status == 204, c.values, c.code, c.birth)
				r.Show(typing(8))
				_, second, _ := events.next()
				everywhere := a.body + first + second + r.log.String() + r.ask("GET", "/", in).body
				for _, typed := range []string{c.code, c.birth} {
					if typed != "" && strings.Contains(everywhere, typed) {
						t.Error("what was typed came out")
					}
				}
			})
		})
	}
}

// told holds that the kiosk was told of the press, with what was typed or without.
func told(t *testing.T, presses []kiosk.Press, want bool, values int, code, birth string) {
	t.Helper()
	if want != (len(presses) == 1) {
		t.Fatalf("the kiosk was told %d presses", len(presses))
	}
	if !want {
		return
	}
	got := presses[0].Values
	if len(got) != values {
		t.Errorf("%d values came, want %d", len(got), values)
	}
	if values > 0 && (!got["code"].Equal(secret.NewText(code)) || !got["birth"].Equal(secret.NewText(birth))) {
		t.Error("something else came than was typed")
	}
}

// TestFieldsAreTied: each field has its name, how it is typed and what was wrong with it
// tied to it, keys of its own kind, and nothing in it; the first one's keys are shown.
func TestFieldsAreTied(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		r.Show(typing(7))
		page := elements(t, r.ask("GET", "/", r.enter()).body)
		inputs := all(page, has("data-field"))
		if len(inputs) != 2 || len(all(page, named("label"))) != 2 {
			t.Fatalf("%d fields", len(inputs))
		}
		code, birth := inputs[0].attr, inputs[1].attr
		if code["type"] != "password" || code["aria-invalid"] != "true" || code["aria-describedby"] != "wrong-code" || code["maxlength"] != "12" {
			t.Errorf("the code is %v", code)
		}
		if birth["type"] != "text" || birth["aria-describedby"] != "hint-birth" || birth["maxlength"] != "10" || has("aria-invalid")(inputs[1]) {
			t.Errorf("the date is %v", birth)
		}
		for _, id := range []string{"wrong-code", "hint-birth"} {
			if len(all(page, func(e *element) bool { return e.attr["id"] == id })) != 1 {
				t.Errorf("nothing is %s", id)
			}
		}
		for _, i := range inputs {
			if has("value")(i) {
				t.Error("a field has something in it")
			}
		}
		boards := all(page, has("data-board"))
		if len(boards) != 2 || has("hidden")(boards[0]) || !has("hidden")(boards[1]) {
			t.Errorf("%d keyboards", len(boards))
		}
	})
}

// TestKeysOfEachKind holds that everything a kind takes can be typed on the screen, in
// every language.
func TestKeysOfEachKind(t *testing.T) {
	for kind, needs := range map[kiosk.FieldKind]string{
		kiosk.FieldCode:   "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
		kiosk.FieldDate:   "0123456789",
		kiosk.FieldNumber: "0123456789",
		kiosk.FieldPhone:  "0123456789+",
		kiosk.FieldText:   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-' ",
		kiosk.FieldEmail:  "abcdefghijklmnopqrstuvwxyz0123456789@.-_+",
	} {
		for _, language := range []string{"nl", "fr", "de", "en"} {
			bubble(t, ui.Options{}, func(r *rig) {
				v := typing(7)
				v.Language, v.Fields = language, []kiosk.Field{{Key: "x", Kind: kind, Label: "field.x"}}
				r.Show(v)
				keys := map[string]bool{}
				for _, k := range all(elements(t, r.ask("GET", "/", r.enter()).body), has("data-key")) {
					keys[k.attr["data-key"]] = true
				}
				for _, symbol := range needs {
					if !keys[string(symbol)] {
						t.Errorf("%s %s: no key for %q", language, kind, symbol)
					}
				}
				if !keys[""] {
					t.Errorf("%s %s: nothing erases", language, kind)
				}
			})
		}
	}
}

// TestFieldsAreRead holds that a field, what was wrong with it and its keys are heard by
// whoever comes to them.
func TestFieldsAreRead(t *testing.T) {
	var heard []string
	bubble(t, ui.Options{Say: func(s ui.Speech) { heard = append(heard, s.Text.Reveal()) }}, func(r *rig) {
		r.Show(typing(7))
		in := r.enter()
		r.Headphones(true)
		pass(time.Second)
		if all := strings.Join(heard, " "); !strings.Contains(all, "field.sample") || !strings.Contains(all, "field.wrong") || !strings.Contains(all, "field.sample-birth-hint") {
			t.Errorf("heard %q", all)
		}
		for choice, want := range map[string]string{"birth": "field.sample-birth.", "K": "K", "": "Wis"} {
			heard = nil
			r.ask("POST", "/focus", in, form("seq", "7", "do", "type", "choice", choice))
			if len(heard) != 1 || heard[0] != want {
				t.Errorf("at %q one hears %q, want %q", choice, heard, want)
			}
		}
	})
}
