package pcsc

import (
	"regexp"
	"slices"
	"strings"
)

// Role is what a reader is for, told by a pattern. It is either a part of the name
// as PC/SC gives it, in upper or lower case, in which * stands for anything and ?
// for one character: "ACR39U", or "*(serial 0123)*"; or "usb:" and the socket that
// the reader is plugged in to, as sysfs names it: "usb:1-1.2".
//
// A serial number in a name goes with the reader, a socket stays where it is. The
// two numbers at the end of a name do neither: see [Stable].
type Role struct {
	Name  string // "patient"
	Match string
}

// bySocket opens the pattern that tells a reader by where it is plugged in.
const bySocket = "usb:"

// numbered is a name with the two numbers that pcscd puts at its end: that of the
// reader, in the order of plugging in, and that of the slot, which the reader has
// built in (pcsc-lite src/readerfactory.c, RFSetReaderName).
var numbered = regexp.MustCompile(`^(.+)\b[0-9A-Fa-f]{2} ([0-9A-Fa-f]{2})$`)

// Stable is a pattern that means the same reader after it was plugged in anew:
// where it ends in the two numbers of a whole name, the first stands for any.
func Stable(pattern string) string {
	if strings.HasPrefix(pattern, bySocket) {
		return pattern
	}
	return numbered.ReplaceAllString(pattern, "${1}?? $2")
}

// Role is the role of a reader, empty where it has none.
func (r *Readers) Role(reader string) string {
	for _, role := range r.options.Roles {
		if r.means(role.Match, reader) {
			return role.Name
		}
	}
	return ""
}

// Roles are all roles that a reader could have: more than one is a mistake.
func (r *Readers) Roles(reader string) []string {
	var names []string
	for _, role := range r.options.Roles {
		if r.means(role.Match, reader) && !slices.Contains(names, role.Name) {
			names = append(names, role.Name)
		}
	}
	return names
}

// means tells whether a pattern means a reader.
func (r *Readers) means(pattern, reader string) bool {
	if socket, is := strings.CutPrefix(pattern, bySocket); is {
		return socket != "" && r.Socket(reader) == socket
	}
	return matches(pattern, reader)
}

// matches finds a pattern in a name.
func matches(pattern, name string) bool {
	if pattern == "" {
		return false
	}
	wild := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
	re, err := regexp.Compile("(?is)" + wild)
	return err == nil && re.MatchString(name)
}
