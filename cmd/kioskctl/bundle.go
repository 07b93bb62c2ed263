package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/bundle"
	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/doctor"
)

const bundleHelp = `Makes one archive (tar.gz) for who maintains Balie: what doctor finds, status, printers,
the queue's ids and states, the configuration with where each value comes from, numbers,
the log of the last days, versions, and what is plugged in. Nothing of it is of a person:
national numbers, card numbers, addresses, tokens, keys and what cards said are taken out
of whatever log they may have got into. Look into it before it is sent all the same.

It works without kioskd, too: what cannot be had is there with why.`

func bundleCommand(d *door) *cobra.Command {
	var to, path string
	cmd := &cobra.Command{
		Use: "support-bundle", Short: "Make one archive for who maintains Balie, with nothing of a person", Long: bundleHelp, Args: cobra.NoArgs,
		Example: "  kioskctl support-bundle\n  kioskctl support-bundle --to /media/stick/kiosk.tar.gz",
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now()
			name := "balie-support-" + now.UTC().Format("20060102-150405")
			if to == "" {
				to = name + ".tar.gz"
			}
			f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return fmt.Errorf("making the archive: %w", err)
			}
			err = bundle.Write(cmd.Context(), f, name, bundleParts(d, path), now)
			if err = errors.Join(err, f.Close()); err != nil {
				return errors.Join(err, os.Remove(to))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), to)
			return err
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the `FILE` to write; it must not be there yet")
	cmd.Flags().StringVar(&path, "config", configFile, "kioskd's configuration `FILE`")
	return cmd
}

// bundleParts are the files of the archive.
func bundleParts(d *door, path string) []bundle.Part {
	c := d.client()
	return []bundle.Part{
		// Not as the daemon's user: what follows needs the rights that this process has.
		{Name: "doctor.json", Make: asJSON(func(ctx context.Context) (any, error) {
			return doctor.Doctor{Config: path, Socket: d.socket, Become: func(string) error { return nil }}.Look(ctx), nil
		})},
		{Name: "status.json", Make: asJSON(func(ctx context.Context) (any, error) { return c.Status(ctx) })},
		{Name: "printers.json", Make: asJSON(func(ctx context.Context) (any, error) { return c.Printers(ctx) })},
		{Name: "queue.json", Make: asJSON(func(ctx context.Context) (any, error) { return c.Queue(ctx, 1000) })},
		{Name: "config.json", Make: asJSON(func(ctx context.Context) (any, error) { return bundledConfig(ctx, c, path) })},
		{Name: "metrics.txt", Make: c.Metrics},
		{Name: "journal.txt", Make: output("journalctl", "-u", "kioskd", "-u", "kioskview", "-u", "pcscd", "--since", "-7d", "-o", "short-iso", "--no-pager", "-n", "20000")},
		{Name: "units.txt", Make: output("systemctl", "status", "--no-pager", "-l", "kioskd", "kioskview", "pcscd.service", "pcscd.socket")},
		{Name: "time.txt", Make: output("timedatectl", "show")},
		{Name: "disk.txt", Make: output("df", "-h")},
		{Name: "packages.txt", Make: output("dpkg-query", "-W", "balie", "pcscd", "libccid", "libwebkit2gtk-4.1-0", "cage", "polkitd")},
		{Name: "kernel.txt", Make: output("uname", "-srvm")},
		{Name: "usb.txt", Make: func(context.Context) ([]byte, error) { return usb("/sys/bus/usb/devices") }},
		{Name: "build.txt", Make: func(context.Context) ([]byte, error) {
			info, _ := debug.ReadBuildInfo()
			return []byte(info.String()), nil
		}},
	}
}

// bundledConfig is what holds in the daemon, or else what the file says.
func bundledConfig(ctx context.Context, c *control.Client, path string) (any, error) {
	if list, err := c.Config(ctx); err == nil {
		return list, nil
	}
	file, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	return file.Settings(), nil
}

func asJSON(ask func(context.Context) (any, error)) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		v, err := ask(ctx)
		if err != nil {
			return nil, err
		}
		return json.MarshalIndent(v, "", "  ")
	}
}

// output is what a program of the system says.
func output(name string, args ...string) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		return exec.CommandContext(ctx, name, args...).CombinedOutput()
	}
}

// usb is what is plugged in: socket, ids and names, and no serial numbers.
func usb(dir string) ([]byte, error) {
	products, err := filepath.Glob(filepath.Join(dir, "*", "idVendor"))
	var b bytes.Buffer
	for _, path := range products {
		at := filepath.Dir(path)
		fmt.Fprintf(&b, "%s", filepath.Base(at))
		for _, name := range []string{"idVendor", "idProduct", "manufacturer", "product"} {
			text, err := os.ReadFile(filepath.Join(at, name))
			if err == nil {
				fmt.Fprintf(&b, " %s", strings.TrimSpace(string(text)))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), err
}
