package reference

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"

	"balie/sync/seal"
)

// Cost is what a hash of a code or password costs: Argon2id with so many passes over
// so much memory (RFC 9106).
type Cost struct {
	Passes uint32
	KiB    uint32
}

// UsualCost is the least that OWASP's cheat sheet on password storage has.
var UsualCost = Cost{Passes: 2, KiB: 19 << 10}

func (c Cost) String() string { return fmt.Sprintf("argon2id,%d,%d", c.Passes, c.KiB) }

func parseCost(text string) (c Cost, err error) {
	if _, err := fmt.Sscanf(text, "argon2id,%d,%d", &c.Passes, &c.KiB); err != nil || c.Passes < 1 || c.KiB > 1<<20 {
		return Cost{}, errors.New("the cost of a hash is not what portald wrote")
	}
	return c, nil
}

// slow is a secret as it is kept: salted, keyed with a pepper that is not in the
// database, and slow to try. A code has 30 bits, which without the pepper would be
// found from the database alone.
type slow struct {
	salt, hash []byte
	cost       string
}

func (s *Server) slowly(secret ...string) slow {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	return slow{salt: salt, cost: s.o.Cost.String(), hash: s.hash(s.o.Cost, salt, secret)}
}

// hash is one of few at a time: each takes its memory, and anyone may ask for one by
// logging in.
func (s *Server) hash(c Cost, salt []byte, secret []string) []byte {
	s.hashing <- struct{}{}
	defer func() { <-s.hashing }()
	h := hmac.New(sha256.New, s.o.Secrets.key("pepper"))
	_, _ = h.Write(seal.Fields(append(secret, string(salt))...)) // never fails
	return argon2.IDKey(h.Sum(nil), salt, c.Passes, c.KiB, 1, 32)
}

// is tells whether a secret is the one that was kept.
func (s *Server) is(kept slow, secret ...string) (bool, error) {
	c, err := parseCost(kept.cost)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(s.hash(c, kept.salt, secret), kept.hash) == 1, nil
}

// hashesAtOnce is how many hashes may be made at a time.
const hashesAtOnce = 4

// passwordFields and codeFields keep a hash from standing for anything else.
func passwordFields(subject, password string) []string {
	return []string{"balie/password/1", subject, password}
}

func codeFields(card string, n int, code string) []string {
	return []string{"balie/code/1", card, fmt.Sprint(n), code}
}
