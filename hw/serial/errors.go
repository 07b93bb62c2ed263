package serial

import (
	"errors"
	"fmt"
	"io/fs"

	bugst "go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// Why a device cannot be used.
var (
	ErrNoDevice  = errors.New("no such device")
	ErrNotSerial = errors.New("neither a serial device nor a USB printer")
	ErrBusy      = errors.New("device is in use")
	ErrDenied    = errors.New("no right to use the device")
	ErrLost      = errors.New("device is gone")
	ErrStalled   = errors.New("device takes no data")
	ErrSetting   = errors.New("device refuses the setting")
)

// advise says what a technician can do about it, in the same line.
func advise(path string, err error) error {
	advice := map[error]string{
		ErrNoDevice:  "plug it in, or choose one that `ls -l /dev/serial/by-id` shows",
		ErrNotSerial: "name a tty, such as one in /dev/serial/by-id, or a printer at /dev/usb/lp0",
		ErrBusy:      "another program has it open; `fuser -v " + path + "` shows which",
		ErrDenied:    "add this user to the group dialout (lp for /dev/usb/lp…), and log in anew",
	}
	return fmt.Errorf("opening %s: %w: %s", path, err, advice[err])
}

func explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV), errors.Is(err, unix.EIO):
		return advise(path, ErrNoDevice)
	case errors.Is(err, fs.ErrPermission):
		return advise(path, ErrDenied)
	case errors.Is(err, unix.EBUSY):
		return advise(path, ErrBusy)
	case errors.Is(err, unix.EISDIR), errors.Is(err, unix.ENOTDIR):
		return advise(path, ErrNotSerial)
	}
	return fmt.Errorf("opening %s: %w", path, err)
}

func refuseSpeed(c Config) error {
	return fmt.Errorf("opening %s: %w: %d baud; 9600, 19200, 38400 and 115200 are usual", c.Path, ErrSetting, c.Baud)
}

// explain turns an error of go.bug.st/serial into one of ours.
func explain(config Config, err error) error {
	var port *bugst.PortError
	if !errors.As(err, &port) {
		return explainOpen(config.Path, err)
	}
	switch port.Code() {
	case bugst.PortBusy:
		return advise(config.Path, ErrBusy)
	case bugst.PermissionDenied:
		return advise(config.Path, ErrDenied)
	case bugst.PortNotFound:
		return advise(config.Path, ErrNoDevice)
	case bugst.InvalidSpeed:
		return refuseSpeed(config)
	}
	return fmt.Errorf("opening %s: %w: %w", config.Path, ErrSetting, err)
}
