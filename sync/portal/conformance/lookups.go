package conformance

import (
	"errors"
	"fmt"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

func lookupChecks() []Check {
	return []Check{
		{"a card gives its person's appointments of today", lookedUpByCard},
		{"a clerk finds someone by number and birth date", lookedUpByNumber},
		{"a letter and a birth date give one appointment, and neither can be tried", lookedUpByLetter},
		{"a check-in by chip, by letter or by a clerk", checkIns},
		{"the holder cancels an appointment of their own", cancelled},
	}
}

func ids(list []api.Appointment) (ids []string) {
	for _, a := range list {
		ids = append(ids, a.Id)
	}
	return ids
}

func lookedUpByCard(r *run) error {
	card, err := r.t.Cards.Card(an())
	if err != nil {
		return err
	}
	list, err := r.one.Appointments(r.ctx, card)
	if err != nil || len(list) == 0 {
		r.wrong("%v, %v", ids(list), err)
	}
	if card, err = r.t.Cards.Card(stranger()); err != nil {
		return err
	}
	_, err = r.one.Appointments(r.ctx, card)
	r.refused("a stranger", err, "patient-unknown")
	if card, err = r.t.Cards.Forged(an()); err != nil {
		return err
	}
	_, err = r.one.Appointments(r.ctx, card)
	r.refused("a forged card", err, "card-refused")
	return nil
}

func lookedUpByNumber(r *run) error {
	who, err := r.typed(r.one, abroad(), "lookup-by-number", "")
	if err != nil {
		return err
	}
	if list, err := r.one.AppointmentsByNumber(r.ctx, *who.Attested); err != nil || len(list) == 0 {
		r.wrong("%v, %v", ids(list), err)
	}
	wrong := abroad()
	wrong.Birth = "1991-02-04"
	if who, err = r.typed(r.one, wrong, "lookup-by-number", ""); err != nil {
		return err
	}
	_, err = r.one.AppointmentsByNumber(r.ctx, *who.Attested)
	r.refused("another birth date", err, "patient-unknown")
	if who, err = r.typed(r.one, abroad(), "account-status", ""); err != nil {
		return err
	}
	_, err = r.one.AppointmentsByNumber(r.ctx, *who.Attested)
	r.refused("another purpose", err, "clerk-refused")
	return nil
}

const letter = "SUITE-LETTER-1"

func lookedUpByLetter(r *run) error {
	text := secret.NewText
	if list, err := r.one.AppointmentByLetter(r.ctx, text(letter), text(elise().Birth)); err != nil || len(list) != 1 || list[0].Id != "suite-today" {
		r.wrong("%v, %v", ids(list), err)
	}
	_, err := r.one.AppointmentByLetter(r.ctx, text(letter), text(an().Birth))
	r.refused("another birth date", err, "letter-unknown")
	none := "NO-LETTER-" + unique()
	for i := range 6 {
		want := "letter-unknown"
		if i == 5 {
			want = "too-many-lookups"
		}
		_, err := r.one.AppointmentByLetter(r.ctx, text(none), text(fmt.Sprintf("1990-01-%02d", i+1)))
		r.refused(fmt.Sprintf("birth date %d of a letter", i+1), err, want)
	}
	return nil
}

// arrives wants a check-in to be taken, by now or by an earlier run.
func (r *run) arrives(what string, c portal.CheckIn) error {
	c.Ticket, c.ReadAt = "S001", r.one.now()
	a, err := r.one.action(portal.TypeCheckIn, r.one.now(), c)
	if err != nil {
		return err
	}
	results, err := r.one.Send(r.ctx, []api.Action{a})
	if err != nil || len(results) != 1 || results[0].Status != api.Accepted {
		r.wrong("%s: %+v, %v", what, results, err)
	}
	return nil
}

func checkIns(r *run) error {
	text := secret.NewText
	card, err := r.t.Cards.Card(an())
	if err != nil {
		return err
	}
	clerk, err := r.typed(r.one, abroad(), portal.TypeCheckIn, "suite-clerk")
	if err != nil {
		return err
	}
	byClerk := portal.CheckIn{Appointment: "suite-clerk", Attested: clerk.Attested, Document: "passport", Reason: "no-chip"}
	byLetter := portal.CheckIn{Appointment: "suite-today", Letter: text(letter), Birth: text(elise().Birth)}
	err = errors.Join(
		r.arrives("by chip", portal.CheckIn{Appointment: "suite-chip", Proof: card, Document: "6", Serial: text("592123456788")}),
		r.arrives("by letter", byLetter), r.arrives("by a clerk", byClerk))
	byLetter.Birth, byLetter.Ticket, byLetter.ReadAt = text(an().Birth), "S001", r.one.now()
	r.do(r.one, "another birth date", portal.TypeCheckIn, byLetter, "refused letter-unknown")
	byLetter.Birth, byLetter.Appointment = text(elise().Birth), "suite-chip"
	r.do(r.one, "the letter of another appointment", portal.TypeCheckIn, byLetter, "refused letter-unknown")
	byClerk.Appointment, byClerk.Ticket, byClerk.ReadAt = "suite-chip", "S001", r.one.now()
	r.do(r.one, "what a clerk said of another appointment", portal.TypeCheckIn, byClerk, "refused clerk-refused")
	r.do(r.one, "by nothing", portal.TypeCheckIn, portal.CheckIn{Appointment: "suite-chip", Ticket: "S001", ReadAt: r.one.now()}, "refused bad-body")
	return err
}

func cancelled(r *run) error {
	who, err := r.holder(r.one, karim())
	if err != nil {
		return err
	}
	key := unique()
	first, err := r.one.Cancel(r.ctx, key, "suite-later", *who.Card, *who.Holder)
	if err != nil || first.Appointment != "suite-later" {
		r.wrong("%+v, %v", first, err)
	}
	if again, err := r.one.Cancel(r.ctx, key, "suite-later", *who.Card, *who.Holder); err != nil || !again.CancelledAt.Equal(first.CancelledAt) {
		r.wrong("again: %+v, %v", again, err)
	}
	_, err = r.one.Cancel(r.ctx, unique(), "suite-today", *who.Card, *who.Holder)
	r.refused("one of another person", err, "appointment-unknown")
	_, err = r.one.Cancel(r.ctx, unique(), "suite-of-nobody", *who.Card, *who.Holder)
	r.refused("one that is not", err, "appointment-unknown")
	return nil
}
