package papers_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"balie/kiosk/papers"
)

// TestRead: what a sample is written as is read as the same, and nothing else is.
func TestRead(t *testing.T) {
	for _, kind := range papers.Kinds() {
		if kind == "codecard" {
			continue // read as a slip, of which there is a file
		}
		text, err := json.Marshal(sample(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		p, err := papers.Read(kind, strings.NewReader(string(text)))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		again, err := json.Marshal(p)
		if err != nil || string(again) != string(text) {
			t.Errorf("%s was read as %s, %v", kind, again, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const hidden = "Kx7-Qm2"
	codes := strings.Repeat(`"AAAAAA",`, 23)
	for name, c := range map[string]struct{ kind, text, want string }{
		"empty":            {"ticket", "", "cut short"},
		"cut short":        {"password", `{"password":"` + hidden, "cut short"},
		"no JSON":          {"password", `{"password":` + hidden + `}`, "no JSON at byte"},
		"another type":     {"password", `{"password":["` + hidden + `"]}`, `"password" is no string`},
		"unknown key":      {"password", `{"pasword":"` + hidden + `"}`, "pasword"},
		"missing":          {"password", `{"hospital":"x","password":"` + hidden + `"}`, `"url" is missing`},
		"something behind": {"instructions", `{"hospital":"x","url":"y"} {}`, "something follows"},
		"23 codes":         {"codecard", `{"header":"a","title":"b","user":"c","password":"d","url":"e","codes":[` + strings.TrimSuffix(codes, ",") + `]}`, "not 24 codes"},
		"an empty code":    {"codecard", `{"header":"a","title":"b","user":"c","password":"d","url":"e","codes":[` + codes + `""]}`, "not 24 codes"},
		"no password":      {"codecard", `{"header":"a","title":"b","user":"c","url":"e","codes":[` + codes + `"BBBBBB"]}`, `"password" is missing`},
		"code without end": {"app", `{"hospital":"x","url":"y","registration":"` + hidden + `"}`, `"date" is missing`},
		"too many columns": {"test", `{"hospital":"x","profile":"","columns":101}`, "columns"},
		"too long":         {"ticket", strings.Repeat(" ", 70_000), "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := papers.Read(c.kind, strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, %v: expected %q", p, err, c.want)
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("the error tells of the data: %v", err)
			}
		})
	}
	if _, err := papers.Read("leaflet", strings.NewReader("{}")); !errors.Is(err, papers.ErrKind) {
		t.Errorf("a paper that there is not: %v", err)
	}
	if _, err := papers.Sample("leaflet", papers.Booth{}); !errors.Is(err, papers.ErrKind) {
		t.Errorf("a paper that there is not: %v", err)
	}
}

// TestRequestedLink: a link that is not made yet does not say that it is.
func TestRequestedLink(t *testing.T) {
	link := sample(t, "child-link").(papers.ChildLink)
	sheet := func() string {
		s, err := load(t, "epson-tm").Preview(link.Document(catalog(t), "en"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(s.Text()), " ")
	}
	if got := sheet(); !strings.Contains(got, "From now on") || strings.Contains(got, "not work yet") {
		t.Errorf("a link that is made: %s", got)
	}
	link.Requested = true
	if got := sheet(); strings.Contains(got, "From now on, the parent") || !strings.Contains(got, "not work yet") {
		t.Errorf("a link that is requested: %s", got)
	}
}

// TestOnlyTheAskingPerson: a form has nothing of the patient but lines to fill in.
func TestOnlyTheAskingPerson(t *testing.T) {
	for _, kind := range []string{"trusted-person", "representative", "revocation"} {
		if _, err := papers.Read(kind, strings.NewReader(`{"hospital":"x","name":"y","patient":"z"}`)); err == nil {
			t.Errorf("%s takes data of the patient", kind)
		}
	}
}
