package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/conformance"
)

// A clerk who is on the list by the certificate of their card attests with it, until
// they are off the list; a holder whose certificate was revoked proves nothing.
func TestStaffAndRevocation(t *testing.T) {
	d, args, stop := suiteDesk(t)
	defer stop()
	c, client := d.enrol("K1")
	cards, err := newMinter(args[6])
	must(t, err)
	kaat := conformance.Person{ID: "kaat", Number: "95042399745", Birth: "1995-04-23"}
	shift, err := portal.NewShift("kaat", "K1", now(t, client), now(t, client).Add(hours))
	must(t, err)
	p, h, err := cards.Holder(kaat, shift.Challenge())
	must(t, err)
	shift.ByCard(p, h)
	certificate, badge := filepath.Join(d.dir, "kaat.der"), strings.Repeat("ab", 16)
	must(t, os.WriteFile(certificate, h.Certificate.Reveal(), 0o600))
	command := func(name, file string, code int) string {
		t.Helper()
		var line bytes.Buffer
		if got := execute(t.Context(), []string{name, "--db", d.db, "--state-dir", d.state, file}, t.Output(), &line); got != code {
			t.Errorf("%s ended with %d: %s", name, got, line.String())
		}
		return line.String()
	}
	ask := func() error {
		a, err := shift.Attest(portal.Statement{Purpose: "account-status", At: now(t, client), Patient: portal.Named{
			EAD: secret.NewText("E1000000008"), Birth: secret.NewText("1991-02-03"),
		}})
		must(t, err)
		_, err = client.AccountStatus(t.Context(), portal.Person{Attested: &a})
		return err
	}
	list := func(text string) string {
		path := filepath.Join(t.TempDir(), "staff.json")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	if err := ask(); !errors.Is(err, portal.ErrClerkRefused) {
		t.Errorf("before: %v", err)
	}
	command("staff", list(`[{"id":"kaat","name":"Kaat","role":"desk","certificate":"`+certificate+`","badge":"`+badge+`"}]`), exitOK)
	if err := ask(); err != nil {
		t.Errorf("on the list: %v", err)
	}
	if got, err := client.Staff(t.Context(), c.Root()); err != nil || len(got.Staff) != 1 || got.Staff[0].Id != "kaat" || got.Staff[0].BadgeHash == "" {
		t.Errorf("%+v, %v", got, err)
	}
	command("staff", list(`[]`), exitOK)
	if err := ask(); !errors.Is(err, portal.ErrClerkRefused) {
		t.Errorf("off the list: %v", err)
	}
	for _, text := range []string{"{", `[{"id":"K"}]`, `[{"id":"kaat","name":"Kaat","role":"desk"}]`, `[{"id":"kaat","name":"Kaat","role":"desk","badge":"abab"}]`} {
		if line := command("staff", list(text), exitUsage); strings.Contains(line, "abab") || strings.Count(line, "\n") != 1 {
			t.Errorf("%s: %q", text, line)
		}
	}
	status := func() error {
		challenge, _, err := client.Challenge(t.Context())
		must(t, err)
		p, h, err := cards.Holder(kaat, challenge)
		must(t, err)
		_, err = client.AccountStatus(t.Context(), portal.Person{Card: &p, Holder: &h})
		return err
	}
	must(t, status())
	command("revoke", certificate, exitOK)
	var e *portal.Error
	if err := status(); !errors.As(err, &e) || e.Reason != "revoked" {
		t.Errorf("revoked: %v", err)
	}
	command("revoke", filepath.Join(d.dir, "nothing"), exitUsage)
}

// A card that is not genuine, or whose certificate is another's, proves no holder.
func TestHolderIsJudgedHere(t *testing.T) {
	d, args, stop := suiteDesk(t)
	defer stop()
	_, client := d.enrol("K1")
	cards, err := newMinter(args[6])
	must(t, err)
	karim, an := conformance.Person{ID: "karim", Number: "95042399745", Birth: "1995-04-23"}, conformance.Person{ID: "an", Number: "84051799897", Birth: "1984-05-17"}
	challenge, _, err := client.Challenge(t.Context())
	must(t, err)
	card, good, err := cards.Holder(karim, challenge)
	must(t, err)
	otherCard, other, err := cards.Holder(an, challenge)
	must(t, err)
	for name, c := range map[string]struct {
		change func(*portal.Proof, *portal.HolderProof)
		reason string
	}{
		"good":                  {func(*portal.Proof, *portal.HolderProof) {}, ""},
		"another's card":        {func(p *portal.Proof, _ *portal.HolderProof) { *p = otherCard }, "person"},
		"another's certificate": {func(_ *portal.Proof, h *portal.HolderProof) { h.Certificate = other.Certificate }, "chain"},
		"no certificate":        {func(_ *portal.Proof, h *portal.HolderProof) { h.Certificate = secret.NewBytes([]byte{0x30, 0}) }, "chain"},
		"another signature":     {func(_ *portal.Proof, h *portal.HolderProof) { h.Signature = other.Signature }, "signature"},
	} {
		p, h := card, good
		c.change(&p, &h)
		_, err := client.AccountStatus(t.Context(), portal.Person{Card: &p, Holder: &h})
		var e *portal.Error
		if c.reason == "" && err != nil || c.reason != "" && (!errors.As(err, &e) || e.Code != "holder-refused" || e.Reason != c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	trust, err := eid.NewTrust(eid.TrustOptions{})
	must(t, err)
	if _, err := (verifier{trust}).VerifyHolder(card, good); err == nil {
		t.Error("a portal without the test root believes it")
	}
}
