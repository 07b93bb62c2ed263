package secret_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"

	"balie/internal/secret"
)

// mask hides what is looked for from the search itself.
const mask = 0x5a

// found counts where in this process's memory the bytes are that masked hides.
func found(t *testing.T, masked []byte) (hits int) {
	t.Helper()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	buffer := make([]byte, 1<<20)
	defer clear(buffer)
	regions := bufio.NewScanner(maps)
	for regions.Scan() {
		var from, to uint64
		var rights string
		if _, err := fmt.Sscanf(regions.Text(), "%x-%x %s", &from, &to, &rights); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(rights, "rw") || to-from > 1<<28 { // larger is what the race detector reserves
			continue
		}
		for ; from < to; from += uint64(len(buffer) - len(masked)) {
			n, _ := memory.ReadAt(buffer[:min(uint64(len(buffer)), to-from)], int64(from)) // some of it may not be readable
			hits += count(buffer[:n], masked)
			clear(buffer)
		}
	}
	return hits
}

// count counts without ever having more than the first bytes in one piece.
func count(in, masked []byte) (hits int) {
	first := []byte{masked[0] ^ mask, masked[1] ^ mask, masked[2] ^ mask}
	for {
		at := bytes.Index(in, first)
		if at < 0 || at+len(masked) > len(in) {
			return hits
		}
		if same(in[at:], masked) {
			hits++
		}
		in = in[at+1:]
	}
}

func same(plain, masked []byte) bool {
	for i, b := range masked {
		if plain[i] != b^mask {
			return false
		}
	}
	return true
}

// What is wiped is nowhere in the process any more: not in the buffer, and in no copy
// that this package made of it.
func TestWipedIsGoneFromMemory(t *testing.T) {
	plain, masked := make([]byte, 24), make([]byte, 24)
	_, _ = rand.Read(plain) // never fails
	for i, b := range plain {
		masked[i] = b ^ mask
	}
	b := secret.NewBytes(plain)
	copied := b
	_ = fmt.Sprintf("%v %s %+v", b, copied, struct{ b secret.Bytes }{b})
	if found(t, masked) == 0 {
		t.Fatal("it is not found before it is wiped: the test looks in the wrong place")
	}
	copied.Wipe()
	if n := found(t, masked); n != 0 {
		t.Errorf("found %d times", n)
	}
	if b.Len() != 0 {
		t.Error("a copy still has it")
	}
}
