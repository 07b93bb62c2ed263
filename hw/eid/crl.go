package eid

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
)

// CRL is a revocation list that was brought from elsewhere, with the certificate of
// the root that signed it: of most roots no card has brought it yet.
type CRL struct {
	List []byte // DER
	Root []byte // DER
}

// ErrCRL is that a revocation list was not signed by a pinned root, nor by a test root
// that is trusted.
var ErrCRL = errors.New("a revocation list that no trusted root signed")

// Supply takes revocation lists besides those of a folder. Of each root the newest
// counts, whoever brings it when: an older one takes nothing back. It gives those that
// count now, to be kept and supplied again at the next start, and an error that wraps
// [ErrCRL] where one was refused.
func (t *Trust) Supply(lists []CRL) (kept []CRL, err error) {
	for _, l := range lists {
		if also := t.supply(l); also != nil && err == nil {
			err = also
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.supplied {
		kept = append(kept, CRL{List: s.list.Raw, Root: s.root.Raw})
	}
	return kept, err
}

// suppliedList is a list that a trusted root signed.
type suppliedList struct {
	list *x509.RevocationList
	root *x509.Certificate
}

func (t *Trust) supply(l CRL) error {
	list, err := x509.ParseRevocationList(l.List)
	if err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrCRL)
	}
	t.learn(l.Root)
	root := t.lister(list)
	if root == nil {
		return ErrCRL
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, s := range t.supplied {
		if !s.root.Equal(root) {
			continue
		}
		if list.ThisUpdate.After(s.list.ThisUpdate) {
			t.supplied[i].list, t.signers = list, nil // are judged anew
		}
		return nil
	}
	t.supplied, t.signers = append(t.supplied, suppliedList{list, root}), nil
	return nil
}

// lister is the trusted root that signed a list; nil where none did.
func (t *Trust) lister(list *x509.RevocationList) *x509.Certificate {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.roots {
		if bytes.Equal(list.RawIssuer, r.cert.RawSubject) &&
			r.cert.CheckSignature(list.SignatureAlgorithm, list.RawTBSRevocationList, list.Signature) == nil {
			return r.cert
		}
	}
	return nil
}

// RevokedSerial tells whether a list of the folder names a certificate: for a portal
// that is told of the holder's by issuer and serial number. The list is believed as it
// lies there: the authority that signed it is not known from these two.
func (t *Trust) RevokedSerial(id CertificateID) bool {
	serial, ok := new(big.Int).SetString(id.Serial.Reveal(), 16)
	if !ok {
		return false
	}
	t.mu.Lock()
	lists := t.crls
	t.mu.Unlock()
	for _, l := range lists {
		if bytes.Equal(l.RawIssuer, id.Issuer) && names(l, serial) {
			return true
		}
	}
	return false
}

// ReadCRLs reads the revocation lists of a folder, *.crl, DER or PEM, each with the
// certificate (*.crt, DER or PEM) of the root that signed it, where that is there too.
func ReadCRLs(dir string) ([]CRL, error) {
	lists, err := readCRLs(dir)
	if err != nil {
		return nil, fmt.Errorf("reading revocation lists: %w", err)
	}
	roots, err := readRoots(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the roots of revocation lists: %w", err)
	}
	var out []CRL
	for _, l := range lists {
		for _, r := range roots {
			if bytes.Equal(l.RawIssuer, r.RawSubject) && r.CheckSignature(l.SignatureAlgorithm, l.RawTBSRevocationList, l.Signature) == nil {
				out = append(out, CRL{List: l.Raw, Root: r.Raw})
				break
			}
		}
	}
	return out, nil
}

// readRoots reads every *.crt of a folder, DER or PEM.
func readRoots(dir string) (list []*x509.Certificate, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.crt"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if block, _ := pem.Decode(raw); block != nil {
			raw = block.Bytes
		}
		cert, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
		}
		list = append(list, cert)
	}
	return list, nil
}

// readCRLs reads every *.crl of a folder, DER or PEM.
func readCRLs(dir string) ([]*x509.RevocationList, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var lists []*x509.RevocationList
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".crl") {
			continue
		}
		list, err := readCRL(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func readCRL(path string) (*x509.RevocationList, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	return list, nil
}
