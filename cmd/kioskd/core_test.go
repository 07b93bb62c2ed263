package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// envAbort makes this test binary a child that is ended by SIGABRT.
const envAbort = "BALIE_TEST_ABORT"

func TestMain(m *testing.M) {
	if how := os.Getenv(envAbort); how != "" {
		fmt.Fprintln(os.Stderr, abort(how))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// abort ends this process as a crash would, after it has said that it keeps no core.
func abort(how string) error {
	if how == "keep no core" {
		if err := keepNoCore(); err != nil {
			return err
		}
		dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		if err != nil || dumpable != 0 {
			return fmt.Errorf("dumpable: %d, %w", dumpable, err)
		}
	}
	return unix.Kill(os.Getpid(), unix.SIGABRT)
}

// aborted runs a child whose limits allow a core, and tells whether there was one.
func aborted(t *testing.T, how string) (core bool) {
	t.Helper()
	dir := t.TempDir()
	child := exec.Command("/bin/sh", "-c", "ulimit -c $(ulimit -H -c); exec "+os.Args[0])
	child.Dir, child.Env = dir, append(os.Environ(), envAbort+"="+how, "GOTRACEBACK=crash")
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the child ended well: %v", err)
	}
	status, is := exit.Sys().(syscall.WaitStatus)
	if !is || status.Signal() != syscall.SIGABRT {
		t.Fatalf("the child was not aborted: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return status.CoreDump() || len(files) > 0
}

func TestNoCoreIsWritten(t *testing.T) {
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil {
		t.Fatal(err)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	if plain := strings.TrimSpace(string(pattern)); limit.Max == unix.RLIM_INFINITY && plain == "core" && !aborted(t, "as it comes") {
		t.Error("without it no core is written either: the test shows nothing")
	}
	if aborted(t, "keep no core") {
		t.Error("a core was written")
	}
}
