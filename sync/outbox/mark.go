package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"balie/internal/durable"
)

// block is how many counters are marked as given at a time.
const block = 1000

// mark is a file that says up to where counters may have been given. The portal
// takes no counter twice, so a database that is lost, or an old copy of it put
// back, must not start counting anew.
type mark struct {
	path string
	upTo uint64
}

// load gives the counter to go on from, where the database last gave last.
func (m *mark) load(last uint64) (uint64, error) {
	raw, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the counter's mark: %w", err)
	}
	if m.upTo, err = strconv.ParseUint(strings.TrimSpace(string(raw)), 10, 63); err != nil {
		return 0, fmt.Errorf("reading the counter's mark in %s: it is not a number", m.path)
	}
	if last == 0 || last+block < m.upTo {
		return max(last, m.upTo), nil
	}
	return last, nil
}

// reach is called before a counter is committed.
func (m *mark) reach(counter uint64) error {
	if counter <= m.upTo {
		return nil
	}
	upTo := counter + block - 1
	if err := durable.WriteFile(m.path, []byte(strconv.FormatUint(upTo, 10)+"\n")); err != nil {
		return fmt.Errorf("marking the counter: %w", err)
	}
	m.upTo = upTo
	return nil
}
