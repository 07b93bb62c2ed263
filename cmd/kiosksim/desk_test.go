package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestDeskEndedWhileItStarts: Ctrl-C is no failure, however early it comes.
func TestDeskEndedWhileItStarts(t *testing.T) {
	bin := t.TempDir()
	// A bench that is never ready.
	if err := os.WriteFile(filepath.Join(bin, "kiosksim"), []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, said := io.Pipe()
	go func() {
		_, _ = out.Read(make([]byte, 1)) // "starting the booth"
		cancel()
		_, _ = io.Copy(io.Discard, out)
	}()
	defer func() { _ = said.Close() }()
	if err := runDesk(ctx, deskSettings{bin: bin, state: t.TempDir(), window: "never", quiet: true}, said); err != nil {
		t.Error(err)
	}
}
