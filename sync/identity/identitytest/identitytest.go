// Package identitytest is what every kind of [identity.Keys] must do, whatever keeps
// the keys.
package identitytest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"balie/sync/identity"
)

// Run holds keys against the suite. Again gives the same device's keys after a restart,
// other those of another device.
func Run(t *testing.T, keys, again, other identity.Keys) {
	t.Run("a key signs, and is the same after a restart", func(t *testing.T) { signs(t, keys, again) })
	t.Run("a key asks for a certificate", func(t *testing.T) { asks(t, keys) })
	t.Run("a secret is the same after a restart", func(t *testing.T) { seals(t, keys, again) })
	t.Run("nothing opens on another device", func(t *testing.T) { opensNowhereElse(t, keys, other) })
	t.Run("what was changed does not open", func(t *testing.T) { notChanged(t, keys) })
}

func signs(t *testing.T, keys, again identity.Keys) {
	kept, key, err := keys.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, is := key.Public().(*ecdsa.PublicKey)
	if !is || public.Curve != elliptic.P256() {
		t.Fatalf("a key of %T", key.Public())
	}
	opened, err := again.OpenKey(kept)
	if err != nil || !public.Equal(opened.Public()) {
		t.Fatalf("after a restart: %v", err)
	}
	for name, signer := range map[string]crypto.Signer{"new": key, "opened": opened} {
		digest := sha256.Sum256([]byte(name))
		signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil || !ecdsa.VerifyASN1(public, digest[:], signature) {
			t.Errorf("the %s key: %v", name, err)
		}
	}
	if _, second, err := keys.NewKey(); err != nil || public.Equal(second.Public()) {
		t.Errorf("a second key: %v", err)
	}
}

func asks(t *testing.T, keys identity.Keys) {
	_, key, err := keys.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil {
		t.Errorf("%v", err)
	}
}

func seals(t *testing.T, keys, again identity.Keys) {
	secret := bytes.Repeat([]byte{0xa5}, 32)
	kept, err := keys.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]identity.Keys{"now": keys, "after a restart": again} {
		if got, err := k.Unseal(kept); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if keys.Kind() != "file" && bytes.Contains(kept, secret[:8]) {
		t.Error("the secret is not closed")
	}
}

func opensNowhereElse(t *testing.T, keys, other identity.Keys) {
	key, _, err := keys.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := keys.Seal(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.OpenKey(key); keys.Kind() != "file" && err == nil {
		t.Error("a key opens")
	}
	if _, err := other.Unseal(secret); keys.Kind() != "file" && err == nil {
		t.Error("a secret opens")
	}
}

func notChanged(t *testing.T, keys identity.Keys) {
	kept, _, err := keys.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{nil, kept[:len(kept)/2], append([]byte{kept[0] ^ 1}, kept[1:]...)} {
		if _, err := keys.OpenKey(broken); err == nil {
			t.Errorf("%d of %d bytes were taken", len(broken), len(kept))
		}
	}
}
