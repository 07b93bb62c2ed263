package conformance

import (
	"strings"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

func linkChecks() []Check {
	return []Check{
		{"a link of two cards lasts until the 15th birthday", linkedByCards},
		{"a link without cards is marked unverified", linkedByHand},
		{"a child of 15 at the time of the act is not linked", linkedTooLate},
		{"nobody is linked without a clerk who says so of these two", linkRefused},
		{"an unlink ends every link requested before it, however late that comes", unlinked},
	}
}

// tie is a link or an unlink that is made up.
type tie struct {
	id            string
	parent, child Person
	cards         bool // both are read
	at            time.Time
	change        func(*portal.Statement)
	unsure        bool // of the clock
}

// named is how a clerk names someone, with the card where it is read.
func (r *run) named(p Person, withCard bool) (portal.Named, *portal.Proof, error) {
	if withCard {
		c, err := r.t.Cards.Card(p)
		return portal.Named{Card: &c}, &c, err
	}
	return portal.Named{EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Document: "passport", Reason: "no-chip"}, nil, nil
}

// say has the clerk say what ties or parts two people. Its shift began an hour before.
func (r *run) say(b *booth, t tie, purpose string) (a portal.Attested, parent, child *portal.Proof, err error) {
	st := portal.Statement{Purpose: purpose, At: t.at, Matter: t.id, Audit: "7:" + strings.Repeat("0", 64), Authority: purpose == portal.TypeLink, Documents: []string{"birth-certificate"}}
	if st.Patient, parent, err = r.named(t.parent, t.cards); err != nil {
		return a, nil, nil, err
	}
	if st.Child, child, err = r.named(t.child, t.cards); err != nil {
		return a, nil, nil, err
	}
	if t.change != nil {
		t.change(&st)
	}
	shift, err := portal.NewShift(r.t.Clerk, b.kiosk, t.at.Add(-hour), t.at.Add(hour))
	if err != nil {
		return a, nil, nil, err
	}
	shift.ByBadge(r.t.Badge())
	a, err = shift.Attest(st)
	return a, parent, child, err
}

func (r *run) linkAction(b *booth, t tie) (api.Action, error) {
	a, parent, child, err := r.say(b, t, portal.TypeLink)
	if err != nil {
		return api.Action{}, err
	}
	return b.action(portal.TypeLink, t.at, portal.Link{ID: t.id, Parent: parent, Child: child, Attested: a, ClockKnown: !t.unsure})
}

func (r *run) unlinkAction(b *booth, t tie) (api.Action, error) {
	a, parent, child, err := r.say(b, t, portal.TypeUnlink)
	if err != nil {
		return api.Action{}, err
	}
	return b.action(portal.TypeUnlink, t.at, portal.Unlink{Parent: parent, Child: child, Attested: a, ClockKnown: !t.unsure})
}

func (r *run) wantLink(what string, b *booth, id string, state api.LinkStatusState, ends string, verified bool) {
	l, err := b.Link(r.ctx, id)
	if err != nil || l.State != state || l.EndsOn.Format(time.DateOnly) != ends || l.Verified != verified {
		r.wrong("%s: %+v, %v", what, l, err)
	}
}

func linkedByCards(r *run) error {
	id := unique()
	a, err := r.linkAction(r.one, tie{id: id, parent: an(), child: lucas(), cards: true, at: r.one.now()})
	r.tell(r.one, "a link", a, err, "accepted")
	r.tell(r.one, "the same again", a, err, "duplicate")
	r.wantLink("the link", r.one, id, api.LinkActive, "2032-03-05", true)
	_, err = r.two.Link(r.ctx, id)
	r.refused("another kiosk asks", err, "link-unknown")
	return nil
}

func linkedByHand(r *run) error {
	id := unique()
	a, err := r.linkAction(r.one, tie{id: id, parent: abroad(), child: lucas(), at: r.one.now()})
	r.tell(r.one, "a link by hand", a, err, "accepted")
	r.wantLink("the link", r.one, id, api.LinkActive, "2032-03-05", false)
	wrong := lucas()
	wrong.Birth = "2017-03-06"
	a, err = r.linkAction(r.one, tie{id: unique(), parent: abroad(), child: wrong, at: r.one.now()})
	r.tell(r.one, "another birth date", a, err, "refused patient-unknown")
	return nil
}

func linkedTooLate(r *run) error {
	id, day := unique(), time.Date(2025, 6, 9, 21, 59, 0, 0, time.UTC) // 23:59 in Brussels; 15 the next day
	a, err := r.linkAction(r.one, tie{id: id, parent: an(), child: teen(), cards: true, at: day})
	r.tell(r.one, "on the last day", a, err, "accepted")
	r.wantLink("it has ended by itself", r.one, id, api.LinkEnded, "2025-06-10", true)
	a, err = r.linkAction(r.one, tie{id: unique(), parent: an(), child: teen(), cards: true, at: day.Add(2 * time.Minute)})
	r.tell(r.one, "on the birthday", a, err, "refused not-under-15")
	a, err = r.linkAction(r.one, tie{id: unique(), parent: teen(), child: lucas(), cards: true, at: day})
	r.tell(r.one, "a child as parent", a, err, "refused parent-under-15")
	return nil
}

func linkRefused(r *run) error {
	at := r.one.now()
	foreign, err := r.t.Cards.Card(karim())
	if err != nil {
		return err
	}
	for what, c := range map[string]struct {
		t    tie
		want string
	}{
		"a stranger":         {tie{parent: stranger(), child: lucas(), cards: true}, "refused patient-unknown"},
		"oneself":            {tie{parent: lucas(), child: lucas(), cards: true}, "refused same-person"},
		"an unsure clock":    {tie{parent: an(), child: lucas(), cards: true, unsure: true}, "refused clock-unsure"},
		"without authority":  {tie{parent: an(), child: lucas(), cards: true, change: func(s *portal.Statement) { s.Authority = false }}, "refused bad-body"},
		"of another link":    {tie{parent: an(), child: lucas(), cards: true, change: func(s *portal.Statement) { s.Matter = unique() }}, "refused clerk-refused"},
		"another purpose":    {tie{parent: an(), child: lucas(), cards: true, change: func(s *portal.Statement) { s.Purpose = portal.TypeUnlink }}, "refused clerk-refused"},
		"of another's card":  {tie{parent: an(), child: lucas(), cards: true, change: func(s *portal.Statement) { s.Patient = portal.Named{Card: &foreign} }}, "refused clerk-refused"},
		"said an hour later": {tie{parent: an(), child: lucas(), cards: true, change: func(s *portal.Statement) { s.At = at.Add(hour / 2) }}, "refused clerk-refused"},
	} {
		c.t.id, c.t.at = unique(), at
		a, err := r.linkAction(r.one, c.t)
		r.tell(r.one, what, a, err, c.want)
	}
	return nil
}

func unlinked(r *run) error {
	first, other := unique(), unique()
	a, err := r.linkAction(r.one, tie{id: first, parent: an(), child: lucas(), cards: true, at: r.one.now()})
	r.tell(r.one, "a link", a, err, "accepted")
	a, err = r.linkAction(r.one, tie{id: other, parent: elise(), child: lucas(), cards: true, at: r.one.now()})
	r.tell(r.one, "the other parent", a, err, "accepted")
	late, lateErr := r.linkAction(r.one, tie{id: unique(), parent: an(), child: lucas(), cards: true, at: r.one.now()})
	elsewhere, elsewhereErr := r.linkAction(r.two, tie{id: unique(), parent: an(), child: lucas(), cards: true, at: r.two.now().Add(-time.Minute)})
	a, err = r.unlinkAction(r.one, tie{parent: an(), child: lucas(), cards: true, at: r.one.now()})
	r.tell(r.one, "an unlink", a, err, "accepted")
	r.wantLink("unlinked", r.one, first, api.LinkUnlinked, "2032-03-05", true)
	r.wantLink("the other parent stays", r.one, other, api.LinkActive, "2032-03-05", true)
	r.tell(r.one, "a link requested before, that comes late", late, lateErr, "refused unlinked")
	r.tell(r.two, "one requested before at another kiosk", elsewhere, elsewhereErr, "refused unlinked")
	again := unique()
	a, err = r.linkAction(r.one, tie{id: again, parent: an(), child: lucas(), cards: true, at: r.one.now()})
	r.tell(r.one, "a link requested after it", a, err, "accepted")
	r.wantLink("linked again", r.one, again, api.LinkActive, "2032-03-05", true)
	a, err = r.unlinkAction(r.two, tie{parent: an(), child: lucas(), at: r.two.now().Add(-hour)})
	r.tell(r.two, "an unlink of an hour ago", a, err, "accepted")
	r.wantLink("it was requested after that", r.one, again, api.LinkActive, "2032-03-05", true)
	a, err = r.unlinkAction(r.two, tie{parent: an(), child: lucas(), at: r.two.now().Add(-hour), unsure: true})
	r.tell(r.two, "one by a clock that may be wrong", a, err, "accepted")
	r.wantLink("in doubt, unlinked", r.one, again, api.LinkUnlinked, "2032-03-05", true)
	return nil
}
