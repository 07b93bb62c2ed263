// Package kiosktest plays the parts of a booth: cards, a portal, a queue and a
// printer that do what a test tells them, after as long as it tells them.
//
// They wait on timers only, so in a testing/synctest bubble their time is the
// bubble's. Their methods may be called from any goroutine. What they give names
// nobody who exists.
package kiosktest

import (
	"context"
	"fmt"
	"time"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
)

// What is on the card of [Record] and may be seen nowhere but on the screen, and
// there only as [Greeting]. The number is of nobody: its month is 13.
const (
	GivenNames = "Quirinia Zephyrine"
	FamilyName = "Vandekanarie"
	Number     = "85130003312"
	Greeting   = "Quirinia V."
)

// Identity is that of somebody who does not exist.
func Identity() eid.Identity {
	return eid.Identity{
		GivenNames: secret.NewText(GivenNames), FamilyName: secret.NewText(FamilyName),
		NationalNumber: secret.NewText(Number), BirthDate: secret.NewText("1985-13-00"), DocumentType: "1",
	}
}

// Record is a card that passes every check.
func Record() eid.Record {
	return eid.Record{
		Applet:   "1.8",
		Identity: Identity(),
		Checks: eid.Checks{
			IdentitySignature: eid.Valid, ChipNumber: eid.Valid, Chain: eid.Valid, Genuine: eid.Valid, Validity: eid.Valid,
		},
		Proof: eid.Proof{Identity: secret.NewBytes([]byte(GivenNames + FamilyName + Number)), Signature: []byte{1, 2, 3}},
	}
}

// Appointment is one at a certain moment.
func Appointment(start time.Time) kiosk.Appointment {
	return kiosk.Appointment{
		ID: fmt.Sprintf("a-%d", start.Unix()), Start: start, End: start.Add(20 * time.Minute),
		Label: "Raadpleging 4614", Place: "Gele zaal, niveau 1", Route: "Volg route 46",
		RouteURL: "https://route.example/46", Phone: "016 12 34 56",
	}
}

// wait waits, and no longer than ctx.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
