package portal_test

import (
	"strings"
	"testing"

	"balie/sync/portal"
)

func TestFoldCode(t *testing.T) {
	for typed, want := range map[string]string{
		"7KM2XD": "7KM2XD", "7km-2xd": "7KM2XD", " 7k m2 xd ": "7KM2XD", "oIl001": "011001", "7KM–2XD": "7KM2XD",
		"": "", "7KM2X": "", "7KM2XD9": "", "7KM2XU": "", "7KM2X!": "", strings.Repeat("-", 41): "",
	} {
		if got, ok := portal.FoldCode(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
}

// What is folded is made of symbols, and folds to itself.
func FuzzFoldCode(f *testing.F) {
	for _, typed := range []string{"7KM2XD", "o0iIlL", "7km 2xd", "ß", "\u00A0", "ſKM2XD"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := portal.FoldCode(typed)
		if !ok {
			return
		}
		if len(code) != portal.CodeLength || strings.ContainsAny(code, "ILOU") {
			t.Errorf("%q is %q", typed, code)
		}
		if again, ok := portal.FoldCode(code); !ok || again != code {
			t.Errorf("%q is %q, which is %q", typed, code, again)
		}
	})
}
