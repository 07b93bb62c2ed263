package kiosk_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"balie/kiosk"
)

// TestNothingTells plays every visit and prints all there is of it in every way
// that one could by accident: no name and no number is in it.
func TestNothingTells(t *testing.T) {
	for _, v := range visits() {
		t.Run(v.name, func(t *testing.T) {
			var out strings.Builder
			v.hear = func(in kiosk.Input, s kiosk.State, effects []kiosk.Effect) {
				tell(&out, in)
				tell(&out, s)
				tell(&out, s.View())
				for _, e := range effects {
					tell(&out, e)
				}
			}
			v.play(t)
			if !strings.Contains(out.String(), "[secret]") {
				t.Error("nothing secret was printed at all")
			}
			silent(t, "what was printed", out.String())
		})
	}
}

// tell prints a value in every way.
func tell(out *strings.Builder, v any) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(out, verb+"\n", v)
		fmt.Fprintf(out, verb+"\n", &v)
	}
	if raw, err := json.Marshal(v); err == nil {
		out.Write(raw)
	}
	slog.New(slog.NewTextHandler(out, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(out, nil)).Info("x", "v", v)
}
