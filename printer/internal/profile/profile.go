// Package profile finds and reads printer profiles: files NAME.toml that say what
// sets one kind of printer apart from another, whatever its dialect.
package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// ErrNone is wrapped by the error of [Read] where no file has the name.
var ErrNone = errors.New("no such printer profile")

// Read finds the profile of that name: NAME.toml in one of the folders, the first
// that has it, else in the folder profiles of one that is shipped. A name with a
// slash in it is the path of a file; base is the name without path and ending.
func Read(name string, folders []string, shipped ...fs.FS) (base string, text []byte, err error) {
	if strings.ContainsRune(name, filepath.Separator) {
		text, err := readFile(name)
		if err != nil {
			return "", nil, fmt.Errorf("reading printer profile: %w", err)
		}
		return strings.TrimSuffix(filepath.Base(name), ".toml"), text, nil
	}
	for _, folder := range folders {
		text, err := readFile(filepath.Join(folder, name+".toml"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, fmt.Errorf("reading printer profile: %w", err)
		}
		return name, text, nil
	}
	for _, files := range shipped {
		if text, err := fs.ReadFile(files, "profiles/"+name+".toml"); err == nil {
			return name, text, nil
		}
	}
	return "", nil, fmt.Errorf("%w: %q (there are %s)", ErrNone, name, strings.Join(Names(folders, shipped...), ", "))
}

// largest is more than a profile has, in bytes.
const largest = 64 << 10

// readFile reads a file that may be anything, a device without an end as well.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, largest))
	return text, errors.Join(err, file.Close())
}

// Names lists the profiles in the folders and those that are shipped, in
// alphabetical order, each once.
func Names(folders []string, shipped ...fs.FS) []string {
	var files []string
	for _, s := range shipped {
		own, _ := fs.Glob(s, "profiles/*.toml")
		files = append(files, own...)
	}
	for _, folder := range folders {
		own, _ := filepath.Glob(filepath.Join(folder, "*.toml"))
		files = append(files, own...)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".toml"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Decode reads the text of a profile. An unknown key is an error.
func Decode(name string, text []byte, into any) error {
	meta, err := toml.NewDecoder(bytes.NewReader(text)).Decode(into)
	if err != nil {
		return fmt.Errorf("reading printer profile %s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("reading printer profile %s: unknown key %s", name, unknown[0])
	}
	return nil
}

// Dialect tells of which dialect a profile is: "escpos" where it says nothing.
func Dialect(name string, text []byte) (string, error) {
	var head struct {
		Dialect string `toml:"dialect"`
	}
	if err := toml.Unmarshal(text, &head); err != nil {
		return "", fmt.Errorf("reading printer profile %s: %w", name, err)
	}
	if head.Dialect == "" {
		return "escpos", nil
	}
	return head.Dialect, nil
}
