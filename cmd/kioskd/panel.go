package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"balie/cmd/internal/config"
)

// backlight is the light of a built-in screen
// (Documentation/ABI/stable/sysfs-class-backlight).
type backlight struct{ dir string }

// device is the folder of the light that this user may set; empty where there is none.
func (l backlight) device() string {
	lights, err := filepath.Glob(filepath.Join(l.dir, "*", "brightness"))
	if err != nil {
		return "" // of a pattern that is none
	}
	for _, path := range lights {
		if unix.Access(path, unix.W_OK) == nil {
			return filepath.Dir(path)
		}
	}
	return ""
}

func (l backlight) there() bool { return l.device() != "" }

// change makes the light a tenth brighter or darker, and never dark.
func (l backlight) change(by int) (string, error) {
	device := l.device()
	if device == "" {
		return "", errors.New("this screen's light cannot be set")
	}
	most, err := number(filepath.Join(device, "max_brightness"))
	if err != nil {
		return "", err
	}
	now, err := number(filepath.Join(device, "brightness"))
	if err != nil {
		return "", err
	}
	next := min(max(now+by*max(most/10, 1), max(most/10, 1)), most)
	if err := os.WriteFile(filepath.Join(device, "brightness"), []byte(strconv.Itoa(next)), 0); err != nil {
		return "", fmt.Errorf("setting the light: %w", err)
	}
	return fmt.Sprintf("%d %%", next*100/max(most, 1)), nil
}

func number(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// mixer is the sound of the headphone jack, by alsa-utils.
type mixer struct{ program, device string }

// newMixer is the mixer of a booth that speaks; none elsewhere.
func newMixer(c config.Speech) mixer {
	program, err := exec.LookPath("amixer")
	if !c.On || err != nil {
		return mixer{}
	}
	return mixer{program: program, device: c.Device}
}

// change changes the volume, as amixer(1) has it.
func (m mixer) change(ctx context.Context, by string) (string, error) {
	out, err := exec.CommandContext(ctx, m.program, "-D", m.device, "sset", "Master", by).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("setting the volume: %w", err)
	}
	_, said, _ := strings.Cut(string(out), "[")
	said, _, _ = strings.Cut(said, "]")
	return said, nil
}
