package pcsc_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"balie/hw/pcsc/pcsctest"
)

// daemon is the one pcscd that this test binary can speak to: libpcsclite looks
// for its socket only once.
var daemon *pcsctest.Daemon

// pairs are the pairs of its readers that no test uses. Tests wait for pcscd and do
// little else, so that many may run beside one another.
var pairs = make(chan int, 4)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	d, err := pcsctest.Start(context.Background(), 2*cap(pairs))
	if err == nil {
		err = errors.Join(d.UseHere(), flag.Set("test.parallel", "8"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	daemon = d
	for pair := range cap(pairs) {
		pairs <- pair
	}
	result := m.Run()
	if err := d.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return result
}
