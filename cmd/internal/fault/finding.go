package fault

import (
	"cmp"
	"slices"
	"strings"
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
	out := slices.Clone(list)
	for i, f := range out {
		if cause := causeOf(f, list); cause != "" {
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
func causeOf(f Finding, list []Finding) string {
	of, _ := Of(f.Code)
	for _, after := range of.After {
		at := slices.IndexFunc(list, func(c Finding) bool { return c.Code == after && touches(c.Part, f.Part) })
		if at < 0 {
			continue
		}
		if before := causeOf(list[at], list); before != "" {
			return before
		}
		return after
	}
	return ""
}

// touches tells whether a fault of one part can explain one of another: that of a
// printer, no other printer's.
func touches(cause, part string) bool {
	return !strings.HasPrefix(cause, printerPart) || !strings.HasPrefix(part, printerPart) || cause == part
}

// printerPart is how the names of the parts that are printers begin.
const printerPart = "printer "

// Printer is the part that a printer of a name is.
func Printer(name string) string { return printerPart + name }

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
