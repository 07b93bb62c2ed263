package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Talk asks somebody at a terminal, a line at a time.
type Talk struct {
	in  *bufio.Scanner
	out io.Writer
}

// NewTalk asks on out and reads from in.
func NewTalk(in io.Reader, out io.Writer) *Talk { return &Talk{in: bufio.NewScanner(in), out: out} }

var errHungUp = errors.New("the answers have ended: nothing was changed")

func (t *Talk) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// Ask asks once.
func (t *Talk) Ask(question string) (string, error) { return t.ask(question, "", nil) }

// ask asks until the answer is right. Enter is standard.
func (t *Talk) ask(question, standard string, right func(string) error) (string, error) {
	for {
		if standard == "" {
			fmt.Fprintf(t.out, "%s: ", question)
		} else {
			fmt.Fprintf(t.out, "%s [%s]: ", question, standard)
		}
		if !t.in.Scan() {
			return "", errors.Join(errHungUp, t.in.Err())
		}
		answer := strings.TrimSpace(t.in.Text())
		if answer == "" {
			answer = standard
		}
		if right == nil {
			return answer, nil
		}
		err := right(answer)
		if err == nil {
			return answer, nil
		}
		t.say("  %v", err)
	}
}

// choose asks for one of a list by its number; 0 is none of them, and gives -1.
func (t *Talk) choose(question string, list []string, standard int) (int, error) {
	for i, what := range list {
		t.say("  %d  %s", i+1, what)
	}
	answer, err := t.ask(question+", 0 is none", strconv.Itoa(standard), func(text string) error {
		if n, err := strconv.Atoi(text); err != nil || n < 0 || n > len(list) {
			return fmt.Errorf("a number from 0 to %d", len(list))
		}
		return nil
	})
	if err != nil {
		return -1, err
	}
	n, err := strconv.Atoi(answer)
	return n - 1, err
}

// words are the parts of an answer, between commas or spaces.
func words(answer string) []string {
	return strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || r == ' ' })
}
