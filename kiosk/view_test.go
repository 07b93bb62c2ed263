package kiosk_test

import (
	"slices"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/kiosktest"
)

// TestGreeting holds what of a name the hall may hear.
func TestGreeting(t *testing.T) {
	for _, tc := range []struct{ given, family, want string }{
		{"An", "Peeters", "An P."},
		{"Marie Louise", "Van den Berghe", "Marie V."},
		{"Marie-Louise", "de Smet", "Marie-Louise d."},
		{" Łucja ", " Żak ", "Łucja Ż."},
		{"", "Öztürk", "Ö."},
		{"An", "", "An"},
		{"An", "\xff", "An"},
		{"", "", ""},
	} {
		b := visit{acts: []act{insert, reads(func(r *eid.Record) {
			r.Identity.GivenNames, r.Identity.FamilyName = secret.NewText(tc.given), secret.NewText(tc.family)
		})}}.play(t)
		if got := b.s.View().Person.Reveal(); got != tc.want {
			t.Errorf("%q %q is greeted as %q, want %q", tc.given, tc.family, got, tc.want)
		}
	}
}

// TestPersonIsSeenBeforeItIsProved holds that the greeting does not wait for the
// checks, and that nothing else is asked before them.
func TestPersonIsSeenBeforeItIsProved(t *testing.T) {
	b := visit{acts: []act{insert, seen}}.play(t)
	if v := b.s.View(); v.Screen != kiosk.ScreenReading || v.Person.Reveal() != kiosktest.Greeting {
		t.Errorf("%s on %s", v.Person.Reveal(), word(v))
	}
	if got := b.asked(); got != "ReadCard" {
		t.Errorf("asked %s", got)
	}
}

// TestTimesAreThoseOfTheHospital holds what time an appointment is shown at.
func TestTimesAreThoseOfTheHospital(t *testing.T) {
	b := visit{acts: []act{toConfirm}}.play(t)
	if got := b.s.View().Appointments[0].Time; got != "11:00" {
		t.Errorf("shown at %s", got)
	}
}

// TestEdgesOfTheWindow holds from when to when one can check in.
func TestEdgesOfTheWindow(t *testing.T) {
	for _, tc := range []struct {
		start time.Duration // from now
		want  string
	}{
		{2*time.Hour + time.Second, "too-early"},
		{2 * time.Hour, "confirm"},
		{-time.Hour, "confirm"},
		{-time.Hour - time.Second, "too-late"},
	} {
		b := visit{acts: []act{insert, read, func(b *booth) {
			a := kiosktest.Appointment(b.now.Add(tc.start))
			b.do(kiosk.Fetched{Visit: answer[kiosk.Fetch](b).Visit, Appointments: []kiosk.Appointment{a}})
		}}}.play(t)
		if got := word(b.s.View()); got != tc.want {
			t.Errorf("%v from now: %s, want %s", tc.start, got, tc.want)
		}
	}
}

// TestStart holds what a hospital need not say.
func TestStart(t *testing.T) {
	s := kiosk.Start(kiosk.Settings{}, morning)
	if s.Language != "nl" || !slices.Equal(s.View().Languages, []string{"nl"}) || s.Settings.Zone != time.Local {
		t.Errorf("starts as %+v", s)
	}
	if v := s.View(); v.Seq != 1 || v.Screen != kiosk.ScreenClosed || v.Test {
		t.Errorf("shows %+v", v)
	}
}

// TestTestIsSaidEverywhere holds that a booth that trusts a test root says so from
// the welcome screen on.
func TestTestIsSaidEverywhere(t *testing.T) {
	b := visit{hang: func(s *kiosk.Settings) { s.Test = true }, acts: good()[0].acts}.play(t)
	for _, v := range b.views {
		if !v.Test {
			t.Errorf("%s does not say that it is a test", word(v))
		}
	}
	if !commitOf(t, b).Test {
		t.Error("the check-in does not say that it is a test")
	}
}
