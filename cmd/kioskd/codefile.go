package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/crypto/argon2"

	"balie/internal/durable"
	"balie/internal/secret"
)

// codeFile keeps what a technician's code is held against, and not the code.
type codeFile struct{ path string }

// keptCode is the file.
type keptCode struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

// Argon2id as OWASP's cheat sheet on storing passwords has it: 19 MiB, two passes.
const (
	codePasses = 2
	codeMemory = 19 << 10 // KiB
	codeLen    = 32
)

func hashed(code, salt []byte) []byte {
	return argon2.IDKey(code, salt, codePasses, codeMemory, 1, codeLen)
}

// set keeps a code; an empty one takes away the one of before.
func (f codeFile) set(code secret.Text) error {
	if code.Empty() {
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("taking the technician's code away: %w", err)
		}
		return nil
	}
	if err := checkCode(code.Reveal()); err != nil {
		return err
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: crypto/rand
	raw, err := json.Marshal(keptCode{Salt: salt, Hash: hashed([]byte(code.Reveal()), salt)})
	if err == nil {
		err = durable.WriteFile(f.path, raw)
	}
	if err != nil {
		return fmt.Errorf("keeping the technician's code: %w", err)
	}
	return nil
}

// right tells whether a code is the one that is kept, and whether one is kept.
func (f codeFile) right(code secret.Bytes) (right, set bool) {
	raw, err := os.ReadFile(f.path)
	var kept keptCode
	if err != nil || json.Unmarshal(raw, &kept) != nil || len(kept.Hash) != codeLen {
		return false, false
	}
	return subtle.ConstantTimeCompare(hashed(code.Reveal(), kept.Salt), kept.Hash) == 1, true
}
