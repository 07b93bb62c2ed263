package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Speech is how the screens are read out through headphones.
type Speech struct {
	On     bool     `toml:"on"`
	Device string   `toml:"device"` // ALSA's name of the headphone jack
	Inputs []string `toml:"inputs"` // input devices with a jack or a key
	Key    uint16   `toml:"key"`    // of linux/input-event-codes.h; 0 is none
}

func (s Speech) check() error {
	if strings.TrimSpace(s.Device) == "" || strings.HasPrefix(s.Device, "-") {
		return fmt.Errorf("speech.device: %q is no device of aplay -L", s.Device)
	}
	for _, path := range s.Inputs {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("speech.inputs: %q is not a path such as \"/dev/input/by-path/…\"", path)
		}
	}
	if s.Key != 0 && len(s.Inputs) == 0 {
		return errors.New("speech.key: name the device that has the key in speech.inputs")
	}
	return nil
}
