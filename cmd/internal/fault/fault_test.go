package fault

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTable: codes are words that stay, every title is there in each language, what
// explains a fault is one, and nothing explains itself by a way round.
func TestTable(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$|^development$`)
	seen := map[string]bool{}
	for _, f := range All() {
		if !form.MatchString(f.Code) || seen[f.Code] {
			t.Errorf("%s: no code, or there twice", f.Code)
		}
		seen[f.Code] = true
		for _, l := range []string{"nl", "fr", "de", "en"} {
			if f.Title.In(l) == "" {
				t.Errorf("%s has no title in %s", f.Code, l)
			}
		}
		if f.Do == "" || f.Severity != Error && f.Severity != Warning {
			t.Errorf("%s: says not what to do, or how bad it is", f.Code)
		}
		for _, a := range f.After {
			if rank(a) < 0 {
				t.Errorf("%s is explained by %s, which there is not", f.Code, a)
			}
		}
		if reaches(f.Code, f.Code, 0) {
			t.Errorf("%s explains itself", f.Code)
		}
	}
}

func reaches(from, to string, depth int) bool {
	f, _ := Of(from)
	for _, a := range f.After {
		if a == to || depth < len(all) && reaches(a, to, depth+1) {
			return true
		}
	}
	return false
}

// TestDocs: docs/faults.md has the table as it is. Set UPDATE=1 to write it anew.
func TestDocs(t *testing.T) {
	const path = "../../../docs/faults.md"
	head, _, found := strings.Cut(read(t, path), "| code |")
	if !found {
		t.Fatal("no table in docs/faults.md")
	}
	want := head + markdown()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, read(t, path)); diff != "" {
		t.Errorf("of the table (-) and in docs/faults.md (+):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func codes(list []Finding) (out []string) {
	for _, f := range list {
		out = append(out, string(f.State)+" "+f.Code+" "+f.Because)
	}
	return out
}

// TestArrange: a dead network is one fault, and stands before the paper that is low.
func TestArrange(t *testing.T) {
	got := Arrange([]Finding{
		Well("disk", "3 GB"), Found("worklist", "worklist-old", ""), Found("printer", "printer-paper-low", ""),
		Found("portal", "portal-away", ""), Found("network", "network-down", ""),
	})
	want := []string{
		"error network-down ", "warning printer-paper-low ", "explained portal-away network-down", "explained worklist-old network-down", "ok  ",
	}
	if diff := cmp.Diff(want, codes(got)); diff != "" {
		t.Error(diff)
	}
	if Worst(got) != Fails || Worst(got[1:]) != Warns || Worst(got[2:]) != Fine {
		t.Error("the worst is not the worst")
	}
}

// TestLasting: what passes in a moment is shown to nobody; what lasts is, since when it
// began; and what went and came again begins anew.
func TestLasting(t *testing.T) {
	var l Lasting
	at := time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC)
	mute := Found("printer", "printer-mute", "")
	began := time.Duration(0)
	shows := func(after time.Duration, present ...Finding) bool {
		shown := l.Shown(present, at.Add(after))
		if len(shown) > 0 && after-at.Add(after).Sub(shown[0].Since) != began {
			t.Errorf("after %v it has been there since %v", after, shown[0].Since)
		}
		return len(shown) > 0
	}
	for _, c := range []struct {
		after time.Duration
		there bool
		want  bool
	}{{0, true, false}, {19 * time.Second, true, false}, {20 * time.Second, true, true}, {21 * time.Second, false, false}, {22 * time.Second, true, false}, {42 * time.Second, true, true}} {
		if c.after == 22*time.Second {
			began = c.after
		}
		var present []Finding
		if c.there {
			present = append(present, mute)
		}
		if got := shows(c.after, present...); got != c.want {
			t.Errorf("after %v it shows: %v", c.after, got)
		}
	}
	if shown := l.Shown([]Finding{Found("queue", "queue-parked", "")}, at); len(shown) != 1 {
		t.Error("what needs not last is not shown at once")
	}
}

// markdown is the table for docs/faults.md.
func markdown() string {
	var b strings.Builder
	b.WriteString("| code | | title | shows after | hidden behind | what to do |\n|---|---|---|---|---|---|\n")
	for _, f := range all {
		lasts := "at once"
		if f.Lasts > 0 {
			lasts = strings.TrimSuffix(strings.TrimSuffix(f.Lasts.String(), "0s"), "0m")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s · %s · %s · %s | %s | %s | %s |\n",
			f.Code, f.Severity, f.Title.EN, f.Title.NL, f.Title.FR, f.Title.DE, lasts, strings.Join(f.After, ", "), f.Do)
	}
	return b.String()
}
