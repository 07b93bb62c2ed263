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
	var b strings.Builder
	b.WriteString(exampleHead)
	standard := Default().values()
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
		section = table
		value := k.Example
		if value == "" {
			value = tomlValue(standard[k.Name])
		}
		for line := range strings.Lines(k.Says) {
			fmt.Fprintf(&b, "# %s\n", strings.TrimSuffix(line, "\n"))
		}
		if table == anyPrinter {
			name = "# " + name
		}
		fmt.Fprintf(&b, "%s = %s\n", name, value)
	}
	return b.String()
}
