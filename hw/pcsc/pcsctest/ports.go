package pcsctest

import (
	"fmt"
	"net"
	"os"
	"strings"
)

// freePairs finds n pairs of consecutive TCP ports that nobody listens on.
func freePairs(n int) ([]int, error) {
	var ports []int
	var held []net.Listener
	defer func() {
		for _, l := range held {
			_ = l.Close()
		}
	}()
	for range 200 {
		if len(ports) == 2*n {
			return ports, nil
		}
		first, err := net.Listen("tcp4", ":0")
		if err != nil {
			return nil, fmt.Errorf("looking for a free port: %w", err)
		}
		held = append(held, first)
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp4", fmt.Sprintf(":%d", port+1))
		if err != nil {
			continue
		}
		held = append(held, second)
		ports = append(ports, port, port+1)
	}
	return nil, fmt.Errorf("looking for %d pairs of free ports: none found", n)
}

// listening tells whether somebody listens on every port. It asks the kernel
// rather than connect, because to vpcd a connection is a card.
func listening(ports []int) bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return false
	}
	const listen = " 0A " // column st: TCP_LISTEN, include/net/tcp_states.h
	open := map[string]bool{}
	for line := range strings.Lines(string(table)) {
		_, after, found := strings.Cut(line, ": ")
		if local, rest, ok := strings.Cut(after, " "); found && ok && strings.Contains(rest[:min(len(rest), 24)], listen) {
			_, port, _ := strings.Cut(local, ":")
			open[port] = true
		}
	}
	for _, port := range ports {
		if !open[fmt.Sprintf("%04X", port)] {
			return false
		}
	}
	return true
}
