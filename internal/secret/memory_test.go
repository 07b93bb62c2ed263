package secret_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"balie/internal/secret"
	"balie/internal/secret/secrettest"
)

// found counts where in this process's memory a secret is.
func found(t *testing.T, s secrettest.Masked) int {
	t.Helper()
	hits, err := secrettest.Find("self", s)
	if err != nil {
		t.Fatal(err)
	}
	return hits[0]
}

// What is wiped is nowhere in the process any more: not in the buffer, and in no copy
// that this package made of it.
func TestWipedIsGoneFromMemory(t *testing.T) {
	plain := make([]byte, 24)
	_, _ = rand.Read(plain) // never fails
	masked := secrettest.Mask(plain)
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
