package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// demoPIN is that of every card of the tray.
const demoPIN = "1234"

// codeCard plays the second visit: An asks for a code card, and types back the code that
// the screen asks for, from the paper.
func (m *demo) codeCard(ctx context.Context) error {
	m.say("An comes back for a code card: by her PIN, the card on paper, a code of it typed back, and the slip with her password")
	if err := m.desk.Insert(ctx, 0, "an"); err != nil {
		return err
	}
	err := m.through("", "choose", "more", "ask", "codecard", "pin")
	if err == nil {
		err = m.visitor.Type(demoPIN)
	}
	if err == nil {
		err = m.through("pin", "ask", "make-card")
	}
	if err != nil {
		return err
	}
	asks, err := m.visitor.Read(demoTime, "Typ code ")
	if err != nil {
		return err
	}
	papers, err := m.desk.Papers(ctx)
	if err != nil {
		return err
	}
	card := papers[len(papers)-1]
	code := codeOn(card.Text, askedNumber(asks.Text))
	if err := m.visitor.Fill("code", code); err != nil {
		return err
	}
	if err := m.through("code", "notice"); err != nil {
		return err
	}
	picture, err := m.desk.Picture(ctx, card.Number)
	if err != nil {
		return err
	}
	seen, err := m.visitor.Look()
	if err == nil && !strings.HasPrefix(seen.Notice, "code-issued") {
		err = fmt.Errorf("the code card ends with %q", seen.Notice)
	}
	return errors.Join(err, os.WriteFile(filepath.Join(m.dir, "codecard.png"), picture, 0o644), m.goes(ctx))
}

// lost plays the third: she has lost it, and blocks it with her identity card.
func (m *demo) lost(ctx context.Context) error {
	m.say("she has lost it, and blocks it")
	if err := m.desk.Insert(ctx, 0, "an"); err != nil {
		return err
	}
	if err := m.through("", "choose", "more", "ask", "block", "ask", "block-now"); err != nil {
		return err
	}
	if _, err := m.visitor.Wait(2*demoTime, "notice:block-done"); err != nil {
		return err
	}
	return errors.Join(m.screen("notice"), m.goes(ctx))
}

// through presses, where the first is not empty, waits for a screen, and so on; a picture
// is taken of each screen.
func (m *demo) through(steps ...string) error {
	for i, step := range steps {
		var err error
		switch {
		case step == "":
		case i%2 == 0:
			err = m.visitor.Press(step, "")
		default:
			err = m.screen(step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// goes takes the card out, and waits until nobody is there.
func (m *demo) goes(ctx context.Context) error {
	if err := m.desk.Pull(ctx, 0); err != nil {
		return err
	}
	_, err := m.visitor.Wait(3*demoTime, "welcome")
	return err
}

// askedNumber is which code the screen asks for: "Typ code 17 van uw kaart".
func askedNumber(text string) string {
	_, rest, _ := strings.Cut(text, "Typ code ")
	number, _, _ := strings.Cut(rest, " ")
	return number
}

// codeOn is the code of a number on a card.
func codeOn(text, number string) string {
	words := strings.Fields(text)
	for i, word := range words[:max(0, len(words)-1)] {
		n, err := strconv.Atoi(strings.TrimSuffix(word, "."))
		if err == nil && strconv.Itoa(n) == number && len(words[i+1]) == 6 {
			return words[i+1]
		}
	}
	return ""
}
