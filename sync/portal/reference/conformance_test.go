package reference_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
)

const suiteBadge = "of-the-suite-0123456789"

// target is the rig's portal as the conformance suite sees it: from outside.
func (r *rig) target() conformance.Target {
	r.t.Helper()
	var people []reference.Patient
	for _, p := range conformance.People() {
		if p.EAD != "" {
			people = append(people, reference.Patient{
				Number: secret.NewText(p.Number), EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Deceased: p.Deceased,
			})
		}
	}
	var visits []reference.Visit
	for _, a := range conformance.Appointments() {
		start := r.options.Now().AddDate(0, 0, a.Days).Add(time.Hour)
		visits = append(visits, reference.Visit{
			Patient: reference.Patient{Number: secret.NewText(a.Of.Number), EAD: secret.NewText(a.Of.EAD)}, Letter: secret.NewText(a.Letter),
			Appointment: api.Appointment{Id: a.ID, Start: start, End: start.Add(time.Hour), Label: "Raadpleging"},
		})
	}
	must(r.t, r.portal.Admit(r.t.Context(), people, visits))
	must(r.t, r.store.PutStaff(r.t.Context(), []reference.Clerk{
		{ID: "clerk", Name: "Kaat", Role: "desk", BadgeSalt: "salt", BadgeHash: portal.BadgeHash("salt", []byte(suiteBadge))},
	}))
	return conformance.Target{
		URL: r.kiosks, TLS: r.anybody(), Cards: minted{}, Clerk: "clerk", Badge: func() secret.Bytes { return secret.NewBytes([]byte(suiteBadge)) },
		Kiosk: r.kiosk("K1"), Other: r.kiosk("K2"),
	}
}

// anybody trusts the portal, and is no kiosk.
func (r *rig) anybody() *tls.Config {
	r.t.Helper()
	root, err := x509.ParseCertificate(r.secrets.RootCertificate())
	must(r.t, err)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// kiosk enrols one.
func (r *rig) kiosk(id string) conformance.Kiosk {
	r.t.Helper()
	who, _ := r.enrol(id)
	send := &http.Transport{TLSClientConfig: who.TLS()}
	r.t.Cleanup(send.CloseIdleConnections)
	return conformance.Kiosk{ID: id, Root: r.secrets.Root(), Open: who.Client, Send: send}
}

// TestConformance is what a hospital holds its own portal against, on both databases.
func TestConformance(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.set(r.now().Add(3 * time.Hour))
		noon, began := r.now(), time.Now()
		r.options.Now = func() time.Time { return noon.Add(time.Since(began)) }
		r.restart()
		target := r.target()
		for _, c := range conformance.Checks() {
			t.Run(c.Name, func(t *testing.T) {
				if err := c.Run(t.Context(), target); err != nil {
					t.Error(err)
				}
			})
		}
	})
}
