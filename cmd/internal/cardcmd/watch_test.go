package cardcmd_test

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"balie/hw/eid/eidtest"
)

// watching is card watch, line by line.
type watching struct {
	*running
	lines chan string
}

func watch(t *testing.T, arguments ...string) watching {
	t.Helper()
	w := watching{prepare(t, append([]string{"watch"}, arguments...)...), make(chan string, 100)}
	out, in := io.Pipe()
	w.cmd.Stdout = in
	w.begin(t)
	go func() {
		defer close(w.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			w.lines <- lines.Text()
		}
	}()
	t.Cleanup(func() { _ = in.Close() }) // nobody writes any more
	return w
}

// until waits for a line with these words.
func (w watching) until(t *testing.T, words ...string) string {
	t.Helper()
	late := time.After(20 * time.Second)
	var seen []string
next:
	for {
		select {
		case line := <-w.lines:
			seen = append(seen, line)
			for _, word := range words {
				if !strings.Contains(line, word) {
					continue next
				}
			}
			return line
		case <-late:
			t.Fatalf("no line with %q after %q", words, seen)
		}
	}
}

func (w watching) stop(t *testing.T) result {
	t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return w.end(t)
}

func TestWatch(t *testing.T) {
	w := watch(t)
	w.until(t, "reader ready", "Virtual PCD 0 00 00")
	w.until(t, "reader ready", "Virtual PCD 0 00 01")
	t.Run("card", func(t *testing.T) {
		c := insert(t, an(eidtest.Applet18))
		nothingPersonal(t, c, w.until(t, "card inserted", "Virtual PCD 0 00 00", "looks Belgian", "3B7F96"))
	})
	w.until(t, "card removed")
	t.Run("stranger", func(t *testing.T) {
		stranger(t)
		if line := w.until(t, "card inserted", "Virtual PCD 0 00 01", "3B6500002063CB6800"); strings.Contains(line, "Belgian") {
			t.Error(line)
		}
	})
	w.until(t, "card removed")
	t.Run("mute", func(t *testing.T) {
		d := an(eidtest.Applet18)
		d.Faults.Mute = true
		insert(t, d)
		w.until(t, "card mute", "turn it round")
	})
	restart(t)
	desk.daemon.Kill()
	w.until(t, "service down", "systemctl restart pcscd")
	if err := desk.daemon.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.until(t, "service up")
	w.until(t, "reader ready")
	w.stop(t).advises(t, 0, "")
}

func TestWatchOneReaderAsJSON(t *testing.T) {
	w := watch(t, "--json", "--reader", "00 01")
	var e struct{ Event, Reader, ATR string }
	if err := json.Unmarshal([]byte(w.until(t, "reader")), &e); err != nil || e.Event != "reader ready" || e.Reader != "Virtual PCD 0 00 01" {
		t.Errorf("%+v, %v", e, err)
	}
	stranger(t)
	line := w.until(t, "card inserted")
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.ATR != "3B6500002063CB6800" || strings.Contains(line, "looks_belgian") {
		t.Errorf("%s, %v", line, err)
	}
	w.stop(t).advises(t, 0, "")
}
