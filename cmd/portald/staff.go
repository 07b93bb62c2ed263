package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"balie/sync/portal"
	"balie/sync/portal/reference"
)

const staffHelp = `Makes the staff list what a file says, in JSON:

  [{"id": "kaat", "name": "Kaat", "role": "desk", "certificate": "kaat.pem", "badge": "4f1c…"}]

certificate is a file with the authentication certificate of their own identity card
(PEM or DER); badge is what their badge holds, 16 bytes or more in hexadecimal, drawn
at random. One of the two is needed; neither is kept, only a hash. Who is not in the
file may work no longer. Kiosks take the list as they ask for it.`

// clerkFile is one of a file of staff.
type clerkFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Role        string `json:"role"`
	Certificate string `json:"certificate"`
	Badge       string `json:"badge"`
}

func staffCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: "staff FILE", Short: "Say who may work at the desk of a kiosk", Long: staffHelp, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := readStaff(args[0])
			if err != nil {
				return err
			}
			return s.atStore(cmd.Context(), func(store *reference.Store) error { return store.PutStaff(cmd.Context(), list) })
		},
	}
	s.common(cmd)
	return cmd
}

// atStore does something with the database of a portal.
func (s settings) atStore(ctx context.Context, do func(*reference.Store) error) (err error) {
	store, _, err := s.portal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}

// clerkID is ClerkID of openapi.yaml, and role the role of a StaffMember.
var (
	clerkID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	role    = regexp.MustCompile(`^[a-z-]{1,20}$`)
)

// readStaff reads a file of staff. The error holds nothing of a badge.
func readStaff(path string) ([]reference.Clerk, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("%v", err)
	}
	var file []clerkFile
	if json.Unmarshal(text, &file) != nil {
		return nil, usage("%s is not a list of staff as --help has it", path)
	}
	var list []reference.Clerk
	for i, f := range file {
		c, err := f.clerk()
		if err != nil {
			return nil, usage("%s: clerk %d: %v", path, i+1, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func (f clerkFile) clerk() (reference.Clerk, error) {
	c := reference.Clerk{ID: f.ID, Name: f.Name, Role: f.Role}
	if !clerkID.MatchString(f.ID) || !role.MatchString(f.Role) || f.Name == "" || len(f.Name) > 80 {
		return c, errors.New("id and role are small letters, and the name is not empty")
	}
	if f.Certificate != "" {
		cert, err := readCertificate(f.Certificate)
		if err != nil {
			return c, err
		}
		c.CardKey = hexSum(cert.RawSubjectPublicKeyInfo)
	}
	if f.Badge != "" {
		badge, err := hex.DecodeString(f.Badge)
		if err != nil || len(badge) < portal.MinBadge {
			return c, errors.New("the badge is not 16 bytes or more in hexadecimal")
		}
		c.BadgeSalt = rand.Text()
		c.BadgeHash = portal.BadgeHash(c.BadgeSalt, badge)
	}
	if c.CardKey == "" && c.BadgeHash == "" {
		return c, errors.New("neither certificate nor badge")
	}
	return c, nil
}

// readCertificate reads one of PEM or DER.
func readCertificate(path string) (*x509.Certificate, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return cert, nil
}

func revoke() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: "revoke CERTIFICATE", Short: "Note that a certificate of an identity card was revoked", Args: cobra.ExactArgs(1),
		Long: "Notes that a certificate (PEM or DER) was revoked: its card proves no holder here any more,\nand kiosks that ask are told so.",
		RunE: func(cmd *cobra.Command, args []string) error {
			cert, err := readCertificate(args[0])
			if err != nil {
				return usage("%v", err)
			}
			return s.atStore(cmd.Context(), func(store *reference.Store) error {
				return store.RevokeCard(cmd.Context(), hexSum(cert.RawIssuer), cert.SerialNumber.Text(16), time.Now())
			})
		},
	}
	s.common(cmd)
	return cmd
}
