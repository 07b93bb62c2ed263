package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"balie/internal/secret"
)

const canary = "85073003328"

type holder struct {
	Public  secret.Text
	private secret.Text
	Raw     secret.Bytes
	raw     secret.Bytes
	List    []secret.Text
}

func hold() holder {
	return holder{
		Public: secret.NewText(canary), private: secret.NewText(canary),
		Raw: secret.NewBytes([]byte(canary)), raw: secret.NewBytes([]byte(canary)),
		List: []secret.Text{secret.NewText(canary)},
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	h := hold()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
		fmt.Fprintf(&out, verb+"\n", h.Public)
		fmt.Fprintf(&out, verb+"\n", h.private)
		fmt.Fprintf(&out, verb+"\n", h.Raw)
		fmt.Fprintf(&out, verb+"\n", h.raw)
		fmt.Fprintf(&out, verb+"\n", h.List)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("read", "card", h, "number", h.Public, "pin", h.Raw, "list", h.List)
	}
	asJSON, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	fmt.Fprintln(&out, fmt.Errorf("reading %v: %w", h.Public, errors.New("x")))
	if err := template.Must(template.New("").Parse("{{.Public}} {{.Raw}} {{.List}}")).Execute(&out, h); err != nil {
		t.Fatal(err)
	}
	for _, leaked := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprint([]byte(canary))} {
		if strings.Contains(out.String(), leaked) {
			t.Errorf("%q came out:\n%s", leaked, out.String())
		}
	}
}

func TestWipe(t *testing.T) {
	raw := []byte(canary)
	b := secret.NewBytes(raw)
	other := b
	b.Wipe()
	if !bytes.Equal(raw, make([]byte, len(canary))) {
		t.Errorf("memory still holds %q", raw)
	}
	if other.Len() != 0 || b.Reveal() != nil {
		t.Error("a copy still has the bytes")
	}
	secret.Bytes{}.Wipe()
}

func TestText(t *testing.T) {
	a, b := secret.NewText("x"), secret.NewText("x")
	if !a.Equal(b) || a.Reveal() != "x" || a.Empty() {
		t.Error("a text lost its value")
	}
	if !secret.NewText("").Empty() || (secret.Text{}).Reveal() != "" {
		t.Error("the empty text is not empty")
	}
}
