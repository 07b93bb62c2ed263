// Package logs is where the daemon's log goes: to the journal, field by field, where
// systemd reads stderr, and as text anywhere else. What is of a person never gets here:
// package secret sees to that.
package logs

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
)

// Handler is the handler for a program whose stderr is w.
func Handler(w io.Writer) slog.Handler {
	if to, err := journal.StderrIsJournalStream(); err == nil && to {
		return &fields{send: journal.Send}
	}
	return slog.NewTextHandler(w, nil)
}

// fields sends each record to the journal with a field for each attribute, so that
// journalctl finds what it is asked for: journalctl -u kioskd BALIE_FAULT=printer-mute.
type fields struct {
	send   func(message string, priority journal.Priority, vars map[string]string) error
	attrs  []slog.Attr // with the names of their groups before theirs
	groups []string
}

// Enabled is of slog.Handler.
func (*fields) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle is of slog.Handler. The message has the attributes behind it, too: who reads
// the journal as text is to miss nothing.
func (f *fields) Handle(_ context.Context, r slog.Record) error {
	vars := map[string]string{}
	var text strings.Builder
	text.WriteString(r.Message)
	put := func(a slog.Attr) {
		value := a.Value.Resolve().String()
		if a.Value.Kind() == slog.KindTime {
			value = a.Value.Time().Format(time.RFC3339Nano)
		}
		vars[fieldName(a.Key)] = value
		text.WriteString(" " + a.Key + "=" + quoted(value))
	}
	for _, a := range f.attrs {
		put(a)
	}
	r.Attrs(func(a slog.Attr) bool {
		for _, flat := range f.flat(a, f.groups) {
			put(flat)
		}
		return true
	})
	return f.send(text.String(), priority(r.Level), vars)
}

// WithAttrs is of slog.Handler.
func (f *fields) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *f
	next.attrs = slices.Clone(f.attrs)
	for _, a := range attrs {
		next.attrs = append(next.attrs, f.flat(a, f.groups)...)
	}
	return &next
}

// WithGroup is of slog.Handler.
func (f *fields) WithGroup(name string) slog.Handler {
	if name == "" {
		return f
	}
	next := *f
	next.groups = append(slices.Clone(f.groups), name)
	return &next
}

// flat is an attribute by its whole name; those of a group each by theirs.
func (f *fields) flat(a slog.Attr, groups []string) (list []slog.Attr) {
	if a.Value = a.Value.Resolve(); a.Value.Kind() == slog.KindGroup {
		if a.Key != "" {
			groups = append(slices.Clone(groups), a.Key)
		}
		for _, in := range a.Value.Group() {
			list = append(list, f.flat(in, groups)...)
		}
		return list
	}
	if a.Key == "" {
		return nil
	}
	a.Key = strings.Join(append(slices.Clone(groups), a.Key), ".")
	return []slog.Attr{a}
}

// fieldName is a name as journald takes it: capital letters, digits and underscores,
// not beginning with one (systemd.journal-fields(7)).
func fieldName(key string) string {
	return "BALIE_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}

func quoted(value string) string {
	if value == "" || strings.ContainsAny(value, " \t\n\"=") {
		return `"` + strings.NewReplacer("\n", " ", `"`, `'`).Replace(value) + `"`
	}
	return value
}

// priority is a level as syslog(3) has them.
func priority(l slog.Level) journal.Priority {
	switch {
	case l >= slog.LevelError:
		return journal.PriErr
	case l >= slog.LevelWarn:
		return journal.PriWarning
	}
	return journal.PriInfo
}
