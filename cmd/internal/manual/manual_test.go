package manual

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// program has what the programs of this house have: commands below commands, text
// with a table in it, options with and without a value.
func program() *cobra.Command {
	root := &cobra.Command{Use: "booth", Short: "A booth", Version: "v1", Long: "Opens the booth.\n\nExit codes:\n  0  done\n  1  it went wrong", Run: func(*cobra.Command, []string) {}}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().String("socket", "/run/booth", "the `SOCKET`")
	card := &cobra.Command{Use: "card", Short: "Cards", Run: func(*cobra.Command, []string) {}}
	read := &cobra.Command{Use: "read [ID]", Short: "Read a card", Long: ".dots\\ and 'quotes'\nstand as they are", Example: "  booth card read --wait 3s", Run: func(*cobra.Command, []string) {}}
	read.Flags().BoolP("json", "j", false, "as JSON")
	card.AddCommand(read)
	root.AddCommand(card, Command(8))
	return root
}

func TestCommandWritesAll(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "man")
	cmd := program()
	cmd.SetArgs([]string{"manual", folder})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	want := []string{"_booth", "booth-card-read.8", "booth-card.8", "booth.8", "booth.bash", "booth.fish"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wanted (-), written (+):\n%s", diff)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".8") {
			readsWell(t, filepath.Join(folder, e.Name()))
		}
	}
}

// readsWell has groff, which man runs, look at a page.
func readsWell(t *testing.T, path string) {
	t.Helper()
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Fatal("groff is missing: apt-get install groff-base")
	}
	out, err := exec.Command(groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z", path).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%s: %v\n%s", filepath.Base(path), err, out)
	}
}

func TestPage(t *testing.T) {
	read, _, err := program().Find([]string{"card", "read"})
	if err != nil {
		t.Fatal(err)
	}
	want := `.TH BOOTH\-CARD\-READ 8 "" Balie "Balie"
.SH NAME
booth\-card\-read \- Read a card
.SH SYNOPSIS
.B booth card read [ID] [flags]
.SH DESCRIPTION
\&.dots\e and 'quotes'
stand as they are
.SH EXAMPLES
.RS
.nf
booth card read \-\-wait 3s
.fi
.RE
.SH OPTIONS
.TP
\fB\-h, \-\-help\fP
help for read
.TP
\fB\-j, \-\-json\fP
as JSON
.SH OPTIONS OF ALL COMMANDS
.TP
\fB\-\-socket\fP \fISOCKET\fP
the SOCKET (default /run/booth)
.SH SEE ALSO
.BR booth\-card (8)
`
	if diff := cmp.Diff(want, page(read, 8)); diff != "" {
		t.Errorf("wanted (-), written (+):\n%s", diff)
	}
}

// TestHidden: --help does not speak of the command.
func TestHidden(t *testing.T) {
	var out bytes.Buffer
	cmd := program()
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--help"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "manual") {
		t.Errorf("the help has it:\n%s", out.String())
	}
}
