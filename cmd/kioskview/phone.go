package main

import (
	"log/slog"

	"github.com/BurntSushi/toml"
)

// phoneOf is the number to call, as kioskd's configuration has it; none where that
// cannot be read. Nothing else of it is looked at, so that a configuration for which
// kioskd does not start still has people told whom to call.
func phoneOf(path string, log *slog.Logger) string {
	if path == "" {
		return ""
	}
	var c struct {
		Hospital struct {
			Phone string `toml:"phone"`
		} `toml:"hospital"`
	}
	if _, err := toml.DecodeFile(path, &c); err != nil {
		log.Warn("no number to call from the configuration", "err", err)
		return ""
	}
	return c.Hospital.Phone
}
