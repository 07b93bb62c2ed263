package cardcmd_test

import (
	"testing"

	"balie/hw/eid/eidtest"
)

// TestReadsTheTray: every card is read; the expired one and the forged one are told.
func TestReadsTheTray(t *testing.T) {
	for _, d := range eidtest.Tray() {
		t.Run(d.ID, func(t *testing.T) {
			insert(t, d)
			want := 0
			if d.Flaws.Expired || d.Flaws.IdentitySignature {
				want = 7
			}
			r := run(t, "read", "--with", "address,photo,certs", "--genuine", "--trust-test-root", desk.root)
			if r.code != want {
				t.Errorf("exit %d, not %d: %s", r.code, want, r.stderr)
			}
		})
	}
}
