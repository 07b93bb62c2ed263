// Package driver makes the drivers of a booth's printers from its configuration, for
// the daemon, and for a technician's command where no daemon runs.
package driver

import (
	"context"
	"errors"
	"log/slog"

	"balie/cmd/internal/config"
	"balie/hw/serial"
	"balie/printer"
	"balie/printer/dialect"
)

// Device is a printer of a booth.
type Device struct {
	printer.Printer
	config.NamedPrinter
	Columns int // of the paper, in characters
	Wire    serial.Config
	Close   func() error
}

// Open makes the driver of a printer. It opens nothing yet.
func Open(c config.NamedPrinter, folders []string, log *slog.Logger) (Device, error) {
	profile, err := dialect.Load(c.Profile, folders...)
	if err != nil {
		return Device{}, err
	}
	wire := serial.Config{Path: c.Port, Baud: c.Baud}
	if wire.Baud == 0 {
		wire.Baud = profile.Baud
	}
	// XON and XOFF are the driver's own: it hears of faults while it waits.
	if profile.DSR {
		wire.Handshake = serial.DSR
	}
	drive := profile.Drive(func(ctx context.Context) (printer.Port, error) { return serial.Open(ctx, wire) }, log)
	return Device{Printer: drive, NamedPrinter: c, Columns: profile.Columns, Wire: wire, Close: drive.Close}, nil
}

// IsMistake tells whether the error of opening a port can only be a mistake: a cable that
// is out may be put in.
func IsMistake(err error) bool {
	return errors.Is(err, serial.ErrNotSerial) || errors.Is(err, serial.ErrDenied) || errors.Is(err, serial.ErrBusy) || errors.Is(err, serial.ErrSetting)
}

// Probe opens the wire of a printer and closes it again.
func (d Device) Probe(ctx context.Context) error {
	port, err := serial.Open(ctx, d.Wire)
	if err != nil {
		return err
	}
	return port.Close()
}

// Fault is the code of the fault that the error of asking a printer is, as package fault
// has them; empty where it is none of those.
func Fault(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, serial.ErrNoDevice), errors.Is(err, serial.ErrLost):
		return "printer-away"
	case errors.Is(err, serial.ErrDenied):
		return "printer-refuses"
	case errors.Is(err, serial.ErrNotSerial), errors.Is(err, serial.ErrSetting):
		return "printer-not-serial"
	case errors.Is(err, serial.ErrBusy):
		return "printer-busy"
	}
	return "printer-mute"
}
