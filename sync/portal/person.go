package portal

import (
	"balie/internal/secret"
	"balie/sync/portal/api"
)

// HolderProof is that someone who knows the PIN of a card was there: a signature by
// its authentication key over a challenge of [Client.Challenge].
type HolderProof struct {
	Challenge   []byte
	Signature   []byte
	Certificate secret.Bytes // of the authentication key, DER; has the holder's name and number
	CA, Root    []byte       // DER
}

// wire has an empty text where the card lacks something: the portal says what that
// means.
func (h HolderProof) wire() api.HolderProof {
	return api.HolderProof{
		Challenge: append([]byte{}, h.Challenge...), Signature: append([]byte{}, h.Signature...), Certificate: append([]byte{}, h.Certificate.Reveal()...),
		Ca: append([]byte{}, h.CA...), Root: append([]byte{}, h.Root...),
	}
}

// Person is whom a call or an action is about, and how that is known: a card, beside it
// its holder where the PIN was typed, and what a clerk attests where one stands for it.
type Person struct {
	Card     *Proof
	Holder   *HolderProof
	Attested *Attested
}

func (p Person) wire() (w api.Person) {
	if p.Card != nil {
		w.Card = p.Card.wire()
	}
	if p.Holder != nil {
		w.Holder = p.Holder.wire()
	}
	if p.Attested != nil {
		w.Attested = p.Attested.wire
	}
	return w
}
