package worklist

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"balie/internal/durable"
)

// file is a list on disk. Every byte of it is random, or sealed, to who has no card.
type file struct {
	Day      string            `json:"day"`
	Salt     []byte            `json:"salt"`
	Revision int64             `json:"revision"`
	AsOf     time.Time         `json:"as_of"`
	Entries  map[string][]byte `json:"entries"`
}

// load reads the list that is kept. One that cannot be read is gone: the portal has it.
func (l *List) load() error {
	if l.o.Path == "" {
		return nil
	}
	raw, err := os.ReadFile(l.o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var f file
	if json.Unmarshal(raw, &f) != nil || f.Day != l.today() || len(f.Salt) != SaltLen {
		return l.forget()
	}
	k := kept{Day: f.Day, Salt: f.Salt, Revision: f.Revision, AsOf: f.AsOf, Entries: map[Index][]byte{}}
	for text, sealed := range f.Entries {
		index, err := hex.DecodeString(text)
		if err != nil || len(index) != IndexLen {
			return l.forget()
		}
		k.Entries[Index(index)] = sealed
	}
	l.kept = k
	return nil
}

// replace puts a newer list in place of the one before, on disk first.
func (l *List) replace(k kept, changed bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || k.Day != l.today() {
		return nil // erased, or over, meanwhile
	}
	if l.o.Path != "" && changed {
		f := file{Day: k.Day, Salt: k.Salt, Revision: k.Revision, AsOf: k.AsOf, Entries: map[string][]byte{}}
		for index, sealed := range k.Entries {
			f.Entries[hex.EncodeToString(index[:])] = sealed
		}
		raw, err := json.Marshal(f)
		if err == nil {
			err = durable.WriteFile(l.o.Path, raw)
		}
		if err != nil {
			return fmt.Errorf("keeping the worklist: %w", err)
		}
	}
	l.kept = k
	return nil
}

// expire erases a list whose day is over. From memory it goes in any case; a file that
// could not be taken away is tried again.
func (l *List) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept.Day == l.today() || l.kept.Day == "" && l.trouble != notErased {
		return
	}
	l.trouble = ""
	if err := l.forget(); err != nil {
		l.trouble = notErased
		l.o.Log.Error("the worklist's day is over, and its file cannot be erased; tried again", "file", l.o.Path)
		return
	}
	l.o.Log.Info("worklist erased: its day is over")
}

// notErased is the trouble of a file that cannot be taken away.
const notErased = "not-erased"

// Erase takes the list away, from memory and disk, and keeps none from now on.
func (l *List) Erase() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	if err := l.forget(); err != nil {
		return fmt.Errorf("erasing the worklist: %w", err)
	}
	return nil
}

// forget is called with mu held, or before anything runs.
func (l *List) forget() error {
	l.kept = kept{}
	if l.o.Path == "" {
		return nil
	}
	if err := os.Remove(l.o.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncDir(filepath.Dir(l.o.Path))
}
