package fault

import (
	"cmp"
	"slices"
)

// State is how a part stands.
type State string

// The states of a part. Explained is a fault that another one explains: it is gone when
// that is mended.
const (
	Fine      State = "ok"
	Warns     State = "warning"
	Fails     State = "error"
	Explained State = "explained"
)

// Finding is what was found of a part: a fault, or that it is well.
type Finding struct {
	Part    string `json:"part"` // "printer ticket"
	State   State  `json:"state"`
	Code    string `json:"fault,omitempty"`
	Fact    string `json:"fact"`
	Do      string `json:"do,omitempty"`
	Because string `json:"because,omitempty"` // code of the fault that explains it
}

// Well is a part with nothing wrong.
func Well(part, fact string) Finding { return Finding{Part: part, State: Fine, Fact: fact} }

// Found is a fault at a part. What to do is the table's; more than that, where the part
// knows better, goes into the fact.
func Found(part, code, fact string) Finding {
	f, known := Of(code)
	if !known {
		f = Fault{Severity: Error, Do: "journalctl -u kioskd"}
	}
	state := Fails
	if f.Severity == Warning {
		state = Warns
	}
	return Finding{Part: part, State: state, Code: code, Fact: fact, Do: f.Do}
}

// Arrange says of each fault whether another explains it, and puts first what is to be
// looked at first: errors, warnings, what they explain, and then what is well.
func Arrange(list []Finding) []Finding {
	there := map[string]bool{}
	for _, f := range list {
		if f.Code != "" {
			there[f.Code] = true
		}
	}
	out := slices.Clone(list)
	for i, f := range out {
		if cause := causeOf(f.Code, there); cause != "" {
			out[i].State, out[i].Because = Explained, cause
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		if d := cmp.Compare(order(a.State), order(b.State)); d != 0 || a.State == Fine {
			return d
		}
		return cmp.Compare(rank(a.Code), rank(b.Code))
	})
	return out
}

// causeOf is the first fault that explains another; empty where none does. The table
// has no circles.
func causeOf(code string, there map[string]bool) string {
	f, known := Of(code)
	if !known {
		return ""
	}
	for _, after := range f.After {
		if there[after] {
			if before := causeOf(after, there); before != "" {
				return before
			}
			return after
		}
	}
	return ""
}

func order(s State) int {
	return slices.Index([]State{Fails, Warns, Explained, Fine}, s)
}

// Worst is the worst state of a list.
func Worst(list []Finding) State {
	worst := Fine
	for _, f := range list {
		if order(f.State) < order(worst) && f.State != Explained {
			worst = f.State
		}
	}
	return worst
}
