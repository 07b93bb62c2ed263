package courier_test

import (
	"os"
	"testing"

	"balie/internal/durable/durabletest"
)

func TestMain(m *testing.M) {
	clean := durabletest.InMemory()
	code := m.Run()
	clean()
	os.Exit(code)
}
