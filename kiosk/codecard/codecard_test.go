package codecard_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/internal/secret"
	"balie/kiosk/codecard"
	"balie/printer"
)

var card = uuid.UUID{7}

// step takes a card through inputs, and gives what was asked for, in words.
func step(s codecard.State, effects []codecard.Effect, inputs ...codecard.Input) (codecard.State, string) {
	for _, in := range inputs {
		var more []codecard.Effect
		s, more = codecard.Step(s, in)
		effects = append(effects, more...)
	}
	return s, asked(effects)
}

func asked(effects []codecard.Effect) string {
	var words []string
	for _, e := range effects {
		word := strings.TrimPrefix(fmt.Sprintf("%T", e), "codecard.")
		if v, ok := e.(codecard.Void); ok {
			word += "(" + v.Reason + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// The inputs of the one path, for someone who has no account yet.
var path = []codecard.Input{
	codecard.Account{}, codecard.Accept{Card: card}, codecard.Reserved{Number: 17, New: true}, codecard.Paper{Held: true},
	codecard.Paper{Outcome: printer.Taken}, codecard.Typed{Code: secret.NewText("7KQ2XW")}, codecard.Checked{Right: true},
	codecard.Paper{Held: true}, codecard.Paper{Outcome: printer.Taken}, codecard.Kept{}, codecard.Active{Delivered: true},
}

// at gives a card after so many steps of the path.
func at(n int) codecard.State {
	s, effects := codecard.Begin()
	s, _ = step(s, effects, path[:n]...)
	return s
}

func TestTheOnePath(t *testing.T) {
	s, effects := codecard.Begin()
	s, got := step(s, effects, path...)
	if want := "AskAccount Reserve Print Await Check PrintSlip Await Issue AwaitActive"; got != want || s.End != codecard.Issued || s.Void {
		t.Errorf("asked %s, ended %s", got, s.End)
	}
	for name, c := range map[string]struct {
		change map[int]codecard.Input
		leave  []int
		want   string
		end    codecard.End
	}{
		"an account that there is": {map[int]codecard.Input{0: codecard.Account{Exists: true, HasCard: true}, 2: codecard.Reserved{Number: 3}}, []int{7, 8}, "AskAccount Reserve Print Await Check Issue AwaitActive", codecard.Issued},
		"printers without a mouth": {map[int]codecard.Input{4: codecard.Paper{Outcome: printer.Confirmed}, 8: codecard.Paper{Outcome: printer.Sent}}, []int{3, 7}, "AskAccount Reserve Print Check PrintSlip Issue AwaitActive", codecard.Issued},
		"a clerk confirms":         {map[int]codecard.Input{5: codecard.Confirm{}}, []int{6}, "AskAccount Reserve Print Await PrintSlip Await Issue AwaitActive", codecard.Issued},
		"the portal is slow":       {map[int]codecard.Input{10: codecard.Active{}}, nil, "AskAccount Reserve Print Await Check PrintSlip Await Issue AwaitActive", codecard.IssuedSoon},
		"the portal refuses":       {map[int]codecard.Input{10: codecard.Active{Refused: true}}, nil, "AskAccount Reserve Print Await Check PrintSlip Await Issue AwaitActive", codecard.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			inputs := slices.Clone(path)
			for i, in := range c.change {
				inputs[i] = in
			}
			for _, i := range slices.Backward(c.leave) {
				inputs = slices.Delete(inputs, i, i+1)
			}
			s, effects := codecard.Begin()
			if s, got := step(s, effects, inputs...); got != c.want || s.End != c.end {
				t.Errorf("asked %s, ended %s", got, s.End)
			}
		})
	}
}

// TestEveryOtherEnd: what ends it another way at each stage, what the portal is told, and
// whether paper may be out.
func TestEveryOtherEnd(t *testing.T) {
	failed := errors.New("no")
	wrong := []codecard.Input{codecard.Typed{}, codecard.Checked{}}
	for _, c := range []struct {
		name string
		at   int
		in   []codecard.Input
		end  codecard.End
		void string
		out  bool
	}{
		{"the portal is away", 0, []codecard.Input{codecard.Account{Err: codecard.ErrAway}}, codecard.Away, "", false},
		{"no answer", 0, []codecard.Input{codecard.TimedOut{}}, codecard.Away, "", false},
		{"not known", 0, []codecard.Input{codecard.Account{Err: fmt.Errorf("x: %w", codecard.ErrUnknown)}}, codecard.Unknown, "", false},
		{"not believed", 0, []codecard.Input{codecard.Account{Err: codecard.ErrRefused}}, codecard.Refused, "", false},
		{"dead", 0, []codecard.Input{codecard.Account{Deceased: true}}, codecard.ToDesk, "", false},
		{"locked", 0, []codecard.Input{codecard.Account{Locked: true}}, codecard.Locked, "", false},
		{"does not want it", 1, []codecard.Input{codecard.Stop{}}, codecard.Stopped, "", false},
		{"goes", 1, []codecard.Input{codecard.TimedOut{}}, codecard.Left, "", false},
		{"without an id", 1, []codecard.Input{codecard.Accept{}}, codecard.Unkept, "", false},
		{"cannot be reserved", 2, []codecard.Input{codecard.Reserved{Err: failed}}, codecard.Away, "not-reserved", false},
		{"cannot be kept", 2, []codecard.Input{codecard.Reserved{Err: codecard.ErrUnkept}}, codecard.Unkept, "commit-error", false},
		{"no answer to the reservation", 2, []codecard.Input{codecard.TimedOut{}}, codecard.Away, "not-reserved", false},
		{"pulled while reserving", 2, []codecard.Input{codecard.PulledOut{}}, codecard.Pulled, "card-pulled", false},
		{"no paper", 3, []codecard.Input{codecard.Paper{Outcome: printer.NotSent}}, codecard.Unprinted, "unprinted", true},
		{"half a card", 3, []codecard.Input{codecard.Paper{Outcome: printer.Failed}}, codecard.Unprinted, "unprinted", true},
		{"nobody knows", 3, []codecard.Input{codecard.Paper{}}, codecard.Doubtful, "unknown", true},
		{"a printer that says nothing", 3, []codecard.Input{codecard.TimedOut{}}, codecard.Doubtful, "unknown", true},
		{"nobody takes it", 4, []codecard.Input{codecard.Paper{Outcome: printer.Retracted}}, codecard.Retracted, "retracted", true},
		{"walked away from it", 4, []codecard.Input{codecard.TimedOut{}}, codecard.Left, "walked-away", true},
		{"walked away with it", 5, []codecard.Input{codecard.TimedOut{}}, codecard.Left, "walked-away", true},
		{"pulled", 5, []codecard.Input{codecard.PulledOut{}}, codecard.Pulled, "card-pulled", true},
		{"cannot read it", 5, []codecard.Input{codecard.CannotRead{}}, codecard.Illegible, "illegible", true},
		{"stops", 5, []codecard.Input{codecard.Stop{}}, codecard.Stopped, "stopped", true},
		{"wrong three times", 5, slices.Concat(wrong, wrong, wrong), codecard.WrongCode, "wrong", true},
		{"nothing compares it", 6, []codecard.Input{codecard.TimedOut{}}, codecard.Unkept, "commit-error", true},
		{"no slip", 7, []codecard.Input{codecard.Paper{Outcome: printer.NotSent}}, codecard.Unprinted, "unprinted", true},
		{"nobody takes the slip", 8, []codecard.Input{codecard.Paper{Outcome: printer.Retracted}}, codecard.Retracted, "retracted", true},
		{"pulled before the slip is taken", 8, []codecard.Input{codecard.PulledOut{}}, codecard.Pulled, "card-pulled", true},
		{"not kept", 9, []codecard.Input{codecard.Kept{Err: failed}}, codecard.Unkept, "commit-error", true},
		{"no word of the disk", 9, []codecard.Input{codecard.TimedOut{}}, codecard.Unkept, "commit-error", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, got := step(at(c.at), nil, c.in...)
			if s.Stage != codecard.Ended || s.End != c.end || s.Void != c.out {
				t.Errorf("ended %s, paper out %v", s.End, s.Void)
			}
			if want := map[bool]string{true: "Void(" + c.void + ")"}[c.void != ""]; !strings.HasSuffix(got, want) || strings.Contains(got, "Issue") {
				t.Errorf("asked %q, want %q", got, want)
			}
			if again, more := step(s, nil, allInputs()...); more != "" || !reflect.DeepEqual(again, s) {
				t.Errorf("after its end: asked %q", more)
			}
		})
	}
}

// TestAPromiseIsKept: nothing that a person does ends what is being committed.
func TestAPromiseIsKept(t *testing.T) {
	for _, n := range []int{9, 10} {
		if s, got := step(at(n), nil, codecard.Stop{}, codecard.PulledOut{}); !s.Keeping() || got != "" {
			t.Errorf("after %d steps: %v, asked %q", n, s.Stage, got)
		}
	}
}

func allInputs() []codecard.Input {
	return append(slices.Clone(path), codecard.Account{Err: codecard.ErrAway}, codecard.Reserved{Err: codecard.ErrAway}, codecard.Checked{},
		codecard.Paper{}, codecard.Paper{Outcome: printer.Retracted}, codecard.Confirm{}, codecard.CannotRead{}, codecard.Kept{Err: codecard.ErrUnkept},
		codecard.Active{}, codecard.Active{Refused: true}, codecard.Stop{}, codecard.PulledOut{}, codecard.TimedOut{})
}

// TestAnyWalk walks at random. A card is issued only after it was printed and a code of it
// was right, or a clerk said so; each card that may be reserved is issued or void, and
// never both unless the commit failed; every stage but the last ends by itself.
func TestAnyWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := codecard.Begin()
		var printed, right, slip, issued, kept, void, reserved bool
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			before := s
			in := rapid.SampledFrom(allInputs()).Draw(t, "input")
			var effects []codecard.Effect
			s, effects = codecard.Step(s, in)
			p, isPaper := in.(codecard.Paper)
			out := isPaper && !p.Held && p.Outcome.Done()
			printed = printed || out && (before.Stage == codecard.Printing || before.Stage == codecard.Taking)
			slip = slip || out && (before.Stage == codecard.PrintingSlip || before.Stage == codecard.TakingSlip)
			c, isChecked := in.(codecard.Checked)
			_, byClerk := in.(codecard.Confirm)
			right = right || isChecked && c.Right && before.Stage == codecard.Checking || byClerk && before.Stage == codecard.Typing
			k, isKept := in.(codecard.Kept)
			kept = kept || isKept && k.Err == nil && before.Stage == codecard.Issuing
			for _, e := range effects {
				switch e.(type) {
				case codecard.Reserve:
					reserved = true
				case codecard.Issue:
					if issued || void || !printed || !right || !slip && !s.Account {
						t.Fatalf("issued: printed %v, right %v, slip %v", printed, right, slip)
					}
					issued = true
				case codecard.Void:
					if void || kept {
						t.Fatal("void twice, or after it was kept")
					}
					void = true
				}
			}
			if s.Stage != codecard.Ended && s.Limit() == 0 {
				t.Fatalf("stage %d never ends", s.Stage)
			}
		}
		for s.Stage != codecard.Ended {
			var effects []codecard.Effect
			s, effects = codecard.Step(s, codecard.TimedOut{})
			void = void || strings.HasPrefix(asked(effects), "Void")
		}
		if s.End == "" || reserved && !void && !kept {
			t.Fatalf("ended %q: reserved %v, void %v, kept %v", s.End, reserved, void, kept)
		}
	})
}

// TestReconcile: every pair of what the printer and the portal know has its answer, and
// only a card of which the portal was told keeps what it was told.
func TestReconcile(t *testing.T) {
	for _, p := range []codecard.Printed{codecard.NoJob, codecard.Open, codecard.NotOut, codecard.CameOut} {
		for _, told := range []codecard.Told{codecard.Nothing, codecard.ToldVoid, codecard.ToldIssued} {
			want := codecard.StrikeOff
			if told == codecard.Nothing || told == codecard.ToldIssued && p == codecard.NotOut {
				want = codecard.MakeVoid
			}
			if got := codecard.Reconcile(p, told); got != want {
				t.Errorf("printed %d, told %d: %d", p, told, got)
			}
		}
	}
	for o, want := range map[printer.Outcome]codecard.Printed{
		printer.Unknown: codecard.Open, printer.NotSent: codecard.NotOut, printer.Retracted: codecard.NotOut, printer.Taken: codecard.CameOut, printer.Confirmed: codecard.CameOut,
	} {
		if got := codecard.PrintedOf(true, o); got != want {
			t.Errorf("%v is %d", o, got)
		}
	}
	if codecard.PrintedOf(false, printer.Taken) != codecard.Open {
		t.Error("a job that a crash cut short has an outcome")
	}
}

// TestIdsDiffer: the two actions and the two jobs of a card are told apart, and from
// those of another.
func TestIdsDiffer(t *testing.T) {
	other := uuid.UUID{8}
	ids := []uuid.UUID{card, codecard.Slip(card), codecard.IssuedID(card), codecard.VoidID(card), codecard.Slip(other), codecard.IssuedID(other), codecard.VoidID(other)}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			t.Errorf("%d is another", i)
		}
	}
}
