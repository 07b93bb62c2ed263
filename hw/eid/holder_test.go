package eid_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/internal/secret"
)

func challenge() []byte { return bytes.Repeat([]byte{0xC5}, 32) }

func typedPIN(s string) eid.Entry { return eid.Typed(secret.NewBytes([]byte(s))) }

func TestHolderIsProved(t *testing.T) {
	for _, a := range []eidtest.Applet{eidtest.Applet17, eidtest.Applet17EC, eidtest.Applet18} {
		t.Run(string(a), func(t *testing.T) {
			c, tr := mint(t, an(a)), trust(t)
			p, err := eid.ProveHolder(t.Context(), c, tr, challenge(), typedPIN("1234"))
			if err != nil {
				t.Fatal(err)
			}
			i := read(t, c, tr, eid.Want{}).Identity
			want := eid.HolderChecks{Signature: eid.Valid, Chain: eid.Test, Person: eid.Valid, Validity: eid.Valid}
			if got := eid.VerifyHolder(p, i, tr); got != want || !got.Proved() {
				t.Errorf("checks are %v", got)
			}
			if got := eid.VerifyHolder(p, i, tr); got != want {
				t.Errorf("checks are %v the second time", got)
			}
			foul(t, p, i, tr)
		})
	}
}

// foul changes the proof in every way that matters.
func foul(t *testing.T, good eid.HolderProof, i eid.Identity, tr *eid.Trust) {
	t.Helper()
	other, err := eid.NewTrust(eid.TrustOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]eid.HolderChecks{
		"another challenge": eid.VerifyHolder(changed(good, func(p *eid.HolderProof) { p.Challenge = make([]byte, 32) }), i, tr),
		"no signature":      eid.VerifyHolder(changed(good, func(p *eid.HolderProof) { p.Signature = nil }), i, tr),
		"no certificate":    eid.VerifyHolder(changed(good, func(p *eid.HolderProof) { p.Certificate = secret.Bytes{} }), i, tr),
		"no CA":             eid.VerifyHolder(changed(good, func(p *eid.HolderProof) { p.CA = nil }), i, tr),
		"itself as CA":      eid.VerifyHolder(changed(good, func(p *eid.HolderProof) { p.CA = p.Certificate.Reveal() }), i, tr),
		"untrusted root":    eid.VerifyHolder(good, i, other),
		"another person":    eid.VerifyHolder(good, eid.Identity{NationalNumber: secret.NewText("85073003328")}, tr),
		"nobody":            eid.VerifyHolder(good, eid.Identity{}, tr),
	} {
		if got.Proved() {
			t.Errorf("%s: proved, %v", name, got)
		}
	}
}

func changed(p eid.HolderProof, f func(*eid.HolderProof)) eid.HolderProof {
	f(&p)
	return p
}

func TestPINErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		tries int
		entry eid.Entry
		want  error
		left  int // afterwards
	}{
		{"wrong", 3, typedPIN("9999"), card.ErrWrongPIN, 2},
		{"wrong again", 2, typedPIN("9999"), card.ErrWrongPIN, 1},
		{"the last try is not spent", 1, typedPIN("1234"), eid.ErrLastTry, 1},
		{"blocked", 0, typedPIN("1234"), card.ErrBlocked, 0},
		{"too short", 3, typedPIN("123"), eid.ErrPINLength, 3},
		{"too long", 3, typedPIN("1234567890123"), eid.ErrPINLength, 3},
		{"no digit", 3, typedPIN("12a4"), eid.ErrPINLength, 3},
		{"timed out", 3, pinpad("\x64\x00"), eid.ErrPINTimeout, 3},
		{"cancelled", 3, pinpad("\x64\x01"), eid.ErrPINCancelled, 3},
		{"too short at the pinpad", 3, pinpad("\x64\x03"), eid.ErrPINLength, 3},
		{"pinpad gives nothing", 3, pinpad(""), card.ErrComm, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := an(eidtest.Applet18)
			d.Tries = &c.tries
			v := mint(t, d)
			_, err := eid.ProveHolder(t.Context(), v, trust(t), challenge(), c.entry)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, not %v", err, c.want)
			}
			if v.Tries() != c.left {
				t.Errorf("%d tries left, not %d", v.Tries(), c.left)
			}
		})
	}
}

func pinpad(response string) eid.Entry {
	p := eid.Pinpad{Verify: func(context.Context, []byte) ([]byte, error) { return []byte(response), nil }}
	return p.Entry()
}

// TestPinpadStructure holds the bytes that eid-mw and commons-eid send.
func TestPinpadStructure(t *testing.T) {
	var got []byte
	p := eid.Pinpad{Language: 0x0813, Verify: func(_ context.Context, s []byte) ([]byte, error) {
		got = s
		return []byte{0x90, 0x00}, nil
	}}
	if _, err := p.Entry()(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := []byte{
		0x1E, 0x1E, 0x89, 0x47, 0x04, 0x0C, 0x04, 0x02, 0x01, 0x13, 0x08, 0x00, 0x00, 0x00, 0x00, 0x0D, 0x00, 0x00, 0x00,
		0x00, 0x20, 0x00, 0x01, 0x08, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %X\nwant %X", got, want)
	}
}

func TestPINTries(t *testing.T) {
	for tries := range 4 {
		d := an(eidtest.Applet17)
		d.Tries = &tries
		if left, err := eid.PINTries(t.Context(), mint(t, d)); err != nil || left != tries {
			t.Errorf("got %d, %v; not %d", left, err, tries)
		}
	}
}

// TestOldAppletIsNeverAsked: it would take the question for a wrong PIN.
func TestOldAppletIsNeverAsked(t *testing.T) {
	c := mint(t, an(eidtest.Applet11))
	c.Trace(func(command, _ []byte) {
		if command[1] == 0x20 {
			t.Errorf("VERIFY was sent: %X", command[:4])
		}
	})
	if _, err := eid.PINTries(t.Context(), c); !errors.Is(err, eid.ErrTriesUnknown) {
		t.Errorf("tries: %v", err)
	}
	if _, err := eid.ProveHolder(t.Context(), c, trust(t), challenge(), typedPIN("1234")); !errors.Is(err, eid.ErrTriesUnknown) {
		t.Errorf("holder: %v", err)
	}
	if c.Tries() != 3 {
		t.Errorf("%d tries left", c.Tries())
	}
}

func TestNoAuthenticationCertificate(t *testing.T) {
	d := an(eidtest.Applet18)
	d.NoAuthentication = true
	_, err := eid.ProveHolder(t.Context(), mint(t, d), trust(t), challenge(), typedPIN("1234"))
	if !errors.Is(err, eid.ErrNoCertificate) {
		t.Errorf("got %v", err)
	}
}

func TestShortChallengeIsRefused(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	if _, err := eid.ProveHolder(t.Context(), c, trust(t), []byte("short"), typedPIN("1234")); err == nil {
		t.Error("signed")
	}
	if _, err := eid.Read(t.Context(), c, trust(t), eid.Want{Challenge: []byte("short")}, nil); err == nil {
		t.Error("read")
	}
}

// TestPINIsWiped: after the entry, whether the card took the PIN or not.
func TestPINIsWiped(t *testing.T) {
	for _, pin := range []string{"1234", "9999", "12"} {
		digits := []byte(pin)
		held := &keeper{Card: mint(t, an(eidtest.Applet18))}
		_, _ = eid.ProveHolder(t.Context(), held, trust(t), challenge(), eid.Typed(secret.NewBytes(digits)))
		if !bytes.Equal(digits, make([]byte, len(digits))) {
			t.Errorf("the digits are still %q", digits)
		}
		for _, command := range held.verify {
			if bytes.ContainsFunc(command, func(r rune) bool { return r != 0 }) {
				t.Errorf("the command is still %X", command)
			}
		}
	}
}

// keeper keeps the memory of each VERIFY with a PIN, not a copy.
type keeper struct {
	*eidtest.Card
	verify [][]byte
}

func (k *keeper) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if command[1] == 0x20 && len(command) > 5 {
		k.verify = append(k.verify, command)
	}
	return k.Card.Transmit(ctx, command)
}

// TestVerifyIsSentOnce: a VERIFY whose answer was lost may have cost a try.
func TestVerifyIsSentOnce(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	at, n := 0, 0
	c.Trace(func(command, _ []byte) {
		if n++; command[1] == 0x20 && len(command) > 5 && at == 0 {
			at = n
		}
	})
	if _, err := eid.ProveHolder(t.Context(), c, trust(t), challenge(), typedPIN("9999")); !errors.Is(err, card.ErrWrongPIN) {
		t.Fatal(err)
	}
	c.SetFaults(eidtest.Faults{CommAt: at})
	if _, err := eid.ProveHolder(t.Context(), c, trust(t), challenge(), typedPIN("9999")); !errors.Is(err, card.ErrComm) {
		t.Errorf("got %v", err)
	}
	if c.Tries() != 1 {
		t.Errorf("%d tries left, not 1", c.Tries())
	}
}

// TestPINIsForgotten: the card is left without a verified PIN, and with one it tells
// the tries all the same.
func TestPINIsForgotten(t *testing.T) {
	c := mint(t, an(eidtest.Applet17))
	if _, err := eid.ProveHolder(t.Context(), c, trust(t), challenge(), typedPIN("1234")); err != nil {
		t.Fatal(err)
	}
	sign := []byte{0x00, 0x2A, 0x9E, 0x9A, 0x20}
	response, err := c.Transmit(t.Context(), append(sign, make([]byte, 32)...))
	if err != nil || !bytes.Equal(response, []byte{0x69, 0x82}) {
		t.Errorf("signing without a PIN gave %X, %v", response, err)
	}
}

// TestPulledAtEveryExchangeOfTheProof takes the card out while its holder is proved.
func TestPulledAtEveryExchangeOfTheProof(t *testing.T) {
	c, tr := mint(t, an(eidtest.Applet18)), trust(t)
	instantly(t, func(t *testing.T) {
		if _, err := eid.ProveHolder(t.Context(), c, tr, challenge(), typedPIN("1234")); err != nil {
			t.Fatal(err)
		}
		total := c.Exchanges() - 1 // the last is LOG OFF, of which nothing is expected
		for at := 1; at <= total; at++ {
			c.Insert()
			if err := c.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.SetFaults(eidtest.Faults{PullAt: at})
			if _, err := eid.ProveHolder(t.Context(), c, tr, challenge(), typedPIN("1234")); !errors.Is(err, card.ErrRemoved) {
				t.Errorf("pulled at exchange %d of %d: %v", at, total, err)
			}
		}
		if total < 15 || c.Tries() != 3 {
			t.Errorf("%d exchanges, %d tries left", total, c.Tries())
		}
	})
}

// TestEveryStatusAtEveryExchangeOfTheProof has each status word in place of each answer
// while the holder is proved, with the right PIN: it ends in a proof, whole or not, or
// in an error that callers know, and no try is lost. The files that are read before the
// key is chosen are read as on 1.7.
func TestEveryStatusAtEveryExchangeOfTheProof(t *testing.T) {
	for _, a := range []eidtest.Applet{eidtest.Applet17, eidtest.Applet18} { // re-keyed, 1.7 has the same keys for its holder
		c, tr := mint(t, an(a)), trust(t)
		identity := read(t, c, tr, eid.Want{}).Identity
		c.SetFaults(eidtest.Faults{})
		if _, err := eid.ProveHolder(t.Context(), c, tr, challenge(), typedPIN("1234")); err != nil {
			t.Fatal(err)
		}
		first, total := 1, c.Exchanges()
		if a == eidtest.Applet18 {
			first = total - 6 // SELECT, MSE SET, LOG OFF, tries, VERIFY, PSO, LOG OFF
		}
		for _, sw := range statuses() {
			t.Run(string(a)+"/"+sw.String(), func(t *testing.T) {
				instantly(t, func(t *testing.T) {
					for at := first; at <= total && !t.Failed(); at++ {
						c.SetFaults(eidtest.Faults{Status: []eidtest.StatusAt{{At: at, SW: sw}}})
						proveUnder(t, c, tr, identity)
						if t.Failed() {
							t.Logf("at exchange %d of %d", at, total)
						}
					}
				})
			})
		}
	}
}

// proveUnder proves a holder under faults.
func proveUnder(t *testing.T, c *eidtest.Card, tr *eid.Trust, identity eid.Identity) {
	t.Helper()
	digits := []byte("1234")
	p, err := eid.ProveHolder(t.Context(), c, tr, challenge(), eid.Typed(secret.NewBytes(digits)))
	switch {
	case err != nil:
		typedProof(t, err)
	case !eid.VerifyHolder(p, identity, tr).Proved() && len(p.Signature) > 0 && len(p.CA) > 0:
		t.Error("a whole proof does not hold")
	}
	if c.Tries() != 3 {
		t.Errorf("%d tries left", c.Tries())
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Error(err)
	}
}

// typedProof holds an error to those of [eid.ProveHolder].
func typedProof(t *testing.T, err error) {
	t.Helper()
	for _, known := range []error{
		eid.ErrNoCertificate, eid.ErrTriesUnknown, eid.ErrLastTry, card.ErrBlocked, card.ErrWrongPIN,
		eid.ErrPINCancelled, eid.ErrPINTimeout, eid.ErrPINLength,
	} {
		if errors.Is(err, known) {
			return
		}
	}
	typed(t, err)
}
