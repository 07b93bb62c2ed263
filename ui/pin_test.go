package ui_test

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/ui"
)

// asking is the screen on which a PIN is typed.
func asking(seq uint64) kiosk.View {
	return kiosk.View{Seq: seq, Screen: kiosk.ScreenPIN, Language: "nl", Languages: []string{"nl"}, Buttons: []kiosk.Button{{Do: "pin", Text: "button.pin"}}}
}

// typed is the body of a request.
func typed(digits string) edit {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(digits))), int64(len(digits))
	}
}

// TestPIN: what was typed goes to the card's side and the press to the kiosk's, and
// nothing else is told of it; what is none, or comes late, goes nowhere.
func TestPIN(t *testing.T) {
	const pin = "739105"
	for _, c := range []struct {
		name, path, body string
		view             kiosk.View
		status           int
		taken            bool
	}{
		{"a PIN", "/pin?seq=7", pin, asking(7), 204, true},
		{"too short a one, which the card's side refuses", "/pin?seq=7", "12", asking(7), 204, true},
		{"nothing", "/pin?seq=7", "", asking(7), 204, true},
		{"twelve digits", "/pin?seq=7", "123456789012", asking(7), 204, true},
		{"thirteen", "/pin?seq=7", "1234567890123", asking(7), 400, false},
		{"very much", "/pin?seq=7", strings.Repeat("1", 5000), asking(7), 400, false},
		{"letters", "/pin?seq=7", "12a4", asking(7), 400, false},
		{"a form", "/pin?seq=7", "pin=1234", asking(7), 400, false},
		{"on an older view", "/pin?seq=6", pin, asking(7), 409, false},
		{"without a view", "/pin", pin, asking(7), 409, false},
		{"on another screen", "/pin?seq=7", pin, choosing(7), 409, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []secret.Bytes
			bubble(t, ui.Options{PIN: func(b secret.Bytes) { got = append(got, b) }}, func(r *rig) {
				r.Show(c.view)
				in := r.enter()
				if a := r.ask("POST", c.path, in, typed(c.body)); a.status != c.status {
					t.Errorf("%d, want %d", a.status, c.status)
				}
				if c.taken != (len(got) == 1) || c.taken && (string(got[0].Reveal()) != c.body || len(r.presses) != 1 || !reflect.DeepEqual(r.presses[0], kiosk.Press{Seq: 7, Do: "pin"})) {
					t.Errorf("%d came, the kiosk was told %v", len(got), r.presses)
				}
				if !c.taken && len(r.presses) > 0 {
					t.Errorf("the kiosk was told %v", r.presses)
				}
				if page := r.ask("GET", "/", in).body; strings.Contains(r.log.String()+page, pin) {
					t.Error("the digits are in the log or on the page")
				}
			})
		})
	}
}

// TestNoPIN: where the hospital has no keypad there is no such address, and a press
// without digits is none.
func TestNoPIN(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		r.Show(asking(7))
		in := r.enter()
		if a := r.ask("POST", "/pin?seq=7", in, typed("1234")); a.status != 404 && a.status != 405 {
			t.Errorf("it is answered %d", a.status)
		}
		if a := r.press(in, 7, "pin", ""); a.status != 409 || len(r.presses) != 0 {
			t.Errorf("a press without digits is answered %d", a.status)
		}
	})
}
