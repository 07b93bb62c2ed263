package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// The types of the actions of code cards.
const (
	TypeCardIssued  = "card-issued"
	TypeCardVoid    = "card-void"
	TypeCardBlocked = "card-blocked"
)

// Codes is how many codes a card has.
const Codes = 24

// once is the header Idempotency-Key of a key: a string of RFC 9651.
func once(key string) api.IdempotencyKey { return `"` + key + `"` }

// Challenge asks for something new for a card to sign: 48 bytes, good for the calls of
// ten minutes.
func (c *Client) Challenge(ctx context.Context) ([]byte, time.Time, error) {
	r, err := asked(ctx, c, "asking for a challenge", func(ctx context.Context) (*http.Response, error) {
		return c.api.NewChallenge(ctx)
	}, func(r api.Challenge) bool { return len(r.Challenge) == 48 })
	return r.Challenge, r.ExpiresAt, err
}

// AccountStatus asks what must be known before a code card is offered. The error
// wraps [ErrAway], [ErrPatientUnknown], [ErrCardRefused], [ErrHolderRefused],
// [ErrClerkRefused], [ErrUnauthorized], [ErrStopped], or is an [*Error] with its code, as those of every
// call about a person.
func (c *Client) AccountStatus(ctx context.Context, p Person) (api.AccountStatus, error) {
	return c.account(ctx, "asking for the account", func(ctx context.Context) (*http.Response, error) {
		return c.api.AccountStatus(ctx, api.PersonQuery{Person: p.wire()})
	})
}

// UnlockAccount unlocks an account after five wrong codes, once for a key.
func (c *Client) UnlockAccount(ctx context.Context, key string, p Person) (api.AccountStatus, error) {
	return c.account(ctx, "unlocking the account", func(ctx context.Context) (*http.Response, error) {
		return c.api.UnlockAccount(ctx, &api.UnlockAccountParams{IdempotencyKey: once(key)}, api.PersonQuery{Person: p.wire()})
	})
}

// SetPassword gives an account the password that was printed, once for a key.
func (c *Client) SetPassword(ctx context.Context, key string, p Person, password secret.Bytes) (api.AccountStatus, error) {
	body, err := withSecrets(api.PersonQuery{Person: p.wire()}, nil, password)
	if err != nil {
		return api.AccountStatus{}, err
	}
	defer clear(body)
	return c.account(ctx, "setting the password", func(ctx context.Context) (*http.Response, error) {
		return c.api.SetPasswordWithBody(ctx, &api.SetPasswordParams{IdempotencyKey: once(key)}, "application/json", bytes.NewReader(body))
	})
}

func (c *Client) account(ctx context.Context, doing string, do func(context.Context) (*http.Response, error)) (api.AccountStatus, error) {
	return asked(ctx, c, doing, do, func(a api.AccountStatus) bool { return a.UserName.Valid() })
}

// ReserveCard reserves a card by its id before it is printed, once for a key.
func (c *Client) ReserveCard(ctx context.Context, key, card string, p Person) (api.Card, error) {
	return c.card(ctx, card, "reserving a card", func(ctx context.Context) (*http.Response, error) {
		return c.api.ReserveCard(ctx, &api.ReserveCardParams{IdempotencyKey: once(key)}, api.CardReservation{Card: card, Person: p.wire()})
	})
}

// Card asks what became of a card that this kiosk reserved.
func (c *Client) Card(ctx context.Context, card string) (api.Card, error) {
	return c.card(ctx, card, "asking for a card", func(ctx context.Context) (*http.Response, error) { return c.api.GetCard(ctx, card) })
}

func (c *Client) card(ctx context.Context, id, doing string, do func(context.Context) (*http.Response, error)) (api.Card, error) {
	return asked(ctx, c, doing, do, func(r api.Card) bool { return r.Card == id && r.State.Valid() })
}

// CardIssued is what the portal is told of a card that was taken and typed from.
type CardIssued struct {
	Card     string
	Person   Person
	Codes    []secret.Bytes // 24; the first is number 1
	Password secret.Bytes   // of a new account; else empty
	ByClerk  bool           // a clerk confirmed instead of the code that is typed back
}

// Body is the plain body of the action: to be sealed at once, and wiped. The codes are
// in no other memory of this function.
func (c CardIssued) Body() ([]byte, error) {
	confirmed := api.ConfirmedTyped
	if c.ByClerk {
		confirmed = api.ConfirmedByClerk
	}
	return withSecrets(struct {
		Card      string                  `json:"card"`
		Person    api.Person              `json:"person"`
		Confirmed api.CardIssuedConfirmed `json:"confirmed"`
	}{c.Card, c.Person.wire(), confirmed}, c.Codes, c.Password)
}

// CardVoid is what the portal is told of a card that did not come into the right hands.
type CardVoid struct{ Card, Reason string }

// Body is the plain body of the action.
func (c CardVoid) Body() ([]byte, error) {
	return plainBody("card-void", api.CardVoid{Card: c.Card, Reason: c.Reason})
}

// CardBlocked is what the portal is told to block: the cards of Person, or of whom has
// Card, or of whom has UserName and was born on Birth.
type CardBlocked struct {
	Person     *Person
	Card       string
	UserName   secret.Text
	Birth      secret.Text // "1984-05-17"
	ClockKnown bool        // the kiosk's clock was right
}

// Body is the plain body of the action. It is personal data: to be sealed at once, and
// wiped.
func (c CardBlocked) Body() ([]byte, error) {
	b := api.CardBlocked{Card: c.Card, UserName: c.UserName.Reveal(), Birth: c.Birth.Reveal(), ClockKnown: c.ClockKnown}
	if c.Person != nil {
		b.Person = c.Person.wire()
	}
	return plainBody("card-blocked", b)
}

func plainBody(of string, body any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("making the body of %s: %w", of, err)
	}
	return raw, nil
}

// withSecrets is a JSON object with codes and a password behind what it had before.
// They are written by hand: encoding/json would leave them in strings and buffers that
// cannot be wiped.
func withSecrets(object any, codes []secret.Bytes, password secret.Bytes) ([]byte, error) {
	open, err := plainBody("what holds secrets", object)
	if err != nil {
		return nil, err
	}
	size := len(open) + 2*password.Len() + 40
	for _, code := range codes {
		size += 2*code.Len() + 3
	}
	body := append(make([]byte, 0, size), open[:len(open)-1]...)
	if len(codes) > 0 {
		body = append(body, `,"codes":[`...)
		for i, code := range codes {
			if i > 0 {
				body = append(body, ',')
			}
			body = appendQuoted(body, code.Reveal())
		}
		body = append(body, ']')
	}
	if password.Len() > 0 {
		body = appendQuoted(append(body, `,"password":`...), password.Reveal())
	}
	return append(body, '}'), nil
}

// appendQuoted writes printable ASCII as a JSON string.
func appendQuoted(body, text []byte) []byte {
	body = append(body, '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			body = append(body, '\\')
		}
		body = append(body, c)
	}
	return append(body, '"')
}
