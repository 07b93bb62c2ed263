package eidtest

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// RevokeRRN is the revocation list of the root above an applet's cards, DER, of some
// moment: with the certificate of the national register that signs them in it, or
// empty.
func (p *PKI) RevokeRRN(a Applet, at time.Time, revoked bool) ([]byte, error) {
	rrn, err := p.rrn(a, "")
	if err != nil {
		return nil, err
	}
	var list []*big.Int
	if revoked {
		list = append(list, rrn.cert.SerialNumber)
	}
	return p.root(a).revoke(at, list...)
}

// RevokeHolder is the revocation list of the citizens' authority above a card, DER,
// with the card's authentication certificate in it, as when the card was lost.
func (p *PKI) RevokeHolder(c *Card) ([]byte, error) {
	cert, err := x509.ParseCertificate(certificateIn(c.File(FileAuthentication)))
	if err != nil {
		return nil, fmt.Errorf("revoking a card: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range p.made {
		if i.cert != nil && string(i.cert.RawSubject) == string(cert.RawIssuer) && i.cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil {
			return i.revoke(time.Now(), cert.SerialNumber)
		}
	}
	return nil, errors.New("revoking a card: it is of another country")
}

// certificateIn is a certificate file without its padding.
func certificateIn(file []byte) []byte {
	if len(file) < 4 {
		return nil
	}
	return file[:min(len(file), 4+int(file[2])<<8+int(file[3]))]
}

func (i *issuer) revoke(at time.Time, serials ...*big.Int) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(at.UnixMilli()), ThisUpdate: at, NextUpdate: at.AddDate(0, 0, 7)}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: at})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, i.cert, i.key)
	if err != nil {
		return nil, fmt.Errorf("signing a revocation list: %w", err)
	}
	return der, nil
}
