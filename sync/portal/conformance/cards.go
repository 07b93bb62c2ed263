package conformance

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

const (
	hour   = time.Hour
	byHand = 30 * time.Second // how long a call that is made by hand may take
)

func cardChecks() []Check {
	return []Check{
		{"a printed card is proved by logging in with it", printedCard},
		{"each code is asked once in a round, the same until it is given", codesInTurn},
		{"five wrong codes lock the account, and the desk unlocks it", lockedAccount},
		{"an unknown user is answered as a wrong password", unknownUser},
		{"a card that is void or not reserved does not work, however late it is issued", voidCard},
		{"a block ends every card reserved before it, known or not", blockedCards},
		{"a block is accepted whether there is something to block or not", neutralBlocks},
		{"a foreign patient has a card from a clerk", foreignPatient},
		{"a card alone, a child, a stranger and the dead get no card", noCard},
		{"a password is renewed", newPassword},
		{"a clerk is believed for what was said, here and now", clerks},
		{"a call is done once for its key", onceForAKey},
	}
}

// newPaper makes what would be printed.
func newPaper(user string) (paper, error) {
	p := paper{card: strings.ToUpper(unique()), user: user}
	for range portal.Codes {
		code, err := word(portal.CodeLength)
		if err != nil {
			return p, err
		}
		p.codes = append(p.codes, code)
	}
	var err error
	p.password, err = word(12)
	return p, err
}

// word is symbols of Crockford's base 32.
func word(n int) (string, error) {
	raw := make([]byte, n)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("drawing: %w", err)
	}
	return portal.Symbols(raw), nil
}

func (p paper) issued(who portal.Person, withPassword bool) portal.CardIssued {
	c := portal.CardIssued{Card: p.card, Person: who}
	for _, code := range p.codes {
		c.Codes = append(c.Codes, secret.NewBytes([]byte(code)))
	}
	if withPassword {
		c.Password = secret.NewBytes([]byte(p.password))
	}
	return c
}

// visit is someone who wants a card, up to when it is printed: who they are, and what
// would be printed.
func (r *run) visit(b *booth, p Person) (paper, portal.Person, api.Card, error) {
	user := p.Number
	print, err := newPaper(user)
	if err != nil {
		return print, portal.Person{}, api.Card{}, err
	}
	who, err := r.holder(b, p)
	if err != nil {
		return print, who, api.Card{}, err
	}
	card, err := b.ReserveCard(r.ctx, unique(), print.card, who)
	return print, who, card, err
}

// give has someone get a card that works: after it, the password is the paper's.
func (r *run) give(b *booth, p Person) (paper, portal.Person, error) {
	print, who, card, err := r.visit(b, p)
	if err != nil {
		return print, who, err
	}
	r.do(b, "card-issued", portal.TypeCardIssued, print.issued(who, card.NewAccount), "accepted")
	if !card.NewAccount {
		_, err = b.SetPassword(r.ctx, unique(), who, secret.NewBytes([]byte(print.password)))
	}
	return print, who, err
}

func printedCard(r *run) error {
	print, who, card, err := r.visit(r.one, karim())
	if err != nil {
		return err
	}
	if card.State != api.CardReserved || card.UserName != api.UserNameNationalNumber {
		r.wrong("reserved: %+v", card)
	}
	a, err := r.one.action(portal.TypeCardIssued, r.one.now(), print.issued(who, card.NewAccount))
	r.tell(r.one, "card-issued", a, err, "accepted")
	r.tell(r.one, "card-issued again", a, err, "duplicate")
	if !card.NewAccount {
		if _, err := r.one.SetPassword(r.ctx, unique(), who, secret.NewBytes([]byte(print.password))); err != nil {
			return err
		}
	}
	if card, err = r.one.Card(r.ctx, print.card); err != nil || card.State != api.CardActive {
		r.wrong("then it is %s, %v", card.State, err)
	}
	if _, err := r.two.Card(r.ctx, print.card); err == nil {
		r.wrong("another kiosk sees it")
	}
	status, err := r.one.AccountStatus(r.ctx, who)
	if err != nil || !status.Account || !status.Card || status.Locked || status.CodesLeft != portal.Codes {
		r.wrong("the account: %+v, %v", status, err)
	}
	r.wantLogIn("the printed card", print, "")
	typed := print
	typed.codes = nil
	for _, code := range print.codes { // as people type
		typed.codes = append(typed.codes, strings.NewReplacer("1", "l", "0", "o").Replace(strings.ToLower(code[:3]+" - "+code[3:])))
	}
	r.wantLogIn("as it is typed", typed, "")
	newer, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	r.wantLogIn("the newer card", newer, "")
	old := print
	old.password = newer.password
	r.wantLogIn("the older card", old, "code-wrong")
	r.wantLogIn("the newer card again", newer, "")
	return nil
}

func codesInTurn(r *run) error {
	print, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	asked := map[int]bool{}
	inOrder := true
	for i := range portal.Codes {
		first, err := r.ask("/login/api/password", map[string]string{"user_name": print.user, "password": print.password})
		if err != nil {
			return err
		}
		n, problem, err := r.logIn(print)
		if err != nil || problem != "" {
			return errors.Join(fmt.Errorf("log-in %d: %s", i+1, problem), err)
		}
		if n != first.Code {
			r.wrong("a new session asks for code %d after %d", n, first.Code)
		}
		if late, err := r.ask("/login/api/code", map[string]string{"session": first.Session, "code": print.codes[n-1]}); err != nil || late.Problem == "" {
			r.wrong("code %d serves twice: %v", n, err)
		}
		if asked[n] {
			r.wrong("code %d is asked twice in a round", n)
		}
		asked[n], inOrder = true, inOrder && n == i+1
	}
	if inOrder {
		r.wrong("the codes are asked in the order of the card")
	}
	r.wantLogIn("the next round", print, "")
	return nil
}

func lockedAccount(r *run) error {
	print, who, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	foul := print
	foul.password = "not-the-password"
	for range 6 {
		r.wantLogIn("a wrong password", foul, "log-in-refused")
	}
	r.wantLogIn("after wrong passwords", print, "")
	foul = print
	foul.codes = make([]string, portal.Codes)
	first := 0
	for i := range 5 {
		for j := range foul.codes {
			foul.codes[j] = "000000"
		}
		want := "code-wrong"
		if i == 4 {
			want = "account-locked"
		}
		n, problem, err := r.logIn(foul)
		if err != nil || problem != want {
			r.wrong("wrong code %d: %q, %v", i+1, problem, err)
		}
		if first == 0 {
			first = n
		}
		if n != first {
			r.wrong("a wrong code has another asked for: %d, then %d", first, n)
		}
	}
	r.wantLogIn("the right code", print, "account-locked")
	if status, err := r.one.AccountStatus(r.ctx, who); err != nil || !status.Locked {
		r.wrong("the account is not locked: %v", err)
	}
	_, err = r.one.UnlockAccount(r.ctx, unique(), who)
	r.refused("unlocking without a clerk", err, "proof-needed")
	clerk, err := r.typed(r.one, karim(), "unlock-account", "")
	if err != nil {
		return err
	}
	if status, err := r.one.UnlockAccount(r.ctx, unique(), clerk); err != nil || status.Locked {
		r.wrong("the desk: %+v, %v", status, err)
	}
	r.wantLogIn("unlocked", print, "")
	return nil
}

func unknownUser(r *run) error {
	print, err := newPaper(stranger().Number)
	if err != nil {
		return err
	}
	r.wantLogIn("a stranger", print, "log-in-refused")
	print.user = "E9" + unique()[:8]
	r.wantLogIn("nobody", print, "log-in-refused")
	print.user = ""
	r.wantLogIn("no name", print, "log-in-refused")
	return nil
}

func voidCard(r *run) error {
	good, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	print, who, card, err := r.visit(r.one, karim())
	if err != nil {
		return err
	}
	r.do(r.one, "card-void", portal.TypeCardVoid, portal.CardVoid{Card: print.card, Reason: "walked-away"}, "accepted")
	r.do(r.one, "card-issued after it", portal.TypeCardIssued, print.issued(who, card.NewAccount), "refused card-void")
	print.password = good.password
	r.wantLogIn("a void card", print, "code-wrong")
	r.wantLogIn("the card of before", good, "")
	unknown, err := newPaper(karim().Number)
	if err != nil {
		return err
	}
	r.do(r.one, "card-issued of a card that was not reserved", portal.TypeCardIssued, unknown.issued(who, false), "refused card-unknown")
	r.do(r.one, "card-void of an unknown card", portal.TypeCardVoid, portal.CardVoid{Card: unknown.card, Reason: "restart"}, "accepted")
	_, err = r.one.ReserveCard(r.ctx, unique(), unknown.card, who)
	r.refused("reserving a void card", err, "card-exists")
	print, who, card, err = r.visit(r.one, karim())
	if err != nil {
		return err
	}
	other, err := r.holder(r.two, karim())
	if err != nil {
		return err
	}
	r.do(r.two, "card-issued by another kiosk", portal.TypeCardIssued, print.issued(other, card.NewAccount), "refused card-unknown")
	r.do(r.two, "card-void by another kiosk", portal.TypeCardVoid, portal.CardVoid{Card: print.card, Reason: "unknown"}, "refused card-unknown")
	r.do(r.one, "card-issued", portal.TypeCardIssued, print.issued(who, card.NewAccount), "accepted")
	r.do(r.one, "card-void of an active card", portal.TypeCardVoid, portal.CardVoid{Card: print.card, Reason: "commit-error"}, "accepted")
	print.password = good.password
	r.wantLogIn("a card that became void", print, "no-active-card")
	return nil
}

func blockedCards(r *run) error {
	active, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	reserved, who, card, err := r.visit(r.one, karim())
	if err != nil {
		return err
	}
	asked := r.two.now()
	block, err := r.card(karim())
	if err != nil {
		return err
	}
	r.do(r.two, "card-blocked", portal.TypeCardBlocked, portal.CardBlocked{Person: &block, ClockKnown: true}, "accepted")
	r.wantLogIn("the active card", active, "no-active-card")
	r.do(r.one, "card-issued of a card reserved before", portal.TypeCardIssued, reserved.issued(who, card.NewAccount), "refused card-blocked")
	after, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	r.wantLogIn("a card reserved after it", after, "")
	// A block that comes late ends what was reserved before it was asked for only.
	late, err := r.two.action(portal.TypeCardBlocked, asked.Add(-hour), portal.CardBlocked{Person: &block, ClockKnown: true})
	r.tell(r.two, "a block of an hour ago", late, err, "accepted")
	r.wantLogIn("after a block of an hour ago", after, "")
	late, err = r.two.action(portal.TypeCardBlocked, asked.Add(-hour), portal.CardBlocked{Person: &block})
	r.tell(r.two, "a block by a clock that may be wrong", late, err, "accepted")
	r.wantLogIn("after a block by a clock that may be wrong", after, "no-active-card")
	return nil
}

func neutralBlocks(r *run) error {
	print, _, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	text := secret.NewText
	for what, block := range map[string]portal.CardBlocked{
		"a card that nobody has": {Card: strings.ToUpper(unique()), ClockKnown: true},
		"a user that nobody is":  {UserName: text("E9999999999"), Birth: text("1990-01-01"), ClockKnown: true},
		"another birth date":     {UserName: text(karim().Number), Birth: text("1990-01-01"), ClockKnown: true},
	} {
		r.do(r.one, what, portal.TypeCardBlocked, block, "accepted")
	}
	r.wantLogIn("after blocks of others", print, "")
	r.do(r.one, "user name and birth date", portal.TypeCardBlocked,
		portal.CardBlocked{UserName: text(karim().EAD), Birth: text(karim().Birth), ClockKnown: true}, "accepted")
	r.wantLogIn("blocked by user name", print, "no-active-card")
	if print, _, err = r.give(r.one, karim()); err != nil {
		return err
	}
	r.do(r.two, "the number on the card", portal.TypeCardBlocked, portal.CardBlocked{Card: print.card, ClockKnown: true}, "accepted")
	r.wantLogIn("blocked by its number", print, "no-active-card")
	r.do(r.one, "nobody at all", portal.TypeCardBlocked, portal.CardBlocked{ClockKnown: true}, "refused bad-body")
	return nil
}

func foreignPatient(r *run) error {
	print, err := newPaper(abroad().EAD)
	if err != nil {
		return err
	}
	who, err := r.typed(r.one, abroad(), "reserve-card", print.card)
	if err != nil {
		return err
	}
	card, err := r.one.ReserveCard(r.ctx, unique(), print.card, who)
	if err != nil || card.UserName != api.UserNameEAD {
		return errors.Join(fmt.Errorf("reserved: %+v", card), err)
	}
	if who, err = r.typed(r.one, abroad(), "card-issued", print.card); err != nil {
		return err
	}
	r.do(r.one, "card-issued", portal.TypeCardIssued, print.issued(who, card.NewAccount), "accepted")
	if !card.NewAccount {
		if who, err = r.typed(r.one, abroad(), "set-password", ""); err != nil {
			return err
		}
		if _, err := r.one.SetPassword(r.ctx, unique(), who, secret.NewBytes([]byte(print.password))); err != nil {
			return err
		}
	}
	r.wantLogIn("by EAD number", print, "")
	print.user = strings.ToLower(abroad().EAD[:4] + " " + abroad().EAD[4:])
	r.wantLogIn("as it is typed", print, "")
	wrong := abroad()
	wrong.Birth = "1991-02-04"
	if who, err = r.typed(r.one, wrong, "account-status", ""); err != nil {
		return err
	}
	_, err = r.one.AccountStatus(r.ctx, who)
	r.refused("another birth date", err, "patient-unknown")
	return nil
}

func noCard(r *run) error {
	for what, c := range map[string]struct {
		who  func() (portal.Person, error)
		code string
	}{
		"a card alone": {func() (portal.Person, error) { return r.card(karim()) }, "proof-needed"},
		"a child":      {func() (portal.Person, error) { return r.holder(r.one, lucas()) }, "holder-refused"},
		"a stranger":   {func() (portal.Person, error) { return r.holder(r.one, stranger()) }, "patient-unknown"},
		"the dead":     {func() (portal.Person, error) { return r.holder(r.one, dead()) }, "patient-deceased"},
		"a forged card": {func() (portal.Person, error) {
			c, err := r.t.Cards.Forged(karim())
			return portal.Person{Card: &c}, err
		}, "card-refused"},
		"a challenge of another kiosk": {func() (portal.Person, error) { return r.holder(r.two, karim()) }, "holder-refused"},
		"a challenge of one's own": {func() (portal.Person, error) {
			c, h, err := r.t.Cards.Holder(karim(), make([]byte, 48))
			return portal.Person{Card: &c, Holder: &h}, err
		}, "holder-refused"},
	} {
		who, err := c.who()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		_, err = r.one.ReserveCard(r.ctx, unique(), strings.ToUpper(unique()), who)
		r.refused(what, err, c.code)
	}
	return nil
}

func newPassword(r *run) error {
	print, who, err := r.give(r.one, karim())
	if err != nil {
		return err
	}
	old := print
	if print.password, err = word(16); err != nil {
		return err
	}
	print.password = `"\` + print.password
	if _, err := r.one.SetPassword(r.ctx, unique(), who, secret.NewBytes([]byte(print.password))); err != nil {
		return err
	}
	r.wantLogIn("the old password", old, "log-in-refused")
	r.wantLogIn("the new password", print, "")
	none, err := r.holder(r.one, elise())
	if err != nil {
		return err
	}
	_, err = r.one.SetPassword(r.ctx, unique(), none, secret.NewBytes([]byte(print.password)))
	r.refused("whoever has no account", err, "no-account")
	return nil
}

func clerks(r *run) error {
	named := portal.Named{EAD: secret.NewText(karim().EAD), Birth: secret.NewText(karim().Birth), Document: "passport"}
	at := r.one.now()
	for what, c := range map[string]struct {
		clerk, kiosk string
		badge        []byte
		from, until  time.Time
		statement    portal.Statement
	}{
		"":                   {r.t.Clerk, r.one.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"nobody":             {"nobody-of-all", r.one.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"another badge":      {r.t.Clerk, r.one.kiosk, make([]byte, 16), at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"another kiosk":      {r.t.Clerk, r.two.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"a shift that ended": {r.t.Clerk, r.one.kiosk, nil, at.Add(-2 * hour), at.Add(-hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"a shift of a day":   {r.t.Clerk, r.one.kiosk, nil, at.Add(-12 * hour), at.Add(12 * hour), portal.Statement{Purpose: "account-status", At: at, Patient: named}},
		"another purpose":    {r.t.Clerk, r.one.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "unlock-account", At: at, Patient: named}},
		"another matter":     {r.t.Clerk, r.one.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at, Matter: "x", Patient: named}},
		"half an hour ago":   {r.t.Clerk, r.one.kiosk, nil, at.Add(-hour), at.Add(hour), portal.Statement{Purpose: "account-status", At: at.Add(-hour / 2), Patient: named}},
	} {
		shift, err := portal.NewShift(c.clerk, c.kiosk, c.from, c.until)
		if err != nil {
			return err
		}
		shift.ByBadge(r.t.Badge())
		if c.badge != nil {
			shift.ByBadge(secret.NewBytes(c.badge))
		}
		a, err := shift.Attest(c.statement)
		if err != nil {
			return err
		}
		_, err = r.one.AccountStatus(r.ctx, portal.Person{Attested: &a})
		if what == "" && err != nil {
			r.wrong("the clerk is not believed: %v", err)
		}
		if what != "" {
			r.refused(what, err, "clerk-refused")
		}
	}
	return nil
}

func onceForAKey(r *run) error {
	who, err := r.holder(r.one, karim())
	if err != nil {
		return err
	}
	key, card := unique(), strings.ToUpper(unique())
	first, err := r.one.ReserveCard(r.ctx, key, card, who)
	if err != nil {
		return err
	}
	again, err := r.one.ReserveCard(r.ctx, key, card, who)
	if err != nil || again != first {
		r.wrong("again it is %+v, %v", again, err)
	}
	_, err = r.one.ReserveCard(r.ctx, key, strings.ToUpper(unique()), who)
	r.refused("another body", err, "idempotency-key-reused")
	_, err = r.one.ReserveCard(r.ctx, "", card, who)
	r.refused("no key", err, "idempotency-key-missing")
	return nil
}
