package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// cardService is the pcscd behind the virtual readers: one of our own, or the one
// that the machine runs.
type cardService struct {
	own       *pcsctest.Daemon // nil where it is the machine's
	socket    string
	names     []string // of the readers, as PC/SC has them
	addresses []string // at which they wait for their cards

	mu    sync.Mutex
	ended string // guarded by mu; "stopped" or "killed" where that was asked for
}

// Which pcscd to use, as --pcscd has it.
const (
	pcscdAuto    = "auto"
	pcscdPrivate = "private"
	pcscdMachine = "machine"
)

// debianVPCD is where vpcd waits for the card of its first reader as Debian
// configures it (/etc/reader.conf.d/vpcd). The second waits one port further.
const debianVPCD = "127.0.0.1:35963"

// machineSocket is compiled into Debian's libpcsclite.
const machineSocket = "/run/pcscd/pcscd.comm"

// startService gives so many readers, of which pcscd --pcscd says.
func startService(ctx context.Context, which, vpcd string, readers int) (*cardService, error) {
	if which == pcscdMachine {
		return machineService(ctx, vpcd, readers)
	}
	own, err := pcsctest.Start(ctx, readers)
	if err == nil {
		return &cardService{own: own, socket: own.Socket(), names: own.Names(), addresses: own.Addresses()}, nil
	}
	if which == pcscdPrivate {
		return nil, err
	}
	s, machineErr := machineService(ctx, vpcd, readers)
	if machineErr != nil {
		return nil, errors.Join(err, machineErr)
	}
	return s, nil
}

// machineService uses the virtual readers of the pcscd that runs here.
func machineService(ctx context.Context, vpcd string, readers int) (*cardService, error) {
	s := &cardService{socket: machineSocket}
	if other := os.Getenv("PCSCLITE_CSOCK_NAME"); other != "" {
		s.socket = other
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	names, err := pcsc.New(pcsc.Options{}).List(ctx)
	if err != nil {
		return nil, fmt.Errorf("using the pcscd of this machine: %w", err)
	}
	for _, name := range names {
		if strings.Contains(name, "Virtual PCD") {
			s.names = append(s.names, name)
		}
	}
	if len(s.names) < readers {
		return nil, fmt.Errorf("using the pcscd of this machine: it has %d virtual readers, and %d are asked for: apt-get install vsmartcard-vpcd, systemctl restart pcscd", len(s.names), readers)
	}
	s.names = s.names[:readers]
	s.addresses, err = consecutive(vpcd, readers)
	return s, err
}

// consecutive gives n addresses from the first on, port by port.
func consecutive(first string, n int) ([]string, error) {
	host, port, err := net.SplitHostPort(first)
	if err != nil {
		return nil, fmt.Errorf("reading the address of vpcd: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("reading the address of vpcd: %w", err)
	}
	var out []string
	for i := range n {
		out = append(out, net.JoinHostPort(host, strconv.Itoa(int(number)+i)))
	}
	return out, nil
}

// errNotOurs is that pcscd is the machine's: other programs use it.
var errNotOurs = errors.New("the bench uses the pcscd of this machine and leaves it alone: use systemctl")

// do stops, kills, starts or restarts pcscd, has it hang, or go on.
func (s *cardService) do(ctx context.Context, what string) error {
	if s.own == nil {
		return errNotOurs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch what {
	case "stop":
		s.ended = "stopped"
		return s.own.Stop(ctx)
	case "kill":
		s.ended = "killed"
		s.own.Kill()
		return nil
	case "freeze":
		return s.own.Freeze()
	case "thaw":
		return s.own.Thaw()
	case "start":
		if s.own.Running() {
			return nil
		}
	case "restart":
	default:
		return fmt.Errorf("%q is none of stop, start, kill, restart, freeze, thaw", what)
	}
	err := s.own.Restart(ctx)
	if err == nil {
		s.ended = ""
	}
	return err
}

// serviceRunning is the state in which cards are seen.
const serviceRunning = "running"

// state is [serviceRunning], "stopped", "killed" or "died": ended by itself.
func (s *cardService) state() string {
	if s.own == nil {
		if _, err := os.Stat(s.socket); err != nil {
			return "stopped"
		}
		return serviceRunning
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.own.Running():
		return serviceRunning
	case s.ended != "":
		return s.ended
	}
	return "died"
}

// Close ends a pcscd of our own.
func (s *cardService) Close() error {
	if s.own == nil {
		return nil
	}
	return s.own.Close()
}
