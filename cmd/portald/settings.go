package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"

	"balie/sync/portal/reference"
)

// settings are the options as given.
type settings struct {
	listen, cert, key string
	kiosks            string
	terminators       []string
	certificateDays   int
	state, db         string
	seed, people      string
	testRoots         []string
	crls              string
	lookups           int
	hashKiB           uint32
	bench             bool
}

// check finds what is wrong with the options before anything is started.
func (s settings) check() error {
	host, _, err := net.SplitHostPort(s.listen)
	switch {
	case err != nil:
		return usage("--listen: %q is not an address such as 127.0.0.1:8640", s.listen)
	case (s.cert == "") != (s.key == ""):
		return usage("--tls-cert and --tls-key: one is of no use without the other")
	case s.cert == "" && !reference.Loopback(host):
		return usage("--listen: %s is beyond this computer; people's data goes there only over TLS: add --tls-cert and --tls-key", s.listen)
	case s.certificateDays < 1 || s.certificateDays > 825:
		return usage("--certificate-days: %d is not 1 to 825", s.certificateDays)
	case s.seed != "" && s.seed != "demo" && s.seed != "suite":
		return usage("--seed: %q is neither demo nor suite", s.seed)
	case s.seed == "suite" && len(s.testRoots) == 0:
		return usage("--seed suite has a clerk whose badge everybody knows: it needs --trust-test-root")
	case s.hashKiB < 8 || s.hashKiB > 1<<20, s.hashKiB < reference.UsualCost.KiB && len(s.testRoots) == 0:
		return usage("--hash-kib: %d is too little to keep what is hashed from being tried, or more than a gigabyte", s.hashKiB)
	case s.lookups < 1 || s.lookups > 6000:
		return usage("--lookups-per-minute: %d is not 1 to 6000", s.lookups)
	}
	if _, _, err := net.SplitHostPort(s.kiosks); err != nil && s.kiosks != "" {
		return usage("--kiosks: %q is not an address such as 0.0.0.0:8641", s.kiosks)
	}
	_, err = s.prefixes()
	return err
}

// prefixes are the addresses that may hand on a kiosk's certificate.
func (s settings) prefixes() (list []netip.Prefix, err error) {
	for _, text := range s.terminators {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			at, other := netip.ParseAddr(text)
			if other != nil {
				return nil, usage("--terminator: %q is not an address such as 10.1.2.3 or 10.1.2.0/24", text)
			}
			prefix = netip.PrefixFrom(at, at.BitLen())
		}
		list = append(list, prefix)
	}
	return list, nil
}

// tls reads the certificate; nil where there is none.
func (s settings) tls() (*tls.Config, error) {
	if s.cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return nil, usage("--tls-cert: %v", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
}

func (s settings) scheme() string {
	if s.cert == "" {
		return "http"
	}
	return "https"
}

// portal opens what a portal is made of.
func (s settings) portal(ctx context.Context) (*reference.Store, reference.Secrets, error) {
	secrets, err := reference.OpenSecrets(s.state)
	if err != nil {
		return nil, secrets, &exitError{exitState, fmt.Errorf("%w: give another --state-dir, or make it this user's", err)}
	}
	db := s.db
	if db == "" {
		db = filepath.Join(s.state, "portal.db")
	}
	store, err := reference.OpenStore(ctx, db)
	if err != nil {
		return nil, secrets, advise(err)
	}
	if err := store.Own(ctx, secrets); err != nil {
		return nil, secrets, errors.Join(advise(err), store.Close())
	}
	return store, secrets, nil
}

func portaldPath(dir string) string { return filepath.Join(dir, "portald.json") }
