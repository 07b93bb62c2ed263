package setup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"balie/cmd/internal/driver"
	"balie/cmd/internal/exit"
	"balie/hw/pcsc"
)

// Found is what there is at this machine.
type Found struct {
	Readers []Reader
	Ports   []string // that a printer could be at
	Cards   error    // why there is no card service
}

// Reader is a card reader and the socket that it is in, where that is known.
type Reader struct{ Name, Socket string }

// Pattern is how the configuration names the reader: by its socket, so that another can
// be put in its place, or else by its name.
func (r Reader) Pattern() string {
	if r.Socket != "" {
		return "usb:" + r.Socket
	}
	return pcsc.Stable(r.Name)
}

// findTime is how long pcscd may take to tell its readers.
const findTime = 5 * time.Second

// Look looks what there is; dev is "/dev".
func Look(ctx context.Context, dev string) Found {
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	service := pcsc.New(pcsc.Options{Sockets: true})
	names, err := service.List(ctx)
	f := Found{Ports: driver.Ports(dev), Cards: err}
	for _, name := range names {
		f.Readers = append(f.Readers, Reader{Name: name, Socket: service.Socket(name)})
	}
	return f
}

// resolve puts what was found where the answers ask for it.
func (a *Answers) resolve(f Found) error {
	if err := a.resolveReaders(f); err != nil {
		return err
	}
	if port, _ := a.at("printer", "port"); port == Find {
		found, err := onlyPort("printer.port", f.Ports)
		if err != nil {
			return err
		}
		a.set("printer", "port", found)
	}
	return nil
}

// resolveReaders finds the patient's reader where it is the only one that is not the
// desk's. One reader needs no name: any other can be put in its place.
func (a *Answers) resolveReaders(f Found) error {
	if name, _ := a.at("cards", "reader"); name != Find {
		return nil
	}
	desk, _ := a.at("cards", "desk_reader")
	switch {
	case f.Cards != nil:
		return exit.Errorf(exitNotFound, "cards.reader: %w", f.Cards)
	case len(f.Readers) == 0:
		return exit.Errorf(exitNotFound, "cards.reader: no reader is there: plug one in, or leave cards.reader empty")
	case len(f.Readers) > 1 && desk == "":
		return exit.Errorf(exitNotFound, "cards.reader: there are %d readers (%s): name the patient's, or the desk's in cards.desk_reader", len(f.Readers), f.names())
	}
	a.set("cards", "reader", "")
	return nil
}

func (f Found) names() string {
	var list []string
	for _, r := range f.Readers {
		list = append(list, fmt.Sprintf("%q = %q", r.Name, r.Pattern()))
	}
	return strings.Join(list, ", ")
}

// onlyPort is the port where there is one and no more.
func onlyPort(key string, ports []string) (string, error) {
	switch len(ports) {
	case 1:
		return ports[0], nil
	case 0:
		return "", exit.Errorf(exitNotFound, "%s: no printer is there: plug it in and switch it on, or say \"\" for a booth without", key)
	}
	return "", exit.Errorf(exitNotFound, "%s: there are %d: name one: %s", key, len(ports), strings.Join(ports, ", "))
}
