package kiosk_test

import (
	"errors"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/printer"
)

// someone is how nobody is reached.
var someone = kiosk.Contact{Phone: secret.NewText("0470 12 34 56"), Email: secret.NewText("an@voorbeeld.example")}

// asHolder is a visit of someone who was proved, and chose this of what else there is.
func asHolder(do string) act { return with(toMenu, press(do, ""), typing(3, nil)) }

func registered(err error) act {
	return func(b *booth) {
		e := answer[kiosk.RegisterApp](b)
		b.do(kiosk.AppRegistered{Visit: e.Visit, Code: secret.NewText("4T9QWB7K"), Until: b.now.Add(10 * time.Minute), Err: err})
	}
}

func cancelled(err error) act {
	return func(b *booth) { b.do(kiosk.Cancelled{Visit: answer[kiosk.Cancel](b).Visit, Err: err}) }
}

func contact(err error) act {
	return func(b *booth) {
		b.do(kiosk.Contacted{Visit: answer[kiosk.FetchContact](b).Visit, Contact: someone, Err: err})
	}
}

func saved(err error) act {
	return func(b *booth) {
		e := answer[kiosk.SetContact](b)
		b.do(kiosk.Contacted{Visit: e.Visit, Contact: e.Contact, Saved: true, Err: err})
	}
}

const (
	toProved = "reading fetching confirm more holder pin holder "
	askMine  = "ReadCard Fetch PrepareHolder ProveHolder "
)

// toPicked is one of two later appointments.
var toPicked = with(asHolder("later"), laterBrings(in(24), in(48)), press("pick", "1"))

func mine() []visit {
	list := []visit{{
		name: "a code for the app, on paper too, and then no more",
		acts: []act{asHolder("appcode"), registered(nil), press("print", ""), slipDone(printer.Confirmed), press("back", "")},
		seen: toProved + "app-code confirm", asked: askMine + "RegisterApp PrintSlip",
		checked: func(t *testing.T, b *booth) {
			for _, v := range b.views {
				if v.AppCode.Empty() == (v.Asks == "app-code") || v.Asks == "app-code" && v.Until != "10:10" {
					t.Errorf("on %s the code is shown until %q", word(v), v.Until)
				}
			}
		},
	}, {
		name: "a code for the app, and the card is pulled", acts: []act{asHolder("appcode"), registered(nil), remove},
		seen: toProved + "app-code card-removed", asked: askMine + "RegisterApp Forget",
	}, {
		name: "an appointment is cancelled, after a second question",
		acts: []act{toPicked, press("cancel", ""), press("list", ""), press("pick", "1"), press("cancel", ""), press("cancel-now", ""), cancelled(nil), press("back", "")},
		seen: toProved + "later appointment cancel later appointment cancel holder cancelled confirm", asked: askMine + "FetchLater Cancel",
		checked: func(t *testing.T, b *booth) {
			for _, e := range b.effects {
				if c, is := e.(kiosk.Cancel); is && c.Appointment != in(48).ID {
					t.Errorf("%s is cancelled, want %s", c.Appointment, in(48).ID)
				}
			}
		},
	}, {
		name: "an appointment is confirmed on paper", acts: []act{toPicked, press("print", ""), slipDone(printer.Confirmed)},
		seen: toProved + "later appointment", asked: askMine + "FetchLater PrintSlip",
		checked: func(t *testing.T, b *booth) {
			if v := b.s.View(); v.Slip != "slip-printed" || len(v.Appointments) != 1 || v.Appointments[0].Date != "26/11/2026" {
				t.Errorf("slip %q, %+v", v.Slip, v.Appointments)
			}
		},
	}, {
		name: "phone and e-mail are right", acts: []act{asHolder("contact"), contact(nil), press("back", "")},
		seen: toProved + "contact confirm", asked: askMine + "FetchContact",
		checked: func(t *testing.T, b *booth) {
			for _, v := range b.views {
				if v.Asks == "contact" && (v.Phone.Reveal() != "•••• •• •4 56" || v.Email.Reveal() != "a•••@voorbeeld.example") {
					t.Errorf("shown are %q and %q", v.Phone.Reveal(), v.Email.Reveal())
				}
			}
		},
	}, {
		name: "the phone is another", acts: []act{asHolder("contact"), contact(nil), press("contact-phone", ""), enters("contact-now", "phone", "12"), enters("contact-now", "phone", "0470 99 88 77"), saved(nil)},
		seen: toProved + "contact contact-phone holder contact-saved", asked: askMine + "FetchContact SetContact",
		checked: func(t *testing.T, b *booth) {
			for _, e := range b.effects {
				if c, is := e.(kiosk.SetContact); is && (c.Contact.Phone.Reveal() != "0470 99 88 77" || !c.Contact.Email.Equal(someone.Email)) {
					t.Error("something else is saved than was typed")
				}
			}
		},
	}, {
		name: "the e-mail is another", acts: []act{asHolder("contact"), contact(nil), press("contact-email", ""), enters("contact-now", "email", "an"), enters("contact-now", "email", "an@x"), enters("contact-now", "email", "an peeters@voorbeeld.be"), press("contact-back", ""), press("contact-email", ""), enters("contact-now", "email", "an@voorbeeld.be"), saved(nil)},
		seen: toProved + "contact contact-email contact contact-email holder contact-saved", asked: askMine + "FetchContact SetContact",
	}}
	for _, c := range []struct {
		name string
		acts act
		seen string
	}{
		{"no code: the portal is away", with(asHolder("appcode"), registered(kiosk.ErrPortalAway)), "holder-away"},
		{"no code: refused", with(asHolder("appcode"), registered(kiosk.ErrHolderRefused)), "holder-refused"},
		{"no code: not a patient", with(asHolder("appcode"), registered(kiosk.ErrPatientUnknown)), "patient-unknown"},
		{"no code: no answer", with(asHolder("appcode"), pass(15*time.Second)), "holder-away"},
		{"no contact: no answer", with(asHolder("contact"), pass(15*time.Second)), "holder-away"},
		{"not cancelled: no answer", with(toPicked, press("cancel", ""), press("cancel-now", ""), pass(15*time.Second)), "later appointment cancel holder cancel-unknown"},
		{"not cancelled: away", with(toPicked, press("cancel", ""), press("cancel-now", ""), cancelled(kiosk.ErrPortalAway)), "later appointment cancel holder cancel-unknown"},
		{"not cancelled: refused", with(toPicked, press("cancel", ""), press("cancel-now", ""), cancelled(errors.New("too late"))), "later appointment cancel holder cancel-failed"},
		{"not saved", with(asHolder("contact"), contact(nil), press("contact-phone", ""), enters("contact-now", "phone", "0470 99 88 77"), saved(kiosk.ErrPortalAway)), "contact contact-phone holder holder-away"},
	} {
		list = append(list, visit{name: c.name, acts: []act{c.acts}, seen: toProved + c.seen, asked: "*"})
	}
	return list
}
