package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/internal/secret"
	"balie/sync/portal"
)

// started is when the tests were.
var started = time.Now()

// holding is someone with a virtual card, as a kiosk reads it.
type holding struct {
	card  *eidtest.Card
	proof portal.Proof
	eid   *eid.Trust
}

func (d *desk) person(description eidtest.Description) holding {
	d.t.Helper()
	card, err := d.pki.Mint(description)
	must(d.t, err)
	trust, err := eid.NewTrust(eid.TrustOptions{})
	must(d.t, err)
	record, err := eid.Read(d.t.Context(), card, trust, eid.Want{Genuine: true, Holder: true}, nil)
	must(d.t, err)
	p := record.Proof
	return holding{card, portal.Proof{
		Identity: p.Identity, Signature: p.Signature, RRN: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey, Certificate: portal.CertificateID(p.Holder),
	}, trust}
}

// challenge is a new one of the portal.
func challenge(t *testing.T, client *portal.Client) []byte {
	t.Helper()
	c, _, err := client.Challenge(t.Context())
	must(t, err)
	return c
}

// signs has the card's holder type the PIN.
func (p holding) signs(t *testing.T, challenge []byte) portal.HolderProof {
	t.Helper()
	h, err := eid.ProveHolder(t.Context(), p.card, p.eid, challenge, eid.Typed(secret.NewBytes([]byte(p.card.Description().PIN))))
	must(t, err)
	return portal.HolderProof{Challenge: h.Challenge, Signature: h.Signature, Certificate: h.Certificate, CA: h.CA, Root: h.Root}
}

// ofTheTray is a description by its id, with a PIN.
func ofTheTray(id string) eidtest.Description {
	for _, d := range eidtest.Tray() {
		if d.ID == id {
			d.PIN = "2468"
			return d
		}
	}
	return eidtest.Description{}
}

// TestTheHolderSeesLater: an, with a 1.8, and elise, with a 1.7, by their PIN; a
// signature by another card's key, and a child's, are refused.
func TestTheHolderSeesLater(t *testing.T) {
	d := newDesk(t)
	stop := d.start("--seed", "demo", "--trust-test-root", filepath.Join(d.dir, "root.pem"))
	_, client := d.enrol("K1")
	an, elise, lucas := d.person(ofTheTray("an")), d.person(ofTheTray("elise")), d.person(ofTheTray("lucas"))
	for want, p := range map[int]holding{2: an, 1: elise} {
		list, err := client.LaterAppointments(t.Context(), p.proof, p.signs(t, challenge(t, client)))
		if err != nil || len(list) != want {
			t.Errorf("%d appointments, %v; not %d", len(list), err, want)
		}
	}
	moved := an.signs(t, challenge(t, client))
	moved.Challenge = challenge(t, client)
	for name, c := range map[string]struct {
		proof  portal.Proof
		holder portal.HolderProof
		reason string
	}{
		"elise for an":          {an.proof, elise.signs(t, challenge(t, client)), "person"},
		"another challenge":     {an.proof, moved, "signature"},
		"a child of nine":       {lucas.proof, lucas.signs(t, challenge(t, client)), "under-15"},
		"a certificate of none": {an.proof, portal.HolderProof{Challenge: challenge(t, client), Signature: []byte{1}, CA: []byte{1}, Root: []byte{1}}, "chain"},
	} {
		_, err := client.LaterAppointments(t.Context(), c.proof, c.holder)
		var e *portal.Error
		if !errors.Is(err, portal.ErrHolderRefused) || !errors.As(err, &e) || e.Reason != c.reason {
			t.Errorf("%s: %v", name, err)
		}
	}
	if code := stop(); code != exitOK {
		t.Errorf("it ends with %d", code)
	}
}

// TestALostCardIsRefused: by the serial number that the look-up names, once its
// authority's list is in the folder; and kiosks are given the roots' lists.
func TestALostCardIsRefused(t *testing.T) {
	d := newDesk(t)
	an, jef := d.person(ofTheTray("an")), d.person(ofTheTray("jef"))
	folder := filepath.Join(d.dir, "crl")
	must(t, os.Mkdir(folder, 0o700))
	lost, err := d.pki.RevokeHolder(an.card)
	must(t, err)
	none, err := d.pki.RevokeRRN(eidtest.Applet18, started, false)
	must(t, err)
	for name, data := range map[string][]byte{"citizens.crl": lost, "root.crl": none, "root.crt": d.pki.Roots()[1]} {
		must(t, os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	stop := d.start("--seed", "demo", "--crls", folder, "--trust-test-root", filepath.Join(d.dir, "root.pem"))
	_, client := d.enrol("K1")
	_, err = client.Appointments(t.Context(), an.proof)
	var e *portal.Error
	if !errors.Is(err, portal.ErrCardRefused) || !errors.As(err, &e) || e.Reason != "revoked" {
		t.Errorf("the lost card: %v", err)
	}
	_, err = client.LaterAppointments(t.Context(), an.proof, an.signs(t, challenge(t, client)))
	if !errors.As(err, &e) || e.Reason != "revoked" {
		t.Errorf("the lost card with its PIN: %v", err)
	}
	if _, err := client.Appointments(t.Context(), jef.proof); err != nil {
		t.Errorf("another card: %v", err)
	}
	lists, err := client.Revocations(t.Context())
	if err != nil || len(lists) != 1 || string(lists[0].List) != string(none) || string(lists[0].Root) != string(d.pki.Roots()[1]) {
		t.Errorf("kiosks are given %d lists, %v", len(lists), err)
	}
	if code := stop(); code != exitOK {
		t.Errorf("it ends with %d", code)
	}
}
