package e2e

import (
	"context"
	"fmt"

	"balie/internal/secret/secrettest"
)

// inMemory counts where in kioskd's memory something is.
func (r *rig) inMemory(secrets ...string) (n int) {
	r.t.Helper()
	var masked []secrettest.Masked
	for _, s := range secrets {
		masked = append(masked, secrettest.Mask([]byte(s)))
	}
	hits, err := secrettest.Find(fmt.Sprint(r.PID("kioskd")), masked...)
	r.must(err)
	for _, h := range hits {
		n += h
	}
	return n
}

// forgets waits until kioskd has nothing of a card that a visit was about: it overwrites
// what it freed beside the visits.
func (r *rig) forgets(card codeCard) {
	r.t.Helper()
	var secrets []string
	for _, code := range card.codes {
		secrets = append(secrets, code)
	}
	if card.password != "" { // a card of an account that there is has none
		secrets = append(secrets, card.password)
	}
	r.until("neither a code nor the password is in memory", func(context.Context) bool { return r.inMemory(secrets...) == 0 })
}
