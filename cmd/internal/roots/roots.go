// Package roots reads root certificates from files.
package roots

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

// Read reads every certificate of PEM files. The error names the file; the caller
// adds the setting that did.
func Read(paths ...string) (list []*x509.Certificate, err error) {
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		before := len(list)
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			root, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("%s holds something that is no certificate", path)
			}
			list = append(list, root)
		}
		if len(list) == before {
			return nil, fmt.Errorf("%s holds no certificate in PEM", path)
		}
	}
	return list, nil
}
