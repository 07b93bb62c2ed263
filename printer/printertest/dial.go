package printertest

import (
	"fmt"
	"time"

	"go.bug.st/serial"

	"balie/printer"
)

// Dial opens a virtual printer's tty as a program does that has no more than
// go.bug.st/serial: hw/serial is not for package printer to know.
func Dial(path string) (printer.Port, error) {
	port, err := serial.Open(path, &serial.Mode{BaudRate: 9600})
	if err != nil {
		return nil, fmt.Errorf("opening the virtual printer: %w", err)
	}
	if err := port.SetReadTimeout(100 * time.Millisecond); err != nil {
		return nil, fmt.Errorf("opening the virtual printer: %w", err)
	}
	return port, nil
}
