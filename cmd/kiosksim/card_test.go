package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

// watch gives what PC/SC reports of the shared bench, until the test ends.
func watch(t *testing.T) <-chan pcsc.Event {
	t.Helper()
	events, done := make(chan pcsc.Event, 100), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		_ = pcsc.New(pcsc.Options{}).Watch(ctx, func(e pcsc.Event) { events <- e })
	}()
	t.Cleanup(func() { cancel(); <-done })
	return events
}

// await waits for an event, whatever comes before it.
func await(t *testing.T, events <-chan pcsc.Event, kind pcsc.Kind) pcsc.Event {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Kind == kind {
				return e
			}
		case <-late:
			t.Fatalf("no event: %v", kind)
		}
	}
}

// read reads the card in a reader, trusting the bench's test root only.
func read(t *testing.T, reader string) (eid.Record, error) {
	t.Helper()
	text, err := os.ReadFile(shared.TestRoot)
	if err != nil {
		t.Fatal(err)
	}
	var roots []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
	}
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: roots})
	if err != nil {
		t.Fatal(err)
	}
	k, err := pcsc.New(pcsc.Options{}).Connect(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = k.Close() }() // the card may be out
	return eid.Read(t.Context(), k, trust, eid.Want{Address: true, Photo: true}, nil)
}

func TestInsertIsSeenAndPulled(t *testing.T) {
	tidy(t, "elise")
	events := watch(t)
	do(t, "readers/0/insert", `{"card":"elise"}`)
	e := await(t, events, pcsc.CardInserted)
	r, err := read(t, e.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if r.Identity.FamilyName.Reveal() != "Lefèvre" || r.Checks.Chain != eid.Test || !r.Checks.Verified() {
		t.Errorf("the record is of another card or not verified: %+v", r.Checks)
	}
	s := state(t)
	if got := s.Readers[0]; got.Card != "elise" || got.Name != e.Reader || got.Exchanges < r.Exchanges {
		t.Errorf("%+v, after %d exchanges", got, r.Exchanges)
	}
	do(t, "readers/0/pull", `{}`)
	await(t, events, pcsc.CardRemoved)
	if got := state(t).Readers[0]; got.Card != "" {
		t.Errorf("%+v", got)
	}
}

func TestCardFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		check func(t *testing.T, r eid.Record, err error)
	}{
		"pulled": {`{"pull_at":9}`, func(t *testing.T, _ eid.Record, err error) {
			if !errors.Is(err, card.ErrRemoved) {
				t.Error(err)
			}
			eventually(t, "the card is back in the tray", func() bool { return state(t).Readers[0].Card == "" })
		}},
		"flipped": {`{"flip":[{"file":"identity","bit":200}]}`, func(t *testing.T, r eid.Record, err error) {
			if err == nil && r.Checks.IdentitySignature != eid.Invalid {
				t.Errorf("believed: %+v", r.Checks)
			}
		}},
		"photo gone": {`{"gone":["photo"]}`, func(t *testing.T, r eid.Record, err error) {
			if err == nil && len(r.Photo) > 0 {
				t.Error("a photo came")
			}
		}},
		"garbage": {`{"garbage_at":2}`, func(t *testing.T, r eid.Record, err error) {
			if err == nil && r.Checks.Verified() {
				t.Error("believed")
			}
		}},
		"wrong status": {`{"status":[{"at":2,"sw":"6F00"},{"at":3,"sw":"6F00"},{"at":4,"sw":"6F00"}]}`, func(t *testing.T, _ eid.Record, err error) {
			if err == nil {
				t.Error("read")
			}
		}},
		"none": {`{}`, func(t *testing.T, r eid.Record, err error) {
			if err != nil || !r.Checks.Verified() {
				t.Errorf("%+v, %v", r.Checks, err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tidy(t, "marta")
			do(t, "cards/marta/fault", c.fault)
			events := watch(t)
			do(t, "readers/0/insert", `{"card":"marta"}`)
			r, err := read(t, await(t, events, pcsc.CardInserted).Reader)
			c.check(t, r, err)
		})
	}
}

func TestMuteCard(t *testing.T) {
	tidy(t, "karim")
	do(t, "cards/karim/fault", `{"mute":true}`)
	events := watch(t)
	do(t, "readers/0/insert", `{"card":"karim"}`)
	await(t, events, pcsc.CardMute)
}

// TestCardStaysThroughAnOutage: the card lies in the reader while pcscd is away.
func TestCardStaysThroughAnOutage(t *testing.T) {
	tidy(t, "an")
	t.Cleanup(func() { after(t, "pcscd", `{"do":"start"}`) })
	events := watch(t)
	do(t, "readers/0/insert", `{"card":"an"}`)
	await(t, events, pcsc.CardInserted)
	for _, end := range []string{"kill", "stop"} {
		do(t, "pcscd", `{"do":"`+end+`"}`)
		await(t, events, pcsc.ServiceDown)
		if s := state(t); s.PCSCD.State == serviceRunning || s.Readers[0].Card != "an" {
			t.Errorf("%s: %+v, %+v", end, s.PCSCD, s.Readers[0])
		}
		do(t, "pcscd", `{"do":"start"}`)
		await(t, events, pcsc.ServiceUp)
		await(t, events, pcsc.CardInserted)
	}
	// Put in while pcscd is away, it is seen when pcscd is back.
	do(t, "pcscd", `{"do":"stop"}`)
	do(t, "readers/0/pull", `{}`)
	do(t, "readers/0/insert", `{"card":"jef"}`)
	do(t, "pcscd", `{"do":"start"}`)
	if e := await(t, events, pcsc.CardInserted); e.ATR[1] != 0x98 { // T0 of the old applets
		t.Errorf("another card is seen: % X", e.ATR)
	}
}

// TestServiceHangs: what waits for readers takes it for gone until it goes on.
func TestServiceHangs(t *testing.T) {
	tidy(t, "an")
	t.Cleanup(func() { after(t, "pcscd", `{"do":"thaw"}`) })
	events := watch(t)
	do(t, "readers/0/insert", `{"card":"an"}`)
	await(t, events, pcsc.CardInserted)
	do(t, "pcscd", `{"do":"freeze"}`)
	await(t, events, pcsc.ServiceDown)
	do(t, "pcscd", `{"do":"thaw"}`)
	await(t, events, pcsc.ServiceUp)
	await(t, events, pcsc.CardInserted)
}

func TestWhatCannotBe(t *testing.T) {
	tidy(t, "an")
	do(t, "readers/0/insert", `{"card":"an"}`)
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"readers/0/insert", `{"card":"jef"}`, http.StatusConflict},
		{"readers/1/insert", `{"card":"an"}`, http.StatusConflict},
		{"readers/1/insert", `{"card":"nobody"}`, http.StatusNotFound},
		{"readers/2/insert", `{"card":"jef"}`, http.StatusNotFound},
		{"readers/-1/insert", `{"card":"jef"}`, http.StatusNotFound},
		{"readers/x/insert", `{"card":"jef"}`, http.StatusNotFound},
		{"readers/1/insert", `{"cart":"jef"}`, http.StatusBadRequest},
		{"readers/1/insert", `{"card":"jef"} {}`, http.StatusBadRequest},
		{"readers/1/insert", `jef`, http.StatusBadRequest},
		{"readers/1/insert", ``, http.StatusBadRequest},
		{"readers/1/pull", `{}`, http.StatusConflict},
		{"readers/7/pull", `{}`, http.StatusNotFound},
		{"cards/nobody/fault", `{}`, http.StatusNotFound},
		{"cards/an/fault", `{"explode":true}`, http.StatusBadRequest},
		{"cards/an/fault", `{"flip":[{"file":"identity","bit":-1}]}`, http.StatusBadRequest},
		{"cards/an/fault", `{"flip":[{"file":"identity","bit":9999999}]}`, http.StatusBadRequest},
		{"cards/an/fault", `{"flip":[{"file":"diary","bit":1}]}`, http.StatusBadRequest},
		{"cards/an/fault", `{"status":[{"at":1,"sw":"huh"}]}`, http.StatusBadRequest},
		{"cards", `{"id":"an"}`, http.StatusConflict},
		{"cards", `{"id":"../an"}`, http.StatusBadRequest},
		{"cards", `{"id":"new","applet":"9"}`, http.StatusBadRequest},
		{"printers/ticket/fault", `{"fault":"on fire","on":true}`, http.StatusBadRequest},
		{"printers/label/fault", `{"fault":"paper-end","on":true}`, http.StatusMethodNotAllowed},
		{"pcscd", `{"do":"dance"}`, http.StatusBadRequest},
		{"portal", `{"down":true}`, http.StatusConflict},
	} {
		if code, said := call(t, http.MethodPost, c.path, c.body); code != c.want {
			t.Errorf("POST %s %s: %d, not %d: %s", c.path, c.body, code, c.want, said)
		}
	}
}

func TestAnotherCardIsMinted(t *testing.T) {
	tidy(t, "rosa")
	do(t, "cards", `{"id":"rosa","given":"Rosa","family":"Janssens","birth":"1948-02-29"}`)
	events := watch(t)
	do(t, "readers/0/insert", `{"card":"rosa"}`)
	r, err := read(t, await(t, events, pcsc.CardInserted).Reader)
	if err != nil || r.Identity.FamilyName.Reveal() != "Janssens" {
		t.Errorf("another card, or: %v", err)
	}
}

func TestHints(t *testing.T) {
	want := map[string]string{"an": "", "jef": "", "elise": "", "lucas": "child", "marta": "", "hugo": "expired", "nele": "forged", "karim": ""}
	for _, d := range eidtest.Tray() {
		if got := hint(d); got != want[d.ID] {
			t.Errorf("%s: %q, not %q", d.ID, got, want[d.ID])
		}
	}
}
