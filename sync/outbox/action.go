package outbox

import (
	"time"

	"github.com/google/uuid"
)

// Action is one thing a person did that the portal must hear of.
type Action struct {
	// ID is a UUIDv7 made by the caller; appending the same ID twice is one action.
	ID uuid.UUID
	// Type is the portal's name of the action: "check-in".
	Type string
	// Priority orders what waits: higher first. A block is 100, all else 0.
	Priority int
	// OrderKey is random, one per person and matter; actions with the same key
	// arrive in the order they were appended. The id of a code card is one for what
	// becomes of that card; [Outbox.OrderKey] makes one for what has no id. Empty: no
	// order needed.
	OrderKey string
	// OccurredAt is when the person did it, by the kiosk's clock.
	OccurredAt time.Time
	// Test marks what was done under a test root; a production portal refuses it.
	Test bool
	// Body makes the plain body (JSON, as openapi.yaml says for Type), given the
	// counter that the outbox just assigned. It is sealed before it is stored and
	// not kept. It is called at most once, inside the transaction.
	Body func(counter uint64) ([]byte, error)
}

// Receipt is what Append gives once the action is on disk for good.
type Receipt struct {
	ID      uuid.UUID
	Counter uint64 // of this kiosk, from 1, never twice
}

// State is where an action stands.
type State string

// The states of an action.
const (
	Pending      State = "pending"      // to be sent, now or at its not-before time
	Acknowledged State = "acknowledged" // the portal has it
	Parked       State = "parked"       // refused for good; a technician looks at the reason
)
