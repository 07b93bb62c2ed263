package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// Aplay is a Player that plays on an ALSA device.
type Aplay struct{ device string }

var _ Player = (*Aplay)(nil)

// NewAplay makes a player for a device such as "default" or "plughw:CARD=PCH,DEV=0". The
// error says what to install.
func NewAplay(device string) (*Aplay, error) {
	if _, err := exec.LookPath("aplay"); err != nil {
		return nil, errors.New("aplay is not installed: it is in the Debian package alsa-utils")
	}
	return &Aplay{device: device}, nil
}

// Play has aplay read the sound from a pipe; aplay(1). Killed, it is silent at once:
// the kernel closes the device with it. A wav that is no file of the system must end
// by itself, or it is waited for.
func (a *Aplay) Play(ctx context.Context, wav io.Reader) error {
	cmd := exec.CommandContext(ctx, "aplay", "--quiet", "--device", a.device, "--file-type", "wav", "-")
	cmd.Stdin, cmd.WaitDelay = wav, endTime
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("aplay on %q: %w", a.device, err)
	}
	return nil
}
