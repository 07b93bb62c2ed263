// Package secrettest looks for secrets where none may be left: in the memory of a process.
package secrettest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mask hides what is looked for from a search in the searcher's own memory.
const mask = 0x5a

// reserved is more than a region that a program of ours uses has: larger is what the race
// detector sets aside for shadows, which hold no data.
const reserved = 1 << 28

// Masked is a secret to look for.
type Masked []byte

// Mask makes a secret, of at least three bytes, one to look for.
func Mask(plain []byte) Masked {
	m := make(Masked, len(plain))
	for i, b := range plain {
		m[i] = b ^ mask
	}
	return m
}

// Find tells, for each secret, how often it is in the memory that a process can write to:
// process is its id, or "self".
func Find(process string, secrets ...Masked) (hits []int, err error) {
	maps, err := os.Open(filepath.Join("/proc", process, "maps"))
	if err != nil {
		return nil, fmt.Errorf("searching memory: %w", err)
	}
	defer maps.Close()
	memory, err := os.Open(filepath.Join("/proc", process, "mem"))
	if err != nil {
		return nil, fmt.Errorf("searching memory: %w", err)
	}
	defer memory.Close()
	hits = make([]int, len(secrets))
	regions := bufio.NewScanner(maps)
	for regions.Scan() {
		var from, to uint64
		var rights string
		if _, err := fmt.Sscanf(regions.Text(), "%x-%x %s", &from, &to, &rights); err != nil {
			return nil, fmt.Errorf("searching memory: %w", err)
		}
		if strings.HasPrefix(rights, "rw") && to-from <= reserved {
			search(memory, int64(from), int64(to), secrets, hits)
		}
	}
	return hits, regions.Err()
}

// search looks through a region, in pieces that overlap.
func search(memory *os.File, from, to int64, secrets []Masked, hits []int) {
	const piece, overlap = 1 << 20, 64
	buffer := make([]byte, piece+overlap)
	defer clear(buffer)
	for ; from < to; from += piece {
		n, _ := memory.ReadAt(buffer[:min(piece+overlap, to-from)], from) // some of it may not be readable
		for i, s := range secrets {
			hits[i] += count(buffer[:n], s, piece)
		}
		clear(buffer)
	}
}

// count counts what begins before a limit, without ever having more than the first bytes
// of a secret in one piece.
func count(in []byte, s Masked, limit int) (hits int) {
	first := []byte{s[0] ^ mask, s[1] ^ mask, s[2] ^ mask}
	for at := 0; ; at++ {
		next := bytes.Index(in[at:], first)
		if next < 0 {
			return hits
		}
		if at += next; at >= limit || at+len(s) > len(in) {
			return hits
		}
		if same(in[at:], s) {
			hits++
		}
	}
}

func same(plain []byte, s Masked) bool {
	for i, b := range s {
		if plain[i] != b^mask {
			return false
		}
	}
	return true
}
