package portal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"balie/internal/durable"
	"balie/internal/secret"
	"balie/sync/seal"
)

// Credentials are what enrolment leaves on a kiosk: a folder with kiosk.json, which
// is no secret, and token, which is.
type Credentials struct {
	Kiosk string            // id
	URL   string            // of the portal; empty where enrolment did not know it
	Token secret.Text       //
	Root  ed25519.PublicKey // of the portal, pinned
	Keys  seal.Signed       // the sealing keys of that day, so that the booth can seal before it ever met the portal
}

// kioskFile is kiosk.json.
type kioskFile struct {
	Kiosk       string      `json:"kiosk"`
	URL         string      `json:"url,omitempty"`
	Root        []byte      `json:"root"`
	Fingerprint string      `json:"fingerprint"` // of the root, for people to compare
	Keys        seal.Signed `json:"keys"`
}

// LoadCredentials reads what enrolment left in dir, and checks that the root signed
// the keys.
func LoadCredentials(dir string) (Credentials, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "kiosk.json"))
	if err != nil {
		return Credentials{}, fmt.Errorf("reading the kiosk's credentials: %w", err)
	}
	var f kioskFile
	if err := json.Unmarshal(raw, &f); err != nil || f.Kiosk == "" {
		return Credentials{}, fmt.Errorf("reading the kiosk's credentials: %s/kiosk.json is not what enrolment wrote", dir)
	}
	if _, err := f.Keys.Verify(f.Root); err != nil {
		return Credentials{}, fmt.Errorf("reading the kiosk's credentials: %w", err)
	}
	token, err := readToken(filepath.Join(dir, "token"))
	if err != nil {
		return Credentials{}, fmt.Errorf("reading the kiosk's credentials: %w", err)
	}
	return Credentials{Kiosk: f.Kiosk, URL: f.URL, Token: token, Root: f.Root, Keys: f.Keys}, nil
}

func readToken(path string) (secret.Text, error) {
	info, err := os.Stat(path)
	if err != nil {
		return secret.Text{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return secret.Text{}, fmt.Errorf("%s can be read by others; chmod 600 it", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return secret.Text{}, err
	}
	token := strings.TrimSpace(string(raw))
	if token == "" {
		return secret.Text{}, errors.New("the token is empty")
	}
	return secret.NewText(token), nil
}

// Save writes the credentials to dir, which it makes, for their owner alone.
func (c Credentials) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("writing the kiosk's credentials: %w", err)
	}
	raw, err := json.MarshalIndent(kioskFile{Kiosk: c.Kiosk, URL: c.URL, Root: c.Root, Fingerprint: Fingerprint(c.Root), Keys: c.Keys}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the kiosk's credentials: %w", err)
	}
	// kiosk.json comes last: where it is, all is there.
	err = durable.WriteFile(filepath.Join(dir, "token"), []byte(c.Token.Reveal()+"\n"))
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, "kiosk.json"), append(raw, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing the kiosk's credentials: %w", err)
	}
	return nil
}

// Fingerprint is a portal's root as people compare it: the first 80 bits of its
// SHA-256 in groups of four.
func Fingerprint(root ed25519.PublicKey) string {
	sum := sha256.Sum256(root)
	text := hex.EncodeToString(sum[:10])
	var groups []string
	for len(text) > 0 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(groups, "-")
}
