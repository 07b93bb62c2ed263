package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/sync/portal/api"
)

// TestRevocations: what the portal brings counts, is kept, and counts after the next
// start without a portal; what no trusted root signed is not kept, on disk or off.
func TestRevocations(t *testing.T) {
	pki, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	card, err := pki.Mint(eidtest.Tray()[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "revocations.json")
	var log bytes.Buffer
	start := func(answer []api.RevocationList, failed error) *revocations {
		r := &revocations{trust: trustIn(t, pki), path: path, log: slog.New(slog.NewTextHandler(&log, nil)),
			ask: func(context.Context) ([]api.RevocationList, error) { return answer, failed }}
		r.load()
		return r
	}
	chain := func(r *revocations) eid.Check {
		record, err := eid.Read(t.Context(), card, r.trust, eid.Want{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return record.Checks.Chain
	}
	r := start([]api.RevocationList{listOf(t, stranger)}, nil)
	if err := r.fetch(t.Context()); !errors.Is(err, eid.ErrCRL) || chain(r) != eid.Test || r.status().Lists != 0 {
		t.Errorf("a stranger's list: %v, %+v", err, r.status())
	}
	r = start([]api.RevocationList{listOf(t, pki), listOf(t, stranger)}, nil)
	if err := r.fetch(t.Context()); !errors.Is(err, eid.ErrCRL) || chain(r) != eid.Invalid || r.status().Lists != 1 {
		t.Errorf("the list of the root: %v, %+v", err, r.status())
	}
	r = start(nil, errors.New("away"))
	if err := r.fetch(t.Context()); err == nil || chain(r) != eid.Invalid || r.status().Error != "away" || r.status().Lists != 1 {
		t.Errorf("after a start without a portal: %v, %+v", err, r.status())
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r = start(nil, nil); chain(r) != eid.Test || !strings.Contains(log.String(), "cannot be used") {
		t.Errorf("after damage: %+v", r.status())
	}
}

// listOf is a list of a country that takes its newest RRN certificate back.
func listOf(t *testing.T, pki *eidtest.PKI) api.RevocationList {
	t.Helper()
	der, err := pki.RevokeRRN(eidtest.Applet18, time.Now(), true)
	if err != nil {
		t.Fatal(err)
	}
	return api.RevocationList{List: der, Root: pki.Roots()[1]}
}

func trustIn(t *testing.T, pki *eidtest.PKI) *eid.Trust {
	t.Helper()
	var roots []*x509.Certificate
	for _, der := range pki.Roots() {
		root, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
	}
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: roots})
	if err != nil {
		t.Fatal(err)
	}
	return trust
}
