package eid_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/internal/secret"
)

// visitor is a virtual card. With a real one, hw/pcsc gives the card.Card.
func visitor() (card.Card, *eid.Trust) {
	p, err := country()
	if err != nil {
		log.Fatal(err)
	}
	c, err := p.Mint(an(eidtest.Applet18))
	if err != nil {
		log.Fatal(err)
	}
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: parsedRoots(p), Now: time.Now})
	if err != nil {
		log.Fatal(err)
	}
	return c, trust
}

func ExampleRead() {
	c, trust := visitor()
	want := eid.Want{Address: true, Genuine: true}
	r, err := eid.Read(context.Background(), c, trust, want, func(i eid.Identity) {
		fmt.Println("Good morning", i.GivenNames.Reveal()) // after two exchanges; nothing is proved yet
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("verified:", r.Checks.Verified(), "chain:", r.Checks.Chain, "genuine:", r.Checks.Genuine)
	fmt.Println("photo:", r.Checks.PhotoHash)
	// Output:
	// Good morning An Maria
	// verified: true chain: test genuine: valid
	// photo: not_asked
}

// A portal judges the card by itself, from what the kiosk sends.
func ExampleVerifyProof() {
	c, trust := visitor()
	challenge := make([]byte, 48) // the portal's own, and random
	r, err := eid.Read(context.Background(), c, trust, eid.Want{Genuine: true, Challenge: challenge}, nil)
	if err != nil {
		log.Fatal(err)
	}
	identity, checks, err := eid.VerifyProof(r.Proof, trust)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(identity.Birth(), checks.Verified(), checks.Genuine)
	// Output:
	// 1985-07-30 true valid
}

// The PIN proves that the holder is there, and not the card alone.
func ExampleProveHolder() {
	c, trust := visitor()
	ctx := context.Background()
	r, err := eid.Read(ctx, c, trust, eid.Want{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	challenge := make([]byte, 32) // random
	pin := secret.NewBytes([]byte("1234"))
	p, err := eid.ProveHolder(ctx, c, trust, challenge, eid.Typed(pin))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(eid.VerifyHolder(p, r.Identity, trust).Proved(), pin.Len())
	// Output:
	// true 0
}
