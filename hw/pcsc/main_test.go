package pcsc_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"balie/hw/pcsc/pcsctest"
)

// daemon is the one pcscd that this test binary can speak to: libpcsclite looks
// for its socket only once.
var daemon *pcsctest.Daemon

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	d, err := pcsctest.Start(context.Background(), 2)
	if err == nil {
		err = d.UseHere()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	daemon = d
	result := m.Run()
	if err := d.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return result
}
