package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopTime is how long a part may take to end by itself.
const stopTime = 12 * time.Second

// part is a process of the desk.
type part struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended

	mu    sync.Mutex
	last  string // guarded by mu; what it logged last
	err   error  // guarded by mu; how it ended
	asked bool   // guarded by mu; to end
}

// start starts a program of the desk, with more of an environment.
func (d *Desk) start(env []string, name string, args ...string) (*part, error) {
	command := slices.Concat(d.o.Wrap[name], []string{filepath.Join(d.o.Bin, name)}, args)
	p := &part{name: name, cmd: exec.Command(command[0], command[1:]...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	// A group of its own: Ctrl-C reaches the desk alone, which ends its parts in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	d.parts = append(d.parts, p)
	go p.follow(d, out)
	return p, nil
}

// follow hands on what a part logs until it ends. It is waited for by done.
func (p *part) follow(d *Desk, out io.Reader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		at := time.Now()
		p.mu.Lock()
		p.last = lines.Text()
		p.mu.Unlock()
		if d.o.Log != nil {
			fmt.Fprintf(d.o.Log, "%-9s %s\n", p.name, lines.Text())
		}
		if d.o.Lines != nil {
			d.o.Lines(p.name, lines.Text(), at)
		}
	}
	err := p.cmd.Wait()
	p.mu.Lock()
	p.err = err
	asked := p.asked
	p.mu.Unlock()
	close(p.done)
	if !asked && p.name != "kioskview" { // a window may be closed
		d.ended <- p
	}
}

// ending says how a part ended: the last thing it said, most often.
func (p *part) ending() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := strings.TrimPrefix(p.last, p.name+": ")
	if p.err == nil {
		return fmt.Errorf("%s has ended: %s", p.name, said)
	}
	return fmt.Errorf("%s has ended (%w): %s", p.name, p.err, said)
}

// until waits until a part is ready.
func (p *part) until(ctx context.Context, ready func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(readyTime)
	defer limit.Stop()
	for !ready() {
		select {
		case <-p.done:
			return p.ending()
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", p.name, ctx.Err())
		case <-limit.C:
			return fmt.Errorf("%s does not answer within %v", p.name, readyTime)
		case <-tick.C:
		}
	}
	return nil
}

// run runs a program to its end, and gives what it said.
func (d *Desk) run(ctx context.Context, name string, args ...string) (said string, err error) {
	out, err := exec.CommandContext(ctx, filepath.Join(d.o.Bin, name), args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, args[0], err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// Wait waits until ctx ends, or a part that should run has ended: then it says
// which.
func (d *Desk) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case p := <-d.ended:
		return p.ending()
	}
}

// Kill kills a part as a power cut would, and waits until it is gone.
func (d *Desk) Kill(name string) error { return d.signal(name, syscall.SIGKILL) }

// Stop ends a part as systemd would, and waits until it is gone.
func (d *Desk) Stop(name string) error { return d.signal(name, syscall.SIGTERM) }

func (d *Desk) signal(name string, s syscall.Signal) error {
	for _, p := range slices.Backward(d.parts) {
		if p.name == name && p.runs() {
			return p.end(s)
		}
	}
	return fmt.Errorf("%s does not run", name)
}

func (p *part) runs() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// end signals a part and waits for its end; one that takes too long is killed.
func (p *part) end(s syscall.Signal) error {
	p.mu.Lock()
	p.asked = true
	p.mu.Unlock()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending %s: %w", p.name, err)
	}
	limit := time.NewTimer(stopTime)
	defer limit.Stop()
	select {
	case <-p.done:
		return nil
	case <-limit.C:
	}
	err := fmt.Errorf("%s did not end within %v and was killed", p.name, stopTime)
	if kill := p.cmd.Process.Kill(); kill != nil {
		return errors.Join(err, kill)
	}
	<-p.done
	return err
}

// PID is the process of a part that runs, 0 where it does not.
func (d *Desk) PID(name string) int {
	for _, p := range slices.Backward(d.parts) {
		if p.name == name && p.runs() {
			return p.cmd.Process.Pid
		}
	}
	return 0
}

// Close ends what runs, the last started first.
func (d *Desk) Close() error {
	var errs []error
	for _, p := range slices.Backward(d.parts) {
		if p.runs() {
			errs = append(errs, p.end(syscall.SIGTERM))
		}
	}
	return errors.Join(errs...)
}
