// Package alerts holds Prometheus' rules for a hospital's kiosks. This test has
// Prometheus' own tool judge and try them.
package alerts

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func promtool(t *testing.T, args ...string) {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is missing: apt-get install prometheus")
	}
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestRules(t *testing.T) {
	promtool(t, "check", "rules", "balie.rules.yml")
	promtool(t, "test", "rules", "balie_test.yml")
}

// TestMetricsAreThere: what the rules ask for is what a kiosk tells.
func TestMetricsAreThere(t *testing.T) {
	rules, err := os.ReadFile("balie.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.ReadFile("../../cmd/internal/control/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`balie_([a-z_]+)`).FindAllStringSubmatch(string(rules), -1) {
		if !strings.Contains(string(told), `"`+name[1]+`"`) && !strings.Contains(string(told), `"`+name[0]+`"`) {
			t.Errorf("no kiosk tells %s", name[0])
		}
	}
}
