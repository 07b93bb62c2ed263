package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
)

// Driver is a program that drives a browser: it takes one JSON command a line and
// answers each with one line. It is for one goroutine.
type Driver struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// Start starts a script of the folder dir, which is this package's with its
// node_modules, and returns when the browser is there. The error says in one line
// what to install where something is missing.
func Start(ctx context.Context, dir, script string) (*Driver, error) {
	if err := complete(dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	d := &Driver{cmd: cmd}
	var err error
	if d.in, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting the browser's driver: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the browser's driver: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the browser's driver: %w", err)
	}
	d.out = bufio.NewScanner(out)
	d.out.Buffer(nil, 1<<20)
	if err := d.answer("start", nil); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// complete tells what is missing, and how to get it.
func complete(dir string) error {
	if _, err := exec.LookPath("node"); err != nil {
		return errors.New("node is missing: apt-get install nodejs npm")
	}
	if _, err := os.Stat("/usr/bin/chromium"); err != nil && os.Getenv("CHROMIUM") == "" {
		return errors.New("chromium is missing: apt-get install chromium")
	}
	for _, name := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(dir, "node_modules", name)); err != nil {
			return fmt.Errorf("%s is missing: make browser", name)
		}
	}
	return nil
}

// Do gives a command and decodes the answer into result, which may be nil.
func (d *Driver) Do(name string, args map[string]any, result any) error {
	command := map[string]any{"do": name}
	maps.Copy(command, args)
	line, err := json.Marshal(command)
	if err != nil {
		return fmt.Errorf("browser: %s: %w", name, err)
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("browser: %s: %w", name, err)
	}
	return d.answer(name, result)
}

func (d *Driver) answer(name string, result any) error {
	if !d.out.Scan() {
		return fmt.Errorf("browser: %s: its driver ended: %w", name, errors.Join(d.out.Err(), io.ErrUnexpectedEOF))
	}
	var a struct {
		OK    json.RawMessage
		Error string
	}
	if err := json.Unmarshal(d.out.Bytes(), &a); err != nil {
		return fmt.Errorf("browser: %s: %w", name, err)
	}
	if a.Error != "" {
		return fmt.Errorf("browser: %s: %s", name, a.Error)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(a.OK, result); err != nil {
		return fmt.Errorf("browser: %s: %w", name, err)
	}
	return nil
}

// Close ends the browser.
func (d *Driver) Close() error {
	_ = d.in.Close() // its end of input is the end of the program
	if err := d.cmd.Wait(); err != nil {
		return fmt.Errorf("browser: its driver: %w", err)
	}
	return nil
}
