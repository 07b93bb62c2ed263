package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// metrics serves the booth's numbers to Prometheus, at an address of its own.
type metrics struct {
	server *http.Server
	listen net.Listener
}

func (b *booth) buildMetrics(context.Context) error {
	c := b.config.Metrics
	if c.Listen == "" {
		return nil
	}
	secure, err := metricsTLS(c)
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return exit.Errorf(exitUnusable, "metrics.listen: %w: stop what uses it, or choose another port", err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", control.MetricsHandler(b))
	b.metrics = &metrics{listen: l, server: &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, MaxHeaderBytes: 8 << 10,
		ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelWarn),
	}}
	return nil
}

// metricsTLS is what who fetches the numbers has to show; nil where only this machine
// can.
func metricsTLS(c config.Metrics) (*tls.Config, error) {
	if c.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("metrics.certificate, metrics.key: %w", err)
	}
	pem, err := os.ReadFile(c.Clients)
	if err != nil {
		return nil, fmt.Errorf("metrics.clients: %w", err)
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("metrics.clients: no certificate (PEM) in %s", c.Clients)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
	}, nil
}

// serve serves until ctx ends.
func (m *metrics) serve(ctx context.Context) error {
	if m == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = m.server.Close() }) // a scrape is repeated
	defer stop()
	if err := m.server.Serve(m.listen); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the numbers: %w", err)
	}
	return nil
}

// Close gives the address back, also where nothing was served.
func (m *metrics) Close() error {
	if m == nil {
		return nil
	}
	if err := m.listen.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
