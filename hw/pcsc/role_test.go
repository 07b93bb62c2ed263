package pcsc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// TestStable: a whole name, as it is copied from kioskctl card watch, means the reader
// also when it has another number.
func TestStable(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"ACS ACR39U ICC Reader 00 00", "ACS ACR39U ICC Reader 01 00", true},
		{"ACS ACR39U ICC Reader 00 00", "ACS ACR39U ICC Reader 0A 00", true},
		{"ACS ACR39U ICC Reader 00 00", "ACS ACR39U ICC Reader 00 01", false},
		{"Cherry (0123) 02 00", "Cherry (0123) 00 00", true},
		{"Cherry (0123) 02 00", "Cherry (0124) 02 00", false},
		{"acr39u", "ACS ACR39U ICC Reader 01 00", true},
		{"00 01", "Fake 00 01", true},
		{"00 01", "Fake 01 00", false},
		{"Gemalto PC Twin Reader [CCID]", "Gemalto PC Twin Reader [CCID] 00 00", true},
		{"Twin*[CCID]", "Gemalto PC Twin Reader [CCID] 00 00", true},
		{"usb:1-1", "Reader in usb:1-1", false},
	} {
		r := pcsc.NewWith(pcsctest.NewFake(), pcsc.Options{Roles: []pcsc.Role{{Name: "desk", Match: pcsc.Stable(c.pattern)}}})
		if got := r.Role(c.name) == "desk"; got != c.want {
			t.Errorf("%q means %q: %v", c.pattern, c.name, got)
		}
	}
}

// twins are two readers of one kind without serial numbers, and the kernel's list of
// what is plugged in where: patient at 1-1.2, desk at 1-1.4.
type twins struct {
	fake *pcsctest.Fake
	dir  string
}

const (
	left, right = "Twin 00 00", "Twin 01 00"
	atBus1      = 0x00200100
)

func newTwins(t *testing.T) twins {
	t.Helper()
	w := twins{pcsctest.NewFake(), t.TempDir()}
	must(t, os.Mkdir(filepath.Join(w.dir, "1-1.2:1.0"), 0o755)) // an interface, which has no address
	return w
}

// plug plugs a reader in at a socket, where the kernel gives it an address.
func (w twins) plug(t *testing.T, name, socket string, address int) {
	t.Helper()
	at := filepath.Join(w.dir, socket)
	must(t, os.MkdirAll(at, 0o755))
	must(t, os.WriteFile(filepath.Join(at, "busnum"), []byte("1\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(at, "devnum"), fmt.Appendln(nil, address), 0o600))
	w.fake.PlugUSB(name, atBus1|uint32(address))
}

func (w twins) unplug(t *testing.T, name, socket string) {
	t.Helper()
	must(t, w.fake.Unplug(name))
	must(t, os.RemoveAll(filepath.Join(w.dir, socket)))
}

func (w twins) readers() *pcsc.Readers {
	return pcsc.NewWith(w.fake, pcsc.Options{Roles: []pcsc.Role{
		{Name: "patient", Match: "usb:1-1.2"}, {Name: "desk", Match: "usb:1-1.4"},
	}}.WithUSBDevices(w.dir))
}

// TestTwinsChangeNames: whichever is plugged in first, what counts is where.
func TestTwinsChangeNames(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	w.plug(t, left, "1-1.2", 7)
	w.plug(t, right, "1-1.4", 8)
	seen := watch(t, w.readers())
	seen.expect(t,
		pcsc.Event{Kind: pcsc.ReaderReady, Reader: left, Role: "patient", Socket: "1-1.2"},
		pcsc.Event{Kind: pcsc.ReaderReady, Reader: right, Role: "desk", Socket: "1-1.4"})
	w.unplug(t, left, "1-1.2")
	seen.expect(t, pcsc.Event{Kind: pcsc.ReaderLost, Reader: left, Role: "patient", Socket: "1-1.2"})
	w.unplug(t, right, "1-1.4")
	seen.expect(t, pcsc.Event{Kind: pcsc.ReaderLost, Reader: right, Role: "desk", Socket: "1-1.4"})
	w.plug(t, left, "1-1.4", 9)
	seen.expect(t, pcsc.Event{Kind: pcsc.ReaderReady, Reader: left, Role: "desk", Socket: "1-1.4"})
	w.plug(t, right, "1-1.2", 10)
	seen.expect(t, pcsc.Event{Kind: pcsc.ReaderReady, Reader: right, Role: "patient", Socket: "1-1.2"})
	seen.end()
	w.empty(t)
}

// TestClaimedTwin: where a reader is that another program holds for itself is not
// known until that lets go of it; then it is told as a new one, with its role.
func TestClaimedTwin(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	w.plug(t, left, "1-1.2", 7)
	must(t, w.fake.Claim(left))
	seen := watch(t, w.readers())
	seen.expect(t, event(pcsc.ReaderReady, left), event(pcsc.ReaderClaimed, left))
	must(t, w.fake.Free(left))
	seen.until(t, pcsc.ReaderLost) // that it is ready without a role may be told before
	seen.expect(t, pcsc.Event{Kind: pcsc.ReaderReady, Reader: left, Role: "patient", Socket: "1-1.2"})
	seen.end()
	w.empty(t)
}

// TestConnectByRole: the role finds the reader by its socket, also without a watch, and
// looking for it leaves nothing open.
func TestConnectByRole(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	w.plug(t, left, "1-1.4", 7)
	w.plug(t, right, "1-1.2", 8)
	must(t, w.fake.Insert(right, newCard(t, eidtest.Faults{})))
	k, err := w.readers().Connect(t.Context(), "patient")
	must(t, err)
	if k.Reader() != right {
		t.Errorf("the patient's reader is %q", k.Reader())
	}
	must(t, k.Close())
	w.empty(t)
}

func (w twins) empty(t *testing.T) {
	t.Helper()
	if contexts, handles := w.fake.Open(); contexts != 0 || handles != 0 {
		t.Errorf("%d contexts and %d handles were not given back", contexts, handles)
	}
}
