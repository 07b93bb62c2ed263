// Package setup puts a kiosk up: it finds readers and printers, writes the
// configuration, has the portal take the kiosk, starts the daemon and tries each part.
// The answers come from a file, or from somebody who is asked.
package setup

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/internal/secret"
)

// Find is the answer that has a reader or a printer's port found.
const Find = "find"

// Answers are what a technician decides.
type Answers struct {
	Portal string        // URL; empty: this kiosk is enrolled already, or is not to be
	Token  secret.Text   // of the portal, for one enrolment
	Wait   time.Duration // for somebody to confirm the kiosk at the portal
	Units  []string      // of systemd that are enabled and started; none: nothing is
	Test   bool          // whether each part is tried once the daemon runs
	Kioskd map[string]any
}

// file is the file of answers.
type file struct {
	Portal    string          `toml:"portal"`
	Token     string          `toml:"token"`
	TokenFile string          `toml:"token_file"`
	Wait      config.Duration `toml:"wait"`
	Units     []string        `toml:"units"`
	Test      bool            `toml:"test"`
	Kioskd    map[string]any  `toml:"kioskd"`
}

// Units are those that a kiosk runs.
func Units() []string { return []string{"kioskd.service", "kioskview.service"} }

// ReadAnswers reads a file of answers.
func ReadAnswers(path string) (Answers, error) {
	f := file{Wait: config.Duration(15 * time.Minute), Units: Units(), Test: true}
	text, err := os.ReadFile(path)
	if err != nil {
		return Answers{}, exit.Errorf(exit.Usage, "--answers: %w", err)
	}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return Answers{}, exit.Errorf(exit.Usage, "--answers %s: %w", path, config.OneLine(err))
	}
	if unknown := slices.DeleteFunc(meta.Undecoded(), func(k toml.Key) bool { return k[0] == "kioskd" }); len(unknown) > 0 {
		return Answers{}, exit.Errorf(exit.Usage, "--answers %s: %q: no such answer: portal, token, token_file, wait, units, test, and tables of [kioskd]", path, unknown[0].String())
	}
	if of := meta.Type("kioskd"); of != "" && of != "Hash" {
		return Answers{}, exit.Errorf(exit.Usage, "--answers %s: kioskd: is a table with keys of kioskd.toml", path)
	}
	token, err := f.token()
	if err != nil {
		return Answers{}, exit.Errorf(exit.Usage, "--answers %s: %w", path, err)
	}
	return Answers{Portal: f.Portal, Token: token, Wait: time.Duration(f.Wait), Units: f.Units, Test: f.Test, Kioskd: f.Kioskd}, nil
}

func (f file) token() (secret.Text, error) {
	switch {
	case f.Token != "" && f.TokenFile != "":
		return secret.Text{}, errors.New("token: either token or token_file")
	case f.Portal != "" && f.Token == "" && f.TokenFile == "":
		return secret.Text{}, errors.New("token_file: the portal wants a token: give the path of a file with it")
	case f.TokenFile == "":
		return secret.NewText(f.Token), nil
	}
	text, err := os.ReadFile(f.TokenFile)
	if err != nil {
		return secret.Text{}, fmt.Errorf("token_file: %w", err)
	}
	return secret.NewText(strings.TrimSpace(string(text))), nil
}

// at gives what the answers say of a key of the configuration.
func (a Answers) at(table, name string) (string, bool) {
	t, _ := a.Kioskd[table].(map[string]any)
	text, is := t[name].(string)
	return text, is
}

// set sets a key of the configuration.
func (a *Answers) set(table, name string, value any) {
	if a.Kioskd == nil {
		a.Kioskd = map[string]any{}
	}
	t, is := a.Kioskd[table].(map[string]any)
	if !is {
		t = map[string]any{}
		a.Kioskd[table] = t
	}
	t[name] = value
}

// config is the configuration that the answers make.
func (a Answers) config() (config.Config, error) {
	text, err := toml.Marshal(a.Kioskd)
	if err != nil {
		return config.Config{}, exit.Errorf(exit.Usage, "[kioskd]: %w", err)
	}
	var lines []string
	for _, wrong := range config.Problems(string(text)) {
		lines = append(lines, wrong.Error())
	}
	if len(lines) > 0 {
		return config.Config{}, exit.Errorf(exit.Usage, "[kioskd]: %s", strings.Join(lines, "; "))
	}
	return config.Parse(string(text))
}
