package kiosk

import (
	"slices"
	"time"
)

// Reader is a card reader that is there.
type Reader struct {
	Name    string
	Since   time.Time // when it was there first
	Claimed bool      // by another program
	Card    bool      // something is in it
	Spent   bool      // what is in it had its visit, or never gets one, until it was taken out
}

// reader gives what is known of a reader, or a new one.
func (s State) reader(name string) Reader {
	for _, r := range s.Readers {
		if r.Name == name {
			return r
		}
	}
	return Reader{Name: name, Since: s.Now}
}

// with gives the state with a reader as it is now.
func (s State) with(r Reader) State {
	s.Readers = slices.Clone(s.Readers)
	for i := range s.Readers {
		if s.Readers[i].Name == r.Name {
			s.Readers[i] = r
			return s
		}
	}
	s.Readers = append(s.Readers, r)
	return s
}

// without gives the state without a reader.
func (s State) without(name string) State {
	s.Readers = slices.DeleteFunc(slices.Clone(s.Readers), func(r Reader) bool { return r.Name == name })
	return s
}

// usable tells whether any reader can be used at all.
func (s State) usable() bool {
	return slices.ContainsFunc(s.Readers, func(r Reader) bool { return !r.Claimed })
}

// left tells whether a card was left in a reader.
func (s State) left() bool {
	return slices.ContainsFunc(s.Readers, func(r Reader) bool { return r.Spent && !r.Claimed })
}

// spend says that the card in a reader starts nothing until it was taken out, and
// asks for that.
func (s State) spend(name string) State {
	r := s.reader(name)
	r.Spent = true
	s.TakeUntil = s.Now.Add(takeTime)
	return s.with(r)
}
