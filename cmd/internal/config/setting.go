package config

import (
	"fmt"
	"io"
)

// Where a setting comes from.
const (
	FromDefault = "default"
	FromFile    = "file"
	FromPortal  = "portal"
)

// Setting is one key as it holds.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as TOML
	From  string `json:"from"`
	Live  bool   `json:"live"` // a change is applied on reload
}

// Settings are all that hold, in the order of the example.
func (c Config) Settings() []Setting {
	values := c.values()
	var list []Setting
	for _, name := range c.names() {
		k, _ := keyOf(name)
		list = append(list, Setting{Name: name, Value: tomlValue(values[name]), From: c.From(name), Live: k.Live})
	}
	return list
}

// From is where the setting of a key comes from.
func (c Config) From(name string) string {
	if from, said := c.from[name]; said {
		return from
	}
	return FromDefault
}

// WriteSettings writes settings as a file would have them, each with where it comes
// from.
func WriteSettings(w io.Writer, list []Setting) error {
	table := ""
	for _, s := range list {
		in, name := Key{Name: s.Name}.split()
		if in != table {
			table = in
			if _, err := fmt.Fprintf(w, "\n[%s]\n", table); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "%-40s # %s\n", name+" = "+s.Value, s.From); err != nil {
			return err
		}
	}
	return nil
}

// Change is a key that two configurations say differently.
type Change struct {
	Name string `json:"name"`
	Old  string `json:"old"` // as TOML; empty: it is not there
	New  string `json:"new"`
	Live bool   `json:"live"` // applied on reload; without, at the next start
}

// String is the change on one line.
func (c Change) String() string {
	when := "needs a restart"
	if c.Live {
		when = "applied on reload"
	}
	return fmt.Sprintf("%s: %s -> %s (%s)", c.Name, orNone(c.Old), orNone(c.New), when)
}

func orNone(value string) string {
	if value == "" {
		return "not there"
	}
	return value
}

// Changes are the keys that differ from old to next, in the order of the example.
func Changes(old, next []Setting) (list []Change) {
	was := map[string]Setting{}
	for _, s := range old {
		was[s.Name] = s
	}
	for _, s := range next {
		before, there := was[s.Name]
		delete(was, s.Name)
		if !there || before.Value != s.Value {
			list = append(list, Change{Name: s.Name, Old: before.Value, New: s.Value, Live: s.Live})
		}
	}
	for _, s := range old {
		if gone, is := was[s.Name]; is {
			list = append(list, Change{Name: gone.Name, Old: gone.Value, Live: gone.Live})
		}
	}
	return list
}
