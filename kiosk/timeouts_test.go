package kiosk_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

// TestTimeoutsAreThoseOfTheDocs measures the tables of docs/kiosk.md.
func TestTimeoutsAreThoseOfTheDocs(t *testing.T) {
	raw, err := os.ReadFile("../docs/kiosk.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z, ]+) \| (\d+ s(?:, asks)?) \|`).FindAllStringSubmatch(string(raw), -1) {
		said[row[1]] = row[2]
	}
	measured := stages()
	for name, acts := range measured {
		b := visit{acts: acts}.play(t)
		want := said[name]
		if want == "" {
			t.Errorf("%s is not in the docs", name)
			continue
		}
		length, asks := strings.CutSuffix(want, ", asks")
		d, err := time.ParseDuration(strings.ReplaceAll(length, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		ends(t, name, b, d, asks)
	}
	if len(said) != len(measured) {
		t.Errorf("the docs have %d times, %d are measured", len(said), len(measured))
	}
}

// ends holds that a screen stays so long and no longer, and asks 25 s before or
// not at all.
func ends(t *testing.T, name string, b *booth, stays time.Duration, asks bool) {
	t.Helper()
	stage, card, began := b.s.Visit.Stage, b.s.Visit.Card.Stage, b.now
	var asked time.Duration
	for b.s.Visit.Stage == stage && b.s.Visit.Card.Stage == card && b.now.Sub(began) < time.Hour {
		if b.s.View().Asking && asked == 0 {
			asked = b.now.Sub(began)
		}
		b.pass(time.Second)
	}
	if got := b.now.Sub(began); got != stays {
		t.Errorf("%s stays %v, the docs say %v", name, got, stays)
	}
	if asks && asked != stays-25*time.Second || !asks && asked != 0 {
		t.Errorf("%s asks after %v", name, asked)
	}
}

func stages() map[string][]act {
	toDone := with(toConfirm, confirm, committed, delivered(true))
	return map[string][]act{
		"reading":                       {insert},
		"fetching":                      {insert, read},
		"choosing":                      {insert, read, fetched(0.5, 1)},
		"preparing":                     {toHolder},
		"entering":                      {toHolder, holderReadyIs(false, 3, nil)},
		"proving":                       {toHolder, holderReadyIs(false, 3, nil), press("pin", "")},
		"proving, on the reader":        {toHolder, holderReadyIs(true, 3, nil)},
		"searching":                     {toHolder, holderReadyIs(false, 3, nil), press("pin", ""), proved(3, nil)},
		"later":                         {toHolder, holderReadyIs(false, 3, nil), press("pin", ""), proved(3, nil), laterBrings(in(24))},
		"telling":                       {toHolder, holderReadyIs(false, 0, kiosk.ErrPINBlocked)},
		"confirming":                    {toConfirm},
		"committing":                    {toConfirm, confirm},
		"delivering":                    {toConfirm, confirm, committed},
		"printing":                      {toDone},
		"done":                          {toDone, ticket},
		"menu":                          {toMenu},
		"code card, asking":             {toMenu, press("codecard", ""), typing(3, nil)},
		"code card, offered":            {toOffer},
		"code card, reserving":          {toOffer, press("make-card", "")},
		"code card, printing":           {toPrint},
		"code card, taking":             {toPrint, made(codecard.Paper{Held: true})},
		"code card, typing":             {toType},
		"code card, issuing":            {toIssue},
		"code card, activating":         {toActive},
		"blocking":                      {toMenu, press("block", "")},
		"keeping a block":               {blockTyped},
		"sending a block":               {blockTyped, kept(nil)},
		"holder, waiting":               {asHolder("appcode")},
		"asking without a card":         {press("questions", "")},
		"notice":                        {insert, readFails(kiosk.ErrCardForeign)},
		"done, with a ticket":           {toDone, ticket, remove},
		"done, without one or doubtful": {toDone, printed(printer.Unknown, errors.New("wire")), remove},
		"not registered":                {toConfirm, confirm, commitFails(errFull), remove},
		"any other notice":              {insert, readFails(kiosk.ErrCardForeign), remove},
		"done, and the next card is in": {toDone, remove, insert, ticket},
	}
}
