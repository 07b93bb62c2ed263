package desk

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/codecard"
)

// Settings are what the hospital chose; they do not change while the desk runs.
type Settings struct {
	Languages []string
	Hospital  string
	Kiosk     string
	Phone     string
	Test      bool // something is trusted for testing only
	Printer   bool // there is one for slips
	CodeCards bool // code cards can be made here
	Shared    bool // the desk comes to the patient's screen, and goes from it
	PIN       kiosk.PIN
	Silence   time.Duration // after which a clerk is signed out; zero is three minutes
	Texts     kiosk.Texts
}

// How long things may take, and a clerk may be silent.
const (
	silence     = 3 * time.Minute
	askBefore   = 25 * time.Second
	extensions  = 10
	checkTime   = 20 * time.Second
	pinTime     = 60 * time.Second
	proveTime   = 20 * time.Second
	padTime     = 90 * time.Second
	commitTime  = 25 * time.Second
	deliverTime = 5 * time.Second
	shiftTime   = 8 * time.Hour
)

// A badge that is wrong so often in a row has to wait.
const (
	maxFailures = 5
	barTime     = time.Minute
)

// State is all that the desk knows at one moment. It is a value: Step never changes the
// one it was given.
type State struct {
	Settings Settings
	Now      time.Time
	Seq      uint64
	Language string
	Readers  []Reader

	Stage    Stage
	Run      uint64 // of what runs now; its outcomes name it
	EndsAt   time.Time
	Extended int
	Entry    uint64            // of what is typed
	Wrong    map[string]string // keys of texts, by field
	Warning  string            // key of a text: why it did not go on

	Clerk       Clerk // who is signed in, or is signing in
	Since       time.Time
	Failures    int
	BarredUntil time.Time
	Own         Own

	Task Task
}

// Stage is where the desk is.
type Stage int

// The stages.
const (
	Away      Stage = iota // not on the screen; only where it is shared
	SignedOut              // waits for a badge or a card
	Checking               // a badge, or whose a card is
	Entering               // the clerk's PIN, on the screen
	Proving                // and it is being verified
	Menu                   // what is to be done
	People                 // whom it is about
	Typing                 // someone without a chip card
	Document               // what was shown of someone who was typed
	Attesting              // what the clerk attests, or is sure of
	Working                // it is being committed
	Waiting                // for the portal
	Told                   // what became of it
	Asking                 // the portal, of whom it is about
	Sure                   // whether that is to be done
	Making                 // a code card; Task.Made says how far
	Numbering              // the number of a code card is typed
)

// Reader is a reader of the desk that is there.
type Reader struct {
	Name string
	Card bool
	Own  bool // the clerk's own card is in it
	Used bool // what is in it was read for something before
}

// Own is the clerk's card, while they sign in by it.
type Own struct {
	Reader    string
	Challenge []byte
	Proof     eid.Proof
	Pinpad    bool
	Tries     int
}

// The tasks.
const (
	TaskLink     = "link"
	TaskUnlink   = "unlink"
	TaskBlock    = "block"
	TaskPassword = "password"
	TaskUnlock   = "unlock"
	TaskCode     = "code"
	TaskHistory  = "history"
)

// Task is what a clerk is doing, and for whom. Its zero value is nothing.
type Task struct {
	Kind          string
	Parent, Child *Person
	Person        *Person        // of a task that is about one
	Log           Account        // what the portal knows of Person
	Made          codecard.State // their code card
	Role          string         // of who is being typed: "parent", "child"
	Typed         *Person        // who is being typed
	Authority     bool           // attested
	Papers        []string       // that were shown
	Account       string         // what is to be said of the parent's account: key of a text
	Reading       bool           // a card
	Action        uuid.UUID
	At            time.Time
	Result        string // key of the outcome
	Slip          string // how the paper came out: key of a text
}

// Start is the state of a desk that was just switched on.
func Start(s Settings, now time.Time) State {
	if len(s.Languages) == 0 {
		s.Languages = []string{"nl"}
	}
	if s.Silence == 0 {
		s.Silence = silence
	}
	st := State{Settings: s, Now: now, Seq: 1, Language: s.Languages[0], Stage: SignedOut}
	if s.Shared {
		st.Stage = Away
	}
	return st
}

// signedIn tells whether someone has begun a shift.
func (s State) signedIn() bool { return s.Stage >= Menu }

// deciding tells whether the clerk has something to do, and may be silent too long.
func (s State) deciding() bool {
	switch s.Stage {
	case Menu, People, Typing, Document, Attesting, Told, Sure, Numbering:
		return true
	case Making:
		return s.Task.Made.Stage == codecard.Offered
	case SignedOut:
		return s.Settings.Shared
	}
	return false
}

// asksAt is when the clerk is asked whether they are still there, zero for never.
func (s State) asksAt() time.Time {
	if !s.deciding() || s.EndsAt.IsZero() {
		return time.Time{}
	}
	return s.EndsAt.Add(-askBefore)
}

// Wake is when Step wants to be called although nothing happened, or zero for never.
func (s State) Wake() time.Time {
	var wake time.Time
	for _, t := range []time.Time{s.EndsAt, s.asksAt(), s.BarredUntil} {
		if t.After(s.Now) && (wake.IsZero() || t.Before(wake)) {
			wake = t
		}
	}
	return wake
}

// to goes to a stage, with time for it. What still ran for the one before has no say any
// more.
func (s State) to(stage Stage, limit time.Duration) (State, []Effect) {
	before := s.Run
	s.Stage, s.Run, s.Warning, s.Wrong = stage, s.Run+1, "", nil
	s.EndsAt = s.Now.Add(limit)
	if limit == 0 {
		s.EndsAt = time.Time{}
	}
	return s, []Effect{Forget{before}}
}

// decide goes to a stage where the clerk has something to do.
func (s State) decide(stage Stage) (State, []Effect) {
	s, effects := s.to(stage, s.Settings.Silence)
	s.Entry++
	return s, effects
}

// reader gives what is known of a reader, or a new one.
func (s State) reader(name string) Reader {
	for _, r := range s.Readers {
		if r.Name == name {
			return r
		}
	}
	return Reader{Name: name}
}

// with gives the state with a reader as it is now.
func (s State) with(r Reader) State {
	s = s.without(r.Name)
	s.Readers = append(s.Readers, r)
	return s
}

// without gives the state without a reader.
func (s State) without(name string) State {
	s.Readers = slices.DeleteFunc(slices.Clone(s.Readers), func(r Reader) bool { return r.Name == name })
	return s
}
