package driver

import (
	"path/filepath"
	"slices"
)

// places are where printers have names, those that stay first: by socket
// (packaging/udev), by maker and serial number (systemd's udev rules,
// 60-serial.rules), and of the USB printer class.
var places = []string{"balie/tty-*", "serial/by-id/*", "usb/lp*"}

// Ports are the ports below dev, "/dev", that a printer could be at: each device once,
// by the name that stays longest.
func Ports(dev string) (list []string) {
	var seen []string
	for _, place := range places {
		names, err := filepath.Glob(filepath.Join(dev, place))
		if err != nil {
			continue // of a pattern that is none: ours are
		}
		for _, name := range names {
			device, err := filepath.EvalSymlinks(name)
			if err != nil || slices.Contains(seen, device) {
				continue // a link whose device was just pulled out
			}
			seen = append(seen, device)
			list = append(list, name)
		}
	}
	return list
}
