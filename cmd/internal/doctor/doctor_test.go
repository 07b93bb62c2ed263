package doctor

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
)

// TestEveryFaultIsFound: the table has no fault that nothing ever finds, and nothing is
// found that the table does not have.
func TestEveryFaultIsFound(t *testing.T) {
	var source strings.Builder
	for _, pattern := range []string{"*.go", "../driver/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	for _, f := range fault.All() {
		if !strings.Contains(source.String(), `"`+f.Code+`"`) {
			t.Errorf("nothing finds %s", f.Code)
		}
	}
	for _, m := range regexp.MustCompile(`fault\.Found\([^,]+, "([a-z-]+)"`).FindAllStringSubmatch(source.String(), -1) {
		if _, known := fault.Of(m[1]); !known {
			t.Errorf("the table has no %s", m[1])
		}
	}
}

// healthy is how a booth stands where all is well.
func healthy(now time.Time) control.Status {
	zero := 0.0
	return control.Status{
		Kiosk: "K1", Screen: control.Screen{Showing: "welcome", Alive: control.Moment(now.Add(-3 * time.Second))}, CardService: "up",
		Readers:  []control.Reader{{Name: "Cherry", Role: "patient", State: "empty"}},
		Printer:  control.Printer{Configured: true, Ready: true},
		Portal:   control.Portal{Reachable: true, ClockAhead: &zero, LastOK: &now},
		Identity: control.Identity{RenewFrom: now.AddDate(0, 0, 60), NotAfter: now.AddDate(0, 0, 90)},
		Worklist: control.Worklist{Day: "2026-11-28", AsOf: &now},
	}
}

// TestOfDaemon: what a daemon tells of itself, a fault each, and none where all is well.
func TestOfDaemon(t *testing.T) {
	now := time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC)
	long := now.Add(-5 * time.Hour)
	ahead := 90.0
	for want, change := range map[string]func(*control.Status){
		"":                     func(*control.Status) {},
		"window-away":          func(s *control.Status) { s.Screen.Alive = &long },
		"test-trust":           func(s *control.Status) { s.Test = true },
		"development":          func(s *control.Status) { s.Development = true },
		"card-service-away":    func(s *control.Status) { s.CardService = "down" },
		"card-service-refuses": func(s *control.Status) { s.CardService, s.CardFault, s.Readers = "no", "card-service-refuses", nil },
		"reader-away":          func(s *control.Status) { s.Readers = nil },
		"desk-reader-away":     func(s *control.Status) { s.DeskReader = true },
		"reader-claimed":       func(s *control.Status) { s.Readers[0].State = "claimed by another program" },
		"card-left":            func(s *control.Status) { s.Readers[0].State = "card left in" },
		"printer-refuses":      func(s *control.Status) { s.Printer.Error, s.Printer.Fault = "no right", "printer-refuses" },
		"printer-jam":          func(s *control.Status) { s.Printer.Faults = []string{"paper-jam", "offline"} },
		"portal-stopped":       func(s *control.Status) { s.Portal.Stopped, s.Portal.Error = true, "kiosk-stopped" },
		"certificate-refused":  func(s *control.Status) { s.Portal.Stopped, s.Portal.Error = true, "certificate-revoked" },
		"name-unknown":         func(s *control.Status) { s.Portal.Reachable, s.Portal.Error = false, "name-not-found" },
		"portal-untrusted":     func(s *control.Status) { s.Portal.Reachable, s.Portal.Error = false, "tls" },
		"portal-away":          func(s *control.Status) { s.Portal.Reachable, s.Portal.Error = false, "connection-refused" },
		"portal-ails":          func(s *control.Status) { s.Portal.Error = "http-500" },
		"portal-keys":          func(s *control.Status) { s.Portal.Keys = "keys-not-signed" },
		"clock-wrong":          func(s *control.Status) { s.Portal.ClockAhead = &ahead },
		"certificate-expired":  func(s *control.Status) { s.Identity.NotAfter = long },
		"certificate-ends": func(s *control.Status) {
			s.Identity.RenewFrom, s.Identity.NotAfter = now.AddDate(0, 0, -20), now.AddDate(0, 0, 9)
		},
		"queue-set-aside": func(s *control.Status) { s.Queue.SetAside = []string{"/x"} },
		"queue-refuses":   func(s *control.Status) { s.Queue.Error = "not kept" },
		"disk-full":       func(s *control.Status) { s.Queue.Error, s.Queue.Full = "the disk is full", true },
		"queue-parked":    func(s *control.Status) { s.Queue.Parked = 1 },
		"queue-old":       func(s *control.Status) { s.Queue.Oldest = &long },
		"worklist-old":    func(s *control.Status) { s.Worklist.AsOf = &long },
		"worklist-kept":   func(s *control.Status) { s.Worklist.Error = "not-erased" },
		"revocations-old": func(s *control.Status) { s.Revocations.Error = "away" },
	} {
		s := healthy(now)
		change(&s)
		list := fault.Arrange(OfDaemon(s, nil, now))
		if list[0].Code != want {
			t.Errorf("%q: first is %+v", want, list[0])
		}
		for _, f := range list {
			if f.Code != "" && f.Do == "" {
				t.Errorf("%s: nobody says what to do", f.Code)
			}
		}
	}
}

// TestMounts: what the kernel says of a mount, and which of them a folder is on.
func TestMounts(t *testing.T) {
	const mounts = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /var rw - xfs /dev/sdb1 rw,nobarrier
24 22 0:6 / /var/lib/memory rw - tmpfs none rw,size=4m
`
	path := filepath.Join(t.TempDir(), "mountinfo")
	if err := os.WriteFile(path, []byte(mounts), 0o600); err != nil {
		t.Fatal(err)
	}
	s := system{mounts: path}
	for dir, want := range map[string]string{"/srv/balie": "", "/var/lib/balie": "not-durable", "/var/lib/memory": "not-durable", "/variety": ""} {
		if got := s.durable(dir); got.Code != want {
			t.Errorf("%s: %+v", dir, got)
		}
	}
	if got := (system{mounts: "/absent"}).durable("/"); got.State != fault.Fine {
		t.Errorf("where nobody can tell: %+v", got)
	}
}

// TestDisk: a folder that others can read, and a reserve that is not whole.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c := healthyConfig(dir)
	has := func(code string) bool {
		return slices.ContainsFunc(system{}.disk(c), func(f fault.Finding) bool { return f.Code == code })
	}
	if has("ballast-gone") {
		t.Error("before the first start there is no reserve to miss")
	}
	if err := os.WriteFile(filepath.Join(dir, "queue.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !has("ballast-gone") || has("state-rights") {
		t.Errorf("%+v", system{}.disk(c))
	}
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if !has("state-rights") {
		t.Error("others may read it, and nobody says so")
	}
}

func healthyConfig(dir string) config.Config {
	c := config.Default()
	c.StateDir = dir
	return c
}

// TestLasted: what takes long to count is well until the daemon says that it lasted.
func TestLasted(t *testing.T) {
	old := fault.Found("worklist", "worklist-old", "none of today")
	list := []fault.Finding{old, fault.Found("printer ticket", "printer-paper-out", "x")}
	if got := Lasted(list, nil); got[0].State != fault.Fine || got[1].Code != "printer-paper-out" {
		t.Errorf("%+v", got)
	}
	if got := Lasted(list, []fault.Shown{{Finding: old}}); got[0].Code != "worklist-old" {
		t.Errorf("%+v", got)
	}
}
