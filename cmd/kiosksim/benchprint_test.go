package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const benchedCard = "../../kiosk/papers/testdata/code-card.json"

// TestPrintingIsMeasured: ours are within their limits, and the euro and the code of
// each are right.
func TestPrintingIsMeasured(t *testing.T) {
	code, stdout, stderr := run(t, "bench-print", "--rounds", "1", "--peers", "", "--card", benchedCard)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{
		`balie epson-tm +\d+ +720 .*right, page 16 +native`, `balie zebra-zpl +\d+ +1000 .*right, UTF-8 +native`,
		`balie evolis-primacy .*spelled EUR +picture`, `asking how the printer is, per ticket: \d+ bytes`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("%s is not in\n%s", want, stdout)
		}
	}
}

// TestPeersPrintTheSameCard: the libraries of others take more bytes for it.
func TestPeersPrintTheSameCard(t *testing.T) {
	code, stdout, stderr := run(t, "bench-print", "--rounds", "1", "--peers", "../../printer/peers", "--card", benchedCard)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	size := regexp.MustCompile(`(?m)^(\S+).*? (\d+) .*?(\d\.\d\d s)`)
	ours, others := 0, 0
	for _, line := range size.FindAllStringSubmatch(stdout, -1) {
		n, err := strconv.Atoi(line[2])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(line[0], "balie epson-tm"):
			ours = n
		case !strings.HasPrefix(line[0], "balie"):
			others++
			if n <= ours {
				t.Errorf("ours takes %d bytes, and %s", ours, line[0])
			}
		}
	}
	if ours == 0 || others != 3 {
		t.Errorf("%d bytes beside %d others in\n%s", ours, others, stdout)
	}
}
