package device_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/cmd/internal/device"
	"balie/hw/tpm/tpmtest"
	"balie/sync/identity"
	"balie/sync/identity/identitytest"
)

func keys(t *testing.T, setting string) identity.Keyring {
	t.Helper()
	ring, err := device.Keys(setting)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func kinds(ring identity.Keyring) string {
	var names []string
	for _, k := range ring {
		names = append(names, k.Kind())
	}
	return strings.Join(names, " ")
}

// A TPM is held against the same suite as files are.
func TestTPM(t *testing.T) {
	one, other := tpmtest.Start(t), tpmtest.Start(t)
	if got := kinds(keys(t, one)); got != "tpm file" {
		t.Fatalf("keys are in %s", got)
	}
	identitytest.Run(t, keys(t, one)[0], keys(t, one)[0], keys(t, other)[0])
}

func TestCredential(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", t.TempDir())
	if got := kinds(keys(t, "none")); got != "file" {
		t.Errorf("without the credential keys are in %s", got)
	}
	path := filepath.Join(os.Getenv("CREDENTIALS_DIRECTORY"), "balie-device")
	for want, size := range map[string]int{"credential file": 32, "": 5} {
		if err := os.WriteFile(path, bytes.Repeat([]byte{1}, size), 0o600); err != nil {
			t.Fatal(err)
		}
		ring, err := device.Keys("none")
		if kinds(ring) != want || (err != nil) != (want == "") {
			t.Errorf("with %d bytes: %s, %v", size, kinds(ring), err)
		}
	}
}

// A TPM that is named and is not there is told; keys are not put elsewhere unasked.
func TestTPMIsMissing(t *testing.T) {
	if _, err := device.Keys(filepath.Join(t.TempDir(), "tpmrm0")); err == nil || !strings.Contains(err.Error(), `"none"`) {
		t.Errorf("%v", err)
	}
}
