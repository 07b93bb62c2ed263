package eid

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

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
