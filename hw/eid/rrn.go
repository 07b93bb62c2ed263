package eid

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
)

// isRRN tells whether a certificate that a root issued is one of the national
// register's, which alone signs identities. Of the state's own the subject is
// CN=RRN, O=RRN, C=BE and nothing else; under a test root those of the public
// specimen cards do too. Key usage and subject: eid-trust-service,
// InitializationServiceBean.java, and jTrust. The policy that they ask for too is
// not looked at: it is 2.16.56.N.1.1.4 with another N for each root, that of the
// newest is not published with them, and no other certificate of a root has this
// subject.
func isRRN(cert *x509.Certificate, test bool) bool {
	const use = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	switch {
	case cert.IsCA:
		return false
	case test && isSpecimen(cert):
		return cert.KeyUsage == 0 || cert.KeyUsage&use == use
	}
	return cert.KeyUsage&use == use && subjectOf(cert.Subject) == subject{"RRN", "RRN", "BE"}
}

// isSpecimen tells whether the subject is that of the public specimen cards. Who made
// those took it less strictly: other parts may be there, and the key usage may not.
func isSpecimen(cert *x509.Certificate) bool {
	cn, o := cert.Subject.CommonName, strings.Join(cert.Subject.Organization, ", ")
	return cn == "test RRN" && o == "test RRN" || cn == "eID TEST EC RRN" && o == "TEST"
}

// subject is a distinguished name of the parts that an RRN certificate has.
type subject struct{ cn, o, c string }

// subjectOf gives the zero subject where there are other parts, or one twice.
func subjectOf(name pkix.Name) (s subject) {
	for _, part := range name.Names {
		value, _ := part.Value.(string)
		var into *string
		switch part.Type.String() {
		case "2.5.4.3":
			into = &s.cn
		case "2.5.4.10":
			into = &s.o
		case "2.5.4.6":
			into = &s.c
		}
		if into == nil || *into != "" {
			return subject{}
		}
		*into = value
	}
	return s
}
