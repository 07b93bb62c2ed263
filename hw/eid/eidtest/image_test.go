package eidtest_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// onDisk are the ways in which a card's files may be written down.
func onDisk() map[string]func(t *testing.T, c *eidtest.Card) string {
	return map[string]func(t *testing.T, c *eidtest.Card) string{
		"folder of names": func(t *testing.T, c *eidtest.Card) string {
			return folder(t, c, func(p eidtest.Path) string { return p.String() + ".bin" })
		},
		"folder of paths": func(t *testing.T, c *eidtest.Card) string {
			return folder(t, c, func(p eidtest.Path) string { return "3F00_" + strings.ReplaceAll(string(p), "/", "_") })
		},
		"folder of identifiers": func(t *testing.T, c *eidtest.Card) string {
			return folder(t, c, func(p eidtest.Path) string { return strings.ToLower(string(p[len(p)-4:])) + ".tlv" })
		},
		"folders": func(t *testing.T, c *eidtest.Card) string {
			return folder(t, c, func(p eidtest.Path) string { return "3F00/" + string(p) + ".bin" })
		},
		"JSON": func(t *testing.T, c *eidtest.Card) string {
			content := map[string]string{"3F00/DF01/4037": "00"} // which a read does not need
			for _, p := range paths() {
				content["3F00/"+string(p)] = base64.StdEncoding.EncodeToString(c.File(p))
			}
			text, err := json.Marshal(map[string]any{"atr": hex.EncodeToString(c.ATR()), "card_data": hex.EncodeToString(c.Data()), "files": content})
			if err != nil {
				t.Fatal(err)
			}
			return written(t, text)
		},
		"XML": func(t *testing.T, c *eidtest.Card) string {
			text := fmt.Sprintf("<?xml version=\"1.0\"?><card><type>beid</type><chipNumber>%X</chipNumber><versionNumber>%X</versionNumber><atr>%X</atr>",
				c.Data()[:16], c.Data()[16:27], c.ATR())
			for _, p := range paths() {
				text += fmt.Sprintf("<file><id>3F00%s</id><content>\n%X\n</content></file>", strings.ReplaceAll(string(p), "/", ""), c.File(p))
			}
			return written(t, []byte(text+"</card>"))
		},
	}
}

// paths are the files that a read of a card needs.
func paths() []eidtest.Path {
	return []eidtest.Path{
		eidtest.FileAuthentication, eidtest.FileSignature, eidtest.FileCA, eidtest.FileRoot, eidtest.FileRRN, eidtest.FileIdentity,
		eidtest.FileIdentitySignature, eidtest.FileAddress, eidtest.FileAddressSignature, eidtest.FilePhoto,
	}
}

func written(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "card")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func folder(t *testing.T, c *eidtest.Card, name func(eidtest.Path) string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string][]byte{"atr.bin": c.ATR(), "card_data.bin": c.Data(), "README": []byte("a note")}
	for _, p := range paths() {
		files[name(p)] = c.File(p)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestImage: a card that is played from its files is read as the one that they were
// taken from, but that it cannot prove to be no copy.
func TestImage(t *testing.T) {
	pki := quickPKI(t)
	for _, a := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17, eidtest.Applet17EC, eidtest.Applet18} {
		c := mint(t, pki, eidtest.Description{ID: "an", Given: "An", Family: "Peeters", Birth: "1984-05-17", Applet: a})
		for form, write := range onDisk() {
			i, err := eidtest.ReadImage(write(t, c))
			if err != nil {
				t.Fatalf("%s, %s: %v", a, form, err)
			}
			bare := i
			bare.ATR, bare.Data = nil, nil
			for _, i := range []eidtest.Image{i, bare} {
				copied, err := i.Card("copy")
				if err != nil || string(copied.ATR()) != string(c.ATR()) || string(copied.Data()) != string(c.Data()) {
					t.Fatalf("%s, %s: %X, %X, %v", a, form, copied.ATR(), copied.Data(), err)
				}
				same(t, c, copied)
			}
		}
	}
}

// same reads a card and its copy.
func same(t *testing.T, c, copied *eidtest.Card) {
	t.Helper()
	want := eid.Want{Address: true, Photo: true, Certificates: true}
	a, b := readWith(t, c, want), readWith(t, copied, want)
	if a.Checks != b.Checks || a.Identity.FamilyName.Reveal() != b.Identity.FamilyName.Reveal() || len(b.Photo) == 0 || a.Applet != b.Applet || a.Exchanges != b.Exchanges {
		t.Errorf("the copy is read as %+v, not %+v", b.Checks, a.Checks)
	}
	if a.Applet != "1.8" {
		return
	}
	if got := readWith(t, copied, eid.Want{Genuine: true}).Checks.Genuine; got != eid.Invalid {
		t.Errorf("the copy is genuine: %v", got)
	}
}

func readWith(t *testing.T, c *eidtest.Card, want eid.Want) eid.Record {
	t.Helper()
	trust, err := eid.NewTrust(eid.TrustOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := eid.Read(t.Context(), c, trust, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestNoImage: what is none is said, and what is half of one is played as it is.
func TestNoImage(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no card": "{}", "unknown key": `{"x": 1}`, "no file of a card": `{"files": {"DF05/1234": "00"}}`,
		"no bytes": `{"files": {"DF01/4031": "%"}}`, "another XML": "<eid><identity/></eid>", "half of it": "<card><file>",
		"a short ATR": `{"atr": "3B", "files": {"identity": "00"}}`, "short card data": `{"card_data": "0011", "files": {"identity": "00"}}`,
		"too long": `{"files": {"identity": "` + strings.Repeat("00", 40_000) + `"}}`,
	} {
		i, err := eidtest.ReadImage(written(t, []byte(text)))
		if err == nil {
			_, err = i.Card("x")
		}
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := eidtest.ReadImage(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("what is not there was taken")
	}
	if _, err := eidtest.ReadImage(t.TempDir()); err == nil {
		t.Error("an empty folder was taken")
	}
	i, err := eidtest.ReadImage(written(t, []byte(`{"files": {"4031": "0000"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Card("half"); err != nil {
		t.Errorf("an identity alone: %v", err)
	}
}
