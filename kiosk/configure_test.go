package kiosk_test

import (
	"testing"

	"balie/kiosk"
)

// TestConfigured: settings that come during a visit hold from the next one on, and the
// person who stands there sees it out as it began.
func TestConfigured(t *testing.T) {
	b := newBooth(t, settings(t))
	ready(b)
	insert(b)
	next := b.s.Settings
	next.Hospital, next.Languages = "AZ Ander", []string{"fr", "nl"}
	b.do(kiosk.Configured{Settings: next})
	if b.s.Settings.Hospital == "AZ Ander" || b.s.Language == "fr" {
		t.Error("the settings changed under a person")
	}
	remove(b)
	b.pass(60e9)
	if b.s.Visit.Stage != kiosk.NoVisit || b.s.Settings.Hospital != "AZ Ander" || b.s.View().Language != "fr" {
		t.Errorf("after the visit the booth is of %q and greets in %q, at stage %v", b.s.Settings.Hospital, b.s.View().Language, b.s.Visit.Stage)
	}
	next.Languages = []string{"de"}
	b.do(kiosk.Configured{Settings: next})
	if got := b.s.View().Language; got != "de" {
		t.Errorf("with nobody there it greets in %q", got)
	}
}
