package e2e

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
)

// TestCheckInAtTheWindow checks someone in at the real window, on a booth that lets
// no browser in: the token went over the socket, the page lives in the web view, and
// a person presses in it. Then the window dies, and comes back.
func TestCheckInAtTheWindow(t *testing.T) {
	t.Parallel()
	display := xserver(t)
	closed := func(c *config.Config) { c.Screen.Development, c.Screen.FrameAncestors = false, nil }
	r := newRig(t, 1, closed, func(o *desk.Options) {
		o.Window, o.Wrap = true, map[string][]string{"kioskview": {"env", "DISPLAY=" + display}}
	})
	r.shows(t, "welcome")
	r.insert(desk.CrowdCard(0))
	r.shows(t, "confirm")
	r.presses(t, display)
	r.shows(t, "done")
	r.delivered()
	if list, err := r.CheckIns(t.Context()); err != nil || len(list) != 1 || list[0].Appointment != desk.CrowdAppointment(0) {
		t.Errorf("the portal has %+v (%v)", list, err)
	}
	r.pull()

	before := time.Now()
	r.killsWindow(t)
	r.until("the new window shows the booth", func(ctx context.Context) bool {
		s, err := r.Control().Status(ctx)
		return err == nil && s.Screen.Alive != nil && s.Screen.Alive.After(before)
	})
}

// shows waits until the booth is on a screen, and the window says that it shows it.
func (r *rig) shows(t *testing.T, screen string) {
	t.Helper()
	asked := time.Now()
	r.until("the window shows "+screen, func(ctx context.Context) bool {
		s, err := r.Control().Status(ctx)
		return err == nil && s.Screen.Showing == screen && s.Screen.Alive != nil && s.Screen.Alive.After(asked)
	})
}

// killsWindow kills the process with the window, and not the one that starts it
// again.
func (r *rig) killsWindow(t *testing.T) {
	t.Helper()
	parent := strconv.Itoa(r.PID("kioskview"))
	text, err := os.ReadFile(filepath.Join("/proc", parent, "task", parent, "children"))
	r.must(err)
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	r.must(err)
	r.must(syscall.Kill(child, syscall.SIGKILL))
}

// presses presses the first button of the page, as a keyboard does.
func (r *rig) presses(t *testing.T, display string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xdotool", "mousemove", "270", "60", "click", "1", "key", "Tab", "key", "Return")
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pressing (apt-get install xdotool): %v: %s", err, out)
	}
}

// xserver starts a display without a monitor, and gives its name.
func xserver(t *testing.T) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }() // it has said all it says
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		t.Fatalf("Xvfb is missing: apt-get install xvfb (%v)", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb gives no display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}
