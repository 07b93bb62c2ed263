package reference

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"balie/sync/portal/api"
	"balie/sync/seal"
)

// A challenge is its end (8 bytes, seconds since 1970), 16 random bytes, and what says
// that it is ours and whose (24 bytes): nothing need be kept of it. 48 bytes are what
// the chip of applet 1.8 signs.
const (
	challengeLen  = 48
	challengeHead = 24
	challengeTime = 10 * time.Minute
)

// NewChallenge gives a kiosk something new for a card to sign.
func (s *Server) NewChallenge(ctx context.Context, _ api.NewChallengeRequestObject) (api.NewChallengeResponseObject, error) {
	end := s.o.Now().Add(challengeTime).Truncate(time.Second)
	challenge := make([]byte, challengeHead, challengeLen)
	binary.BigEndian.PutUint64(challenge, uint64(end.Unix()))
	_, _ = rand.Read(challenge[8:]) // never fails
	challenge = append(challenge, s.challengeMark(kioskOf(ctx).ID, challenge)...)
	return api.NewChallenge200JSONResponse{
		Body:    api.Challenge{Challenge: challenge, ExpiresAt: end.UTC()},
		Headers: api.NewChallenge200ResponseHeaders{CacheControl: noStore},
	}, nil
}

const noStore = "no-store"

func (s *Server) challengeMark(kiosk string, head []byte) []byte {
	h := hmac.New(sha256.New, s.o.Secrets.key("challenge"))
	_, _ = h.Write(seal.Fields(kiosk, string(head))) // never fails
	return h.Sum(nil)[:challengeLen-challengeHead]
}

// challengeHolds tells whether a challenge is ours and this kiosk's; in a call it must
// be young. An action may come later: it was young when the call before it was made.
func (s *Server) challengeHolds(challenge []byte, c claim) bool {
	if len(challenge) != challengeLen || !hmac.Equal(challenge[challengeHead:], s.challengeMark(c.kiosk, challenge[:challengeHead])) {
		return false
	}
	end := time.Unix(int64(binary.BigEndian.Uint64(challenge)), 0)
	return !c.call || !s.o.Now().After(end)
}
