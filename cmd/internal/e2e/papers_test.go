package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPapersAreOrdered: a technician has papers printed at a booth that runs, and the
// desk fetches a letter.
func TestPapersAreOrdered(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, nil)
	if out, code := r.kioskctl(t, "print", "ticket", "--lang", "fr"); code != 0 || !strings.HasPrefix(out, "confirmed") {
		t.Errorf("print ticket ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "print", "codecard", "--printer", "ticket"); code != 0 || !strings.HasPrefix(out, "confirmed") {
		t.Errorf("print codecard ends with %d and says %q", code, out)
	}
	papers, err := r.Papers(t.Context())
	if r.must(err); len(papers) != 2 || !strings.Contains(papers[0].Text, "TEST") || !strings.Contains(papers[1].Text, "24 ") || len(papers[1].QR) != 1 {
		t.Errorf("the papers are %+v", papers)
	}
	if out, code := r.kioskctl(t, "print", "ticket", "--printer", "none"); code != 3 {
		t.Errorf("on a printer that there is not, print ends with %d and says %q", code, out)
	}
	r.must(r.PrinterFault(t.Context(), "cover-open", true))
	if out, code := r.kioskctl(t, "print", "ticket"); code != 4 || !strings.Contains(out, "close the cover") {
		t.Errorf("with its cover open, print ends with %d and says %q", code, out)
	}
	r.must(r.PrinterFault(t.Context(), "cover-open", false))

	if out, code := r.kioskctl(t, "print", "letter", "--lang", "de"); code != 0 || !strings.Contains(out, "form 1") {
		t.Errorf("print letter ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "forms"); code != 0 || !strings.HasPrefix(out, "1 ") || !strings.Contains(out, "Bestätigung Ihres Termins") {
		t.Errorf("forms ends with %d and says %q", code, out)
	}
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if out, code := r.kioskctl(t, "forms", "take", "1", "--to", path); code != 0 {
		t.Errorf("forms take ends with %d and says %q", code, out)
	}
	if file, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(file), "%PDF-") {
		t.Errorf("it took %.10q, %v", file, err)
	}
	again := filepath.Join(t.TempDir(), "again.pdf")
	if out, code := r.kioskctl(t, "forms", "take", "1", "--to", again); code != 1 || !strings.Contains(out, "no form") {
		t.Errorf("taken twice, it ends with %d and says %q", code, out)
	}
	if _, err := os.Stat(again); err == nil {
		t.Error("an empty file is left")
	}
}
