package pcsc

import (
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ebfe/scard"
)

// usbDevices is where the kernel lists what is plugged in, by socket: the folder
// "1-1.2" is the device at port 2 of the hub at port 1 of bus 1
// (Documentation/ABI/stable/sysfs-bus-usb).
const usbDevices = "/sys/bus/usb/devices"

// usbChannel is the upper half of SCARD_ATTR_CHANNEL_ID of a USB reader. The lower
// one is bus and address of the device (libccid src/ifdhandler.c,
// IFDHGetCapabilities).
const usbChannel = 0x0020

// Socket is where a reader is plugged in, as sysfs names it: "1-1.2". It is known of
// readers that were watched, listed or connected to, and only where
// [Options.Sockets] asks for it; empty is unknown.
func (r *Readers) Socket(reader string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sockets[reader]
}

// locates tells whether anybody wants to know of sockets.
func (r *Readers) locates() bool {
	if r.options.Sockets {
		return true
	}
	if slices.ContainsFunc(r.options.Ignore, func(pattern string) bool { return strings.HasPrefix(pattern, bySocket) }) {
		return true
	}
	return slices.ContainsFunc(r.options.Roles, func(role Role) bool { return strings.HasPrefix(role.Match, bySocket) })
}

// locate finds the sockets of readers that are there and not known yet, and forgets
// those that are gone. One that another program holds for itself is asked again.
func (r *Readers) locate(c Context, names []string) {
	if !r.locates() {
		return
	}
	r.mu.Lock()
	known := maps.Clone(r.sockets)
	r.mu.Unlock()
	maps.DeleteFunc(known, func(name, _ string) bool { return !slices.Contains(names, name) })
	for _, name := range names {
		if _, is := known[name]; is {
			continue
		}
		channel, err := channelOf(c, name)
		if code(err) == scard.ErrSharingViolation {
			continue
		}
		known[name] = r.usbSocket(channel)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sockets = known
}

// forgetSockets is for when nobody knows what was plugged in meanwhile.
func (r *Readers) forgetSockets() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sockets = map[string]string{}
}

// channelOf asks a reader where it is; the card in it is not touched.
func channelOf(c Context, reader string) (uint32, error) {
	h, err := c.Connect(reader, scard.ShareDirect, scard.ProtocolUndefined)
	if err != nil {
		return 0, err
	}
	defer func() { _ = h.Disconnect(scard.LeaveCard) }() // the reader may be gone
	value, err := h.GetAttrib(scard.AttrChannelId)
	if err != nil || len(value) < 4 {
		return 0, err
	}
	return binary.NativeEndian.Uint32(value), nil
}

// usbSocket finds the device with a channel's bus and address.
func (r *Readers) usbSocket(channel uint32) string {
	if channel>>16 != usbChannel {
		return ""
	}
	dir := r.options.usbDevices
	if dir == "" {
		dir = usbDevices
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	bus, address := int(channel>>8&0xFF), int(channel&0xFF)
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		if number(at, "busnum") == bus && number(at, "devnum") == address {
			return e.Name()
		}
	}
	return ""
}

// number reads a number that sysfs tells of a device; -1 where it tells none, as of
// an interface.
func number(dir, name string) int {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return -1
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return -1
	}
	return n
}
