package evolis

import (
	"fmt"
	"slices"
	"testing"
)

// FuzzAnswers: whatever a printer says, only its own word for it makes it ready, and
// an answer has an end.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		"OK\r", "NO CARD\r", "ERR CARD\r", "ERR NEED CLEANING\r", "ERR COVER\r\n", "WAR_COVER_OPEN\r", "\x06", "\x15C", "\x15", "\x15\r\r", "\r", "ok", "\xff\x00\r",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		split := splitter()
		for _, b := range said {
			answer, complete := split(b)
			if !complete {
				continue
			}
			if len(answer) > 256 {
				t.Fatalf("an answer of %d bytes", len(answer))
			}
			known := slices.Contains([]string{"OK", "\x06", ""}, answer)
			if len(faults(answer)) == 0 != known {
				t.Errorf("%q has faults %v", answer, faults(answer))
			}
		}
	})
}

// TestFaults: the words of the guide, of the SDK and of the serial mode ACK/NACK.
func TestFaults(t *testing.T) {
	for answer, want := range map[string]string{
		"OK": "[]", "NO CARD": "[paper-end]", "ERR CARD": "[paper-jam]", "ERR NEED CLEANING": "[cleaning]", "WAR_COVER_OPEN": "[cover-open]",
		"WAR_NO_RIBBON": "[ribbon-end]", "WAR_FEEDER_EMPTY": "[paper-end]", "WAR_HOPPER_FULL": "[hopper-full]", "ERR_MECHANICAL": "[paper-jam]",
		"ERROR CDE": "[offline]", "\x15C": "[cover-open]", "\x15F": "[paper-end]", "\x15R": "[ribbon-end]", "\x151": "[offline]", "\x06": "[]",
	} {
		if got := faults(answer); fmt.Sprint(got) != want {
			t.Errorf("%q: %v, expected %s", answer, got, want)
		}
	}
}
