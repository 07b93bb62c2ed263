package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWhatACardTakes holds the counts, which are the same on every run.
func TestWhatACardTakes(t *testing.T) {
	code, stdout, stderr := run(t, "bench-card", "--rounds", "0")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	const path = "testdata/bench-card.txt"
	if *update {
		if err := os.WriteFile(path, []byte(stdout), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if stdout != string(want) {
		t.Errorf("it counts\n%s", stdout)
	}
}

// TestTimesAreTaken: over a pcscd and a card in processes of their own.
func TestTimesAreTaken(t *testing.T) {
	code, stdout, stderr := run(t, "bench-card", "--rounds", "3")
	if code != 0 || !strings.Contains(stdout, "bare loop of scard.Transmit") || !strings.Contains(stdout, "once a read") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}
