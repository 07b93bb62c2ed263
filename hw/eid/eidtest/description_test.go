package eidtest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"balie/hw/eid/eidtest"
)

const described = `
id = "nele"
given = "Nele"
family = "Maes"
birth = "2017-03"
type = "06"
applet = "1.7-ec"
tries = 1

[flaws]
expired = true
flip = [{file = "identity", bit = 12}]
gone = ["photo", "DF01/4040"]

[faults]
pull_at = 7
status = [{at = 3, sw = "6A82"}]
`

func TestDecode(t *testing.T) {
	d, err := eidtest.Decode([]byte(described))
	if err != nil {
		t.Fatal(err)
	}
	tries := 1
	want := eidtest.Description{
		ID: "nele", Given: "Nele", Family: "Maes", Birth: "2017-03", Type: "06", Applet: eidtest.Applet17EC, Tries: &tries,
		Flaws: eidtest.Flaws{
			Expired: true, Flip: []eidtest.Flip{{File: eidtest.FileIdentity, Bit: 12}},
			Gone: []eidtest.Path{eidtest.FilePhoto, eidtest.FilePublicKey},
		},
		Faults: eidtest.Faults{PullAt: 7, Status: []eidtest.StatusAt{{At: 3, SW: 0x6A82}}},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("%+v", d)
	}
	again, err := eidtest.Decode([]byte(`{"id":"nele","given":"Nele","family":"Maes","birth":"2017-03","type":"06","applet":"1.7-ec","tries":1,
		"flaws":{"expired":true,"flip":[{"file":"identity","bit":12}],"gone":["photo","public_key"]},"faults":{"pull_at":7,"status":[{"at":3,"sw":"6A82"}]}}`))
	if err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("from JSON: %v %+v", err, again)
	}
}

func TestTrayComesBackFromTOML(t *testing.T) {
	for _, d := range eidtest.Tray() {
		var text strings.Builder
		if err := toml.NewEncoder(&text).Encode(d); err != nil {
			t.Fatal(err)
		}
		again, err := eidtest.Decode([]byte(text.String()))
		if err != nil || !reflect.DeepEqual(again, d) {
			t.Errorf("%s: %v\n%s", d.ID, err, text.String())
		}
	}
}

func TestDecodeTellsWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`nmae = "x"`:                   `unknown key "nmae"`,
		`{"nmae": "x"}`:                "nmae",
		`applet = "2.0"`:               `applet "2.0"`,
		`type = "passport"`:            `type "passport"`,
		`pin = "12"`:                   "PIN",
		`tries = 4`:                    "tries is 4",
		`birth = "3 maart"`:            `birth date "3 maart"`,
		`valid_to = "31.12.2030"`:      `date "31.12.2030"`,
		`language = "en"`:              `language "en"`,
		`photo_hash = "md5"`:           `photo hash "md5"`,
		"[flaws]\ngone = [\"wallet\"]": `no file "wallet"`,
		"[flaws]\nsizes = [{file=\"photo\", bytes=-1}]": "size -1",
		"[faults]\nstatus = [{at=1, sw=\"9\"}]":         `status word "9"`,
		`=`:                                             "card description",
	} {
		if _, err := eidtest.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestShapesOfFiles: birth dates as cards write them, kinds that differ, children
// too young for a certificate.
func TestShapesOfFiles(t *testing.T) {
	pki := quickPKI(t)
	for _, test := range []struct {
		d    eidtest.Description
		tag  byte
		want string
	}{
		{eidtest.Description{Birth: "2017-03-05"}, 0x0C, "05 MAAR 2017"},
		{eidtest.Description{Birth: "2017-03-05", Language: "fr"}, 0x0C, "05 MARS 2017"},
		{eidtest.Description{Birth: "1996-08-13", Language: "de"}, 0x0C, "13.AUG. 1996"},
		{eidtest.Description{Birth: "1950-01"}, 0x0C, "00 JAN 1950"},
		{eidtest.Description{Birth: "1984"}, 0x0C, "1984"},
		{eidtest.Description{BirthRaw: "   .   .1950", Birth: "1984"}, 0x0C, "   .   .1950"},
		{eidtest.Description{Sex: "F"}, 0x0D, "V"},
		{eidtest.Description{Sex: "F", Language: "fr"}, 0x0D, "F"},
		{eidtest.Description{Sex: "F", Language: "de"}, 0x0D, "W"},
		{eidtest.Description{Type: "06"}, 0x0F, "06"},
		{eidtest.Description{Tags: []eidtest.Tag{{Tag: 0x7B, Text: strings.Repeat("x", 600)}}}, 0x7B, strings.Repeat("x", 600)},
		{eidtest.Description{Tags: []eidtest.Tag{{Tag: 0x07}}, Family: "gone"}, 0x07, ""},
	} {
		if got := field(mint(t, pki, test.d).File(eidtest.FileIdentity), test.tag); string(got) != test.want {
			t.Errorf("%+v: tag %02X is %q", test.d, test.tag, got)
		}
	}
	for name, test := range map[string]struct {
		d    eidtest.Description
		file eidtest.Path
		zero int
	}{
		"no certificates":  {eidtest.Description{NoAuthentication: true}, eidtest.FileAuthentication, 2500},
		"opted out, 1.7":   {eidtest.Description{NoSignature: true, Applet: eidtest.Applet17}, eidtest.FileSignature, 1300},
		"Kids-ID":          {eidtest.Description{Type: "kids-id", Birth: "2012-01-01"}, eidtest.FileSignature, 2500},
		"Kids-ID, a child": {eidtest.Description{Type: "kids-id", Birth: "2025-01-01"}, eidtest.FileAuthentication, 2500},
	} {
		file := mint(t, pki, test.d).File(test.file)
		if len(file) != test.zero || strings.Trim(string(file), "\x00") != "" {
			t.Errorf("%s: %d bytes", name, len(file))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(described))
	f.Add([]byte(`{"id":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if d, err := eidtest.Decode(text); err == nil && d.Validate() != nil {
			t.Errorf("%q decodes to what is not valid", text)
		}
	})
}
