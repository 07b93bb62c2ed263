package logs

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/google/go-cmp/cmp"

	"balie/internal/secret"
)

// sent is what the journal would have got.
type sent struct {
	message  string
	priority journal.Priority
	vars     map[string]string
}

func journalOf(got *sent) *slog.Logger {
	return slog.New(&fields{send: func(message string, p journal.Priority, vars map[string]string) error {
		*got = sent{message, p, vars}
		return nil
	}})
}

// TestFields: every attribute is a field that can be asked for, and stands in the text.
func TestFields(t *testing.T) {
	var got sent
	log := journalOf(&got).With("name", "ticket").WithGroup("job")
	log.Warn("job ended", "outcome", "not sent", "took", 3*time.Second, slog.Group("printer", "port", "/dev/usb/lp0"), "err", errors.New("a\nb"))
	want := map[string]string{
		"BALIE_NAME": "ticket", "BALIE_JOB_OUTCOME": "not sent", "BALIE_JOB_TOOK": "3s", "BALIE_JOB_PRINTER_PORT": "/dev/usb/lp0", "BALIE_JOB_ERR": "a\nb",
	}
	if diff := cmp.Diff(want, got.vars); diff != "" || got.priority != journal.PriWarning {
		t.Errorf("priority %d\n%s", got.priority, diff)
	}
	if want := `job ended name=ticket job.outcome="not sent" job.took=3s job.printer.port=/dev/usb/lp0 job.err="a b"`; got.message != want {
		t.Errorf("%q", got.message)
	}
}

// TestNoSecret: what must not be printed is not in a field either, also inside of a group
// or as a pointer's text.
func TestNoSecret(t *testing.T) {
	var got sent
	number := secret.NewText("85073003328")
	journalOf(&got).Error("x", "number", number, slog.Group("g", "number", number), "inside", struct{ N secret.Text }{number}, "err", errors.Join(errors.New("of"), nil))
	for name, value := range got.vars {
		if strings.Contains(value, "85073003328") {
			t.Errorf("%s is %q", name, value)
		}
	}
	if strings.Contains(got.message, "85073003328") {
		t.Error(got.message)
	}
}

// TestElsewhere: where stderr is not the journal, it is text.
func TestElsewhere(t *testing.T) {
	t.Setenv("JOURNAL_STREAM", "")
	var b bytes.Buffer
	slog.New(Handler(&b)).Info("the booth starts", "kiosk", "K1")
	if !strings.Contains(b.String(), `msg="the booth starts" kiosk=K1`) {
		t.Error(b.String())
	}
}
