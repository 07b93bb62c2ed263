package main

import (
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	pageColour   = 0x205080 // testdata/page.html
	momentColour = 0xffffff // ui/window/own.html
)

func TestCoversTheMonitor(t *testing.T) {
	for _, manager := range []string{"", "openbox"} {
		t.Run("manager="+manager, func(t *testing.T) {
			display, d := xserver(t), newFakeDaemon(t)
			if manager != "" {
				cmd := exec.Command(tool(t, manager))
				cmd.Env = append(os.Environ(), "DISPLAY="+display)
				start(t, cmd)
			}
			startView(t, display, "--socket", d.socket)
			d.hear(t, "loaded")
			want := "1080x1920"
			eventually(t, "the page has "+want, func() bool {
				return d.run(t, `return innerWidth + "x" + innerHeight`) == want
			})
			eventually(t, "the page is in every corner", func() bool {
				img := shot(t, display)
				return is(img, 0, 0, pageColour) && is(img, 1079, 0, pageColour) &&
					is(img, 0, 1919, pageColour) && is(img, 1079, 1919, pageColour)
			})
		})
	}
}

func TestWindowedHasItsSize(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket, "--windowed", "--size", "540x960")
	d.hear(t, "loaded")
	if got := d.run(t, `return innerWidth + "x" + innerHeight`); got != "540x960" {
		t.Errorf("the page has %s, want 540x960", got)
	}
}

func TestTokenIsTradedOnceAndShownNowhere(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	if n := d.trades(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
	if got := d.run(t, `return document.cookie + location.search + location.hash + document.referrer`); got != "" {
		t.Errorf("the page can read %q, want nothing", got)
	}
	args, err := os.ReadFile(filepath.Join("/proc", itoa(v.cmd.Process.Pid), "cmdline"))
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range d.given() {
		if strings.Contains(v.log.text(), token) || strings.Contains(string(args), token) {
			t.Error("the token is in the log or in an argument")
		}
	}
}

func TestPageHasNoWayToTheProgram(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	script := `return [window.webkit?.messageHandlers?.external, window.external?.invoke, window.open("/")].map(x => x == null)`
	if got := d.run(t, script); got != "true,true,true" {
		t.Errorf("no handler, no invoke, no new window: got %s", got)
	}
}

// TestPageStays tries every way out of the page that a page has, and that a page
// of ours might come to hold by mistake.
func TestPageStays(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	away, calls := elsewhere(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	ways := map[string]string{
		"location":      `location.href = AWAY`,
		"other port":    `location.href = "http://127.0.0.1:1/"`,
		"user info":     `location.href = origin + "@" + AWAY.slice(7) + "/"`,
		"file":          `location.href = "file:///etc/passwd"`,
		"data":          `location.href = "data:text/html,x"`,
		"blank":         `location.href = "about:blank"`,
		"new window":    `open(AWAY)`,
		"link":          `const a = document.createElement("a"); a.href = AWAY; document.body.append(a); a.click()`,
		"link, new":     `const a = document.createElement("a"); a.href = AWAY; a.target = "_blank"; document.body.append(a); a.click()`,
		"form":          `const f = document.createElement("form"); f.action = AWAY; f.method = "post"; document.body.append(f); f.submit()`,
		"frame":         `const f = document.createElement("iframe"); f.src = AWAY; document.body.append(f)`,
		"refresh":       `const m = document.createElement("meta"); m.httpEquiv = "refresh"; m.content = "0;url=" + AWAY; document.head.append(m)`,
		"download link": `const a = document.createElement("a"); a.href = "/"; a.download = "kept"; document.body.append(a); a.click()`,
		"back":          `history.back()`,
		"mail":          `location.href = "mailto:a@b"`,
		"print":         `print()`,
	}
	before := windows(t, display)
	for name, way := range ways {
		// Two turns through the browser's queues let a navigation begin.
		script := "const AWAY = " + quote(away) + "; " + way + "; await new Promise(r => setTimeout(r, 100)); return 'here'"
		if got := d.run(t, script); got != "here" {
			t.Errorf("%s: the page said %q", name, got)
		}
		if got := windows(t, display); got != before {
			t.Errorf("%s: %d windows on the screen, were %d", name, got, before)
		}
	}
	if n := calls(); n != 0 {
		t.Errorf("the other server was called %d times", n)
	}
	if !is(shot(t, display), 1000, 1000, pageColour) {
		t.Error("the screen no longer shows the page")
	}
	noDownload(t, v)
	if !strings.Contains(v.log.text(), "page kept from going elsewhere") || strings.Contains(v.log.text(), "passwd") {
		t.Errorf("blocked places are logged without what follows the host; got:\n%s", v.log.text())
	}
}

// noDownload looks for what the tests offer for download.
func noDownload(t *testing.T, v *view) {
	t.Helper()
	err := filepath.WalkDir(v.home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), "kept") {
			t.Errorf("downloaded: %s", path)
		}
		return nil // what goes away meanwhile is WebKit's own
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPageThatEndedIsBroughtBack is about a page that sets out for an address of
// the daemon that is no page, and has lost its event stream by the time that is
// known; and about one that closes itself.
func TestPageThatEndedIsBroughtBack(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	before := windows(t, display)
	for script, why := range map[string]string{
		`location.href = "/attachment"`: "it is a download",
		`location.href = "/paper.pdf"`:  "it is not a page",
		`location.href = "/basic"`:      "HTTP status 401",
		`location.href = "/none"`:       "HTTP status 404",
		`close()`:                       "it closed itself",
	} {
		d.scripts <- script + "; return new Promise(() => {})"
		d.hear(t, "loaded")
		v.log.wait(t, why)
	}
	eventually(t, "the screen shows the page", func() bool { return is(shot(t, display), 1000, 1000, pageColour) })
	if got := windows(t, display); got != before {
		t.Errorf("%d windows on the screen, were %d", got, before)
	}
	noDownload(t, v)
}

func TestPageMayNotAsk(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	before := windows(t, display)
	for _, c := range []struct{ name, script, want string }{
		{"alert", `return alert("x")`, "undefined"},
		{"confirm", `return confirm("x")`, "false"},
		{"prompt", `return prompt("x")`, "null"},
		{"location", `return new Promise(r => navigator.geolocation.getCurrentPosition(() => r("given"), e => r(e.code)))`, "1"},
		{"notification", `return Notification.requestPermission()`, "denied"},
		{"camera", `return typeof navigator.mediaDevices`, "undefined"},
		{"storage", `try { localStorage.x = 1 } catch { return "denied" } return typeof localStorage`, "denied"},
		{"clipboard", `try { await navigator.clipboard.readText(); return "read" } catch { return "denied" }`, "denied"},
		{"password dialog", `return (await fetch("/basic")).status`, "401"},
	} {
		if got := d.run(t, c.script); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if got := windows(t, display); got != before {
			t.Errorf("%s: %d windows on the screen, were %d", c.name, got, before)
		}
	}
}

func TestPointerOpensNothing(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	before := windows(t, display)
	d.run(t, `document.querySelector("#button").onclick = () => keys.push("click")`)
	for _, click := range []struct{ name, y, button string }{
		{"menu on the page", "1000", "3"}, {"menu on a link", "140", "3"}, {"menu on a field", "540", "3"},
		{"paste", "540", "2"}, {"back", "1000", "8"}, {"forward", "1000", "9"}, {"file", "740", "1"},
	} {
		xdo(t, display, "mousemove", "200", click.y, "click", click.button)
		d.run(t, `return "turn"`)
		if got := windows(t, display); got != before {
			t.Errorf("%s: %d windows on the screen, were %d", click.name, got, before)
		}
	}
	xdo(t, display, "keydown", "ctrl", "mousemove", "500", "1000", "click", "4", "keyup", "ctrl")
	xdo(t, display, "mousemove", "200", "340", "click", "1")
	eventually(t, "the button was pressed, by the first button only", func() bool {
		return d.run(t, `return keys.join() + devicePixelRatio + innerWidth`) == "click11080"
	})
}

func TestKeysOfAFormOnly(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	d.run(t, `document.querySelector("#field").focus()`)
	before := windows(t, display)
	xdo(t, display, append([]string{"key"}, strings.Fields(`F1 F5 F7 F11 F12 Menu Print shift+F10
		ctrl+r ctrl+w ctrl+q ctrl+p ctrl+plus ctrl+a ctrl+c ctrl+shift+i ctrl+shift+d ctrl+period ctrl+Tab
		alt+Left alt+Home alt+F4 alt+Tab super+d super+Tab ctrl+alt+t
		XF86Back XF86Reload XF86HomePage XF86Search XF86Calculator`)...)...)
	xdo(t, display, "key", "e", "eacute", "EuroSign", "1", "shift+Tab", "Tab", "Return", "BackSpace", "Escape")
	eventually(t, "the last key came", func() bool { return strings.HasSuffix(d.run(t, `return keys.join(" ")`), "Escape") })
	// Modifiers come through alone. WebKit calls shift+Tab "Unidentified".
	got := d.run(t, `return keys.filter(k => !["Shift", "Control", "Alt", "Meta", "AltGraph", "Super"].includes(k)).join(" ")`)
	if got != "e é € 1 Unidentified Tab Enter Backspace Escape" {
		t.Errorf("the page got %q", got)
	}
	if got := windows(t, display); got != before {
		t.Errorf("%d windows on the screen, were %d", got, before)
	}
}

func TestWindowManagerCannotCloseIt(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	cmd := exec.Command(tool(t, "openbox"))
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	start(t, cmd)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	for range 10 { // the manager takes its time between the asking and the closing
		closing := exec.Command(tool(t, "wmctrl"), "-c", "Balie")
		closing.Env = append(os.Environ(), "DISPLAY="+display)
		if out, err := closing.CombinedOutput(); err != nil {
			t.Fatalf("wmctrl: %v: %s", err, out)
		}
		if got := d.run(t, `return "here"`); got != "here" {
			t.Errorf("the page said %q", got)
		}
	}
}

func TestComesBackWhenThePageDies(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	web := descendants(t, v.cmd.Process.Pid, "WebKitWebProces")
	if len(web) != 1 {
		t.Fatalf("%d web processes, want 1", len(web))
	}
	if err := syscall.Kill(web[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	d.hear(t, "loaded")
	eventually(t, "the screen shows the page", func() bool { return is(shot(t, display), 1000, 1000, pageColour) })
	v.log.wait(t, "the page's process ended: it crashed")
}

func TestComesBackWhenTheDaemonDoes(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket, "--phone", "014 00 00 00")
	d.hear(t, "loaded")
	d.stop()
	d.forget()
	v.log.wait(t, "the daemon ended the connection")
	eventually(t, "the window's own page is on the screen", func() bool { return is(shot(t, display), 1000, 1000, momentColour) })
	d.open(t, uint32(os.Getuid()))
	d.hear(t, "loaded")
	eventually(t, "the screen shows the page", func() bool { return is(shot(t, display), 1000, 1000, pageColour) })
}

func TestComesBackWhenItsSessionIsForgotten(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	d.forget()
	d.scripts <- `location.reload(); return "reloading"`
	v.log.wait(t, "HTTP status 401")
	d.hear(t, "loaded")
}

func TestComesAgainWhenSentFor(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	d.server.Renew()
	d.hear(t, "loaded")
	if n := d.trades(); n != 2 {
		t.Errorf("%d sessions, want 2", n)
	}
}

func TestWaitsForTheDaemon(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	d.stop()
	v := startView(t, display, "--socket", d.socket)
	v.log.wait(t, "calling the daemon")
	eventually(t, "the window's own page is on the screen", func() bool { return is(shot(t, display), 1000, 1000, momentColour) })
	d.open(t, uint32(os.Getuid()))
	d.hear(t, "loaded")
}

func TestAnotherUserIsNotLetIn(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	d.stop()
	d.open(t, uint32(os.Getuid())+1)
	v := startView(t, display, "--socket", d.socket)
	v.log.wait(t, "the daemon does not let this user in")
	if n := len(d.given()); n != 0 {
		t.Errorf("%d tokens given to another user", n)
	}
}

func TestSandboxIsReal(t *testing.T) {
	bwrap := tool(t, "bwrap")
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket, "--sandbox", "always")
	if out, err := exec.Command(bwrap, "--ro-bind", "/", "/", "/bin/true").CombinedOutput(); err != nil {
		// In a chroot no sandbox can be made by anybody; "always" is then a refusal.
		t.Logf("bwrap: %s", out)
		if code := v.ended(t); code != exitNoSandbox {
			t.Errorf("without a sandbox it ends with %d, not %d", code, exitNoSandbox)
		}
		return
	}
	d.hear(t, "loaded")
	v.log.wait(t, "sandbox=true")
	web := descendants(t, v.cmd.Process.Pid, "WebKitWebProces")
	if len(web) == 0 {
		t.Fatal("no web process")
	}
	for _, kind := range []string{"pid", "net"} {
		if namespace(t, web[0], kind) == namespace(t, os.Getpid(), kind) {
			t.Errorf("the web process shares our %s namespace", kind)
		}
	}
}

func TestPinchIsOff(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	v.log.wait(t, "pinch_zoom_off=true")
}

func TestEnvironmentCannotOpenIt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	t.Setenv("WEBKIT_INSPECTOR_HTTP_SERVER", address)
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Error("WebKit's remote inspector listens")
	}
}

func TestKeepsNothing(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	if err := v.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	v.ended(t)
	if left := entries(t, v.home); len(left) != 1 || !strings.HasPrefix(left[0], "kioskview-") {
		t.Errorf("after a kill: %v, want the folder of the killed window alone", left)
	}
	next := &view{home: v.home, log: newLines(), done: make(chan struct{})}
	next.start(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	_ = next.cmd.Process.Signal(syscall.SIGTERM)
	if code := next.ended(t); code != exitOK {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
	if left := entries(t, v.home); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		if e.Name() != ".flatpak" { // of the sandbox, in memory: which process is which
			names = append(names, e.Name())
		}
	}
	return names
}
