package config

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Desk is what the staff have at this booth.
type Desk struct {
	On      bool     `toml:"on"`
	Listen  string   `toml:"listen"`  // where the pages of a screen of its own are; empty: on the patients' screen
	Silence Duration `toml:"silence"` // after which a clerk is signed out
}

// shortest is how soon a clerk may be signed out: they are asked 25 s before.
const shortest = time.Minute

// checkDesk holds the desk against the rest.
func (c Config) checkDesk() error {
	at, err := netip.ParseAddrPort(c.Desk.Listen)
	switch {
	case c.Desk.Listen != "" && (err != nil || !at.Addr().IsLoopback()):
		return fmt.Errorf("desk.listen: %q is not a loopback address and a port, such as \"127.0.0.1:8611\": the screen is for this machine only", c.Desk.Listen)
	case c.Desk.Listen != "" && c.Desk.Listen == c.Screen.Listen && at.Port() != 0:
		return errors.New("desk.listen: that is where the patients' screen is: leave it empty to share that one")
	case c.Desk.On && c.Desk.Listen != "" && c.Cards.DeskReader == "":
		return errors.New("desk.listen: a screen of its own needs a reader of its own: name it in cards.desk_reader")
	case time.Duration(c.Desk.Silence) < shortest:
		return fmt.Errorf("desk.silence: %v is less than a minute", time.Duration(c.Desk.Silence))
	}
	return nil
}
