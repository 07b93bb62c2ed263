package config

import (
	"fmt"
	"strings"
)

const exampleHead = `# /etc/balie/kioskd.toml: the configuration of kioskd, with every key there is.
#
# What is named like a choice of yours (hospital, printer.port) is to be changed;
# the rest is good as it is on most kiosks. A key that is left out has its default,
# one that kioskd does not know is an error. After a change:
#
#   sudo kioskctl config check     looks whether it is right
#   sudo kioskctl config reload    has kioskd take it, and names what waits for a restart
#
# The file holds no secret: who the kiosk is to the portal is in portal.credentials.
`

const exampleMorePrinters = `
# More printers, each under a name of its own. role is what it prints: "card", "label",
# or "ticket" where [printer] has no port; one printer for each. A ticket does not wait
# for the card printer, and a card never comes out elsewhere.
#
# [printers.card]
`

// Example is the file with every key, what it is for, and a value that a kiosk could
// have: packaging/kioskd.toml.
func Example() string {
	standard := Default().values()
	return written(nil, func(k Key) string {
		if k.Example != "" {
			return k.Example
		}
		return tomlValue(standard[k.Name])
	})
}

// Text is the configuration as a file, with what every key is for.
func (c Config) Text() string {
	values := c.values()
	return written(c.Settings(), func(k Key) string { return tomlValue(values[k.Name]) })
}

// written is a file; of settings it has the printers that have names of their own.
func written(settings []Setting, value func(Key) string) string {
	var b strings.Builder
	b.WriteString(exampleHead)
	section := ""
	for _, k := range keys {
		table, name := k.split()
		switch {
		case table == anyPrinter && section != table:
			b.WriteString(exampleMorePrinters)
		case table == "":
			b.WriteString("\n")
		case table != section:
			fmt.Fprintf(&b, "\n[%s]\n", table)
		}
		for line := range strings.Lines(k.Says) {
			fmt.Fprintf(&b, "# %s\n", strings.TrimSuffix(line, "\n"))
		}
		if section = table; table == anyPrinter {
			fmt.Fprintf(&b, "# %s = %s\n", name, k.Example)
		} else {
			fmt.Fprintf(&b, "%s = %s\n", name, value(k))
		}
		if k.Name == anyPrinter+".profile" {
			writePrinters(&b, settings)
		}
	}
	return b.String()
}

// writePrinters writes the tables of printers that have names.
func writePrinters(b *strings.Builder, settings []Setting) {
	in := ""
	for _, s := range settings {
		table, name := Key{Name: s.Name}.split()
		if !strings.HasPrefix(table, "printers.") {
			continue
		}
		if table != in {
			fmt.Fprintf(b, "\n[%s]\n", table)
			in = table
		}
		fmt.Fprintf(b, "%s = %s\n", name, s.Value)
	}
}
