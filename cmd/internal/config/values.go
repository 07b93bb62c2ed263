package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// anyPrinter is the table of a printer that the file gives a name, as keys have it.
const anyPrinter = "printers.NAME"

// split is the table and the name of a key in it.
func (k Key) split() (table, name string) {
	if at := strings.LastIndexByte(k.Name, '.'); at >= 0 {
		return k.Name[:at], k.Name[at+1:]
	}
	return "", k.Name
}

// keyOf is what there is to say of a dotted name of a file; printers have the names
// that the file gives them.
func keyOf(name string) (Key, bool) {
	if part := strings.Split(name, "."); len(part) == 3 && part[0] == "printers" {
		name = anyPrinter + "." + part[2]
	}
	at := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
	if at < 0 {
		return Key{}, false
	}
	return keys[at], true
}

// values are all that a configuration says, by dotted name.
func (c Config) values() map[string]any {
	flat := map[string]any{}
	flatten(flat, "", c.Tree())
	return flat
}

// Tree is all that a configuration says, as the tables of a file.
func (c Config) Tree() map[string]any {
	text, err := toml.Marshal(c)
	tree := map[string]any{}
	if err == nil {
		err = toml.Unmarshal(text, &tree)
	}
	if err != nil {
		return nil // of a type that TOML does not have: the tests hold every key to be here
	}
	return tree
}

func flatten(to map[string]any, prefix string, tree map[string]any) {
	for name, v := range tree {
		if below, is := v.(map[string]any); is {
			flatten(to, prefix+name+".", below)
			continue
		}
		to[prefix+name] = v
	}
}

// tomlValue is a value as a file says it, on one line.
func tomlValue(v any) string {
	if list, is := v.([]any); is {
		var parts []string
		for _, e := range list {
			parts = append(parts, tomlValue(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if v == nil {
		return "[]" // a list that is nil is not written at all
	}
	text, err := toml.Marshal(map[string]any{"v": v})
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(string(text), "v = "))
}

// names are those of all that a configuration can say, in the order of the example;
// printers with names of their own stand where the example has theirs.
func (c Config) names() (list []string) {
	for _, k := range keys {
		table, name := k.split()
		if table != anyPrinter {
			list = append(list, k.Name)
			continue
		}
		if name != "role" {
			continue // all of a printer at once, below
		}
		for _, printer := range slices.Sorted(maps.Keys(c.Printers)) {
			for _, of := range []string{"role", "port", "baud", "profile"} {
				list = append(list, "printers."+printer+"."+of)
			}
		}
	}
	return list
}
