// Package control is the technician's door to kioskd: HTTP over a Unix socket,
// answered by the daemon itself, so that one writer stays one writer. The kernel
// says who is at the other end; nothing that passes here is of a person, but for
// the data of a paper that the caller has and the forms that the desk takes.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/fault"
	"balie/internal/secret"
)

// Daemon is what can be asked of a daemon, and what [Client] asks.
type Daemon interface {
	// Status is how everything stands.
	Status(ctx context.Context) (Status, error)
	// Queue lists up to limit actions in one of states (all where none is given), the
	// oldest first.
	Queue(ctx context.Context, limit int, states ...string) ([]Action, error)
	// Show gives one action. The error wraps [ErrUnknown].
	Show(ctx context.Context, id uuid.UUID) (Action, error)
	// Retry makes a parked action pending again. The error wraps [ErrUnknown].
	Retry(ctx context.Context, id uuid.UUID) error
	// Park takes a pending action out of the way. The error wraps [ErrUnknown].
	Park(ctx context.Context, id uuid.UUID) error
	// Deliver has the courier try now.
	Deliver(ctx context.Context) error
	// Printers asks every printer how it is, in order of name.
	Printers(ctx context.Context) ([]PrinterState, error)
	// Enrol enrols the kiosk again: the same kiosk, at the same portal. The error is an
	// *[EnrolFailure].
	Enrol(ctx context.Context, e Enrol) (Enrolment, error)
	// Print prints a paper, and returns when it is known what became of it. The error
	// wraps [ErrNoPrinter] where this booth has no such printer.
	Print(ctx context.Context, order Order) (Printed, error)
	// Forms lists the sheets of A4 that are kept for the desk, the oldest first.
	Forms(ctx context.Context) ([]Form, error)
	// TakeForm gives one of them as PDF and keeps it no longer. The error wraps
	// [ErrNoForm].
	TakeForm(ctx context.Context, id int) ([]byte, error)
	// Config is every key, as it holds and where it comes from.
	Config(ctx context.Context) ([]config.Setting, error)
	// Reload reads the configuration anew and applies what can be applied now. The error
	// is a *[ConfigError] where the file is wrong: nothing is changed then.
	Reload(ctx context.Context) (Reloaded, error)
	// Audit gives up to limit records of what the staff did, the newest first.
	Audit(ctx context.Context, limit int) ([]AuditRecord, error)
	// VerifyAudit looks through all of them, and holds them against heads that were kept
	// elsewhere.
	VerifyAudit(ctx context.Context, heads ...string) (AuditVerdict, error)
	// Retire has the portal take the kiosk out of service, erases who it was, and ends.
	Retire(ctx context.Context, r Retire) error
	// SetCode sets the code of the technician's page; an empty one closes it.
	SetCode(ctx context.Context, code secret.Text) error
}

// What a caller acts on.
var (
	ErrUnknown   = errors.New("no such action in the queue, or not one that this can be done to")
	ErrNoPrinter = errors.New("no such printer is configured: see [printer] and [printers.NAME] in kioskd.toml")
	ErrNoForm    = errors.New("no form of that number is kept")
	// ErrNotRunning says that nothing answers at the socket.
	ErrNotRunning = errors.New("kioskd does not run")
	// ErrRefused says that the daemon does not let this user in.
	ErrRefused = errors.New("kioskd does not let this user in")
)

// Status is how a booth stands.
type Status struct {
	Kiosk       string      `json:"kiosk"`
	Version     string      `json:"version"`
	Started     time.Time   `json:"started"`
	Test        bool        `json:"test"`        // a test root is trusted
	Development bool        `json:"development"` // any browser of this machine is let in
	Visits      uint64      `json:"visits"`      // since the start
	Out         []string    `json:"out_of_order"`
	Screen      Screen      `json:"screen"`
	CardService string      `json:"card_service"`         // "up", or why not
	CardFault   string      `json:"card_fault,omitempty"` // code of the fault that this is
	Readers     []Reader    `json:"readers"`
	DeskReader  bool        `json:"desk_reader"` // one is configured
	Printer     Printer     `json:"printer"`
	Portal      Portal      `json:"portal"`
	Identity    Identity    `json:"identity"`
	Worklist    Worklist    `json:"worklist"`
	Queue       Queue       `json:"queue"`
	Revocations Revocations `json:"revocations"`
	// Faults are those that have lasted long enough to be shown, the first to look at
	// first.
	Faults []fault.Shown `json:"faults"`
}

// Revocations are the lists of certificates that the state took back, of the portal.
type Revocations struct {
	Lists   int        `json:"lists"`
	Fetched *time.Time `json:"fetched"` // null: not since the start
	Error   string     `json:"error,omitempty"`
}

// Screen is what is shown, and whether a window says that it shows it.
type Screen struct {
	Showing string     `json:"showing"`
	URL     string     `json:"url"`
	Alive   *time.Time `json:"alive"` // when a window last said so; null: none ever did
}

// Reader is a card reader.
type Reader struct {
	Name  string `json:"name"`
	Role  string `json:"role"`  // whose it is: "patient" or "desk"
	State string `json:"state"` // "empty", "card", "card left in", "claimed by another program", "a clerk has it"
}

// Printer is the ticket printer as it last said of itself.
type Printer struct {
	Configured bool     `json:"configured"`
	Ready      bool     `json:"ready"`
	Port       string   `json:"port,omitempty"`
	Profile    string   `json:"profile,omitempty"`
	Faults     []string `json:"faults"`
	Error      string   `json:"error,omitempty"` // why it cannot be asked
	Fault      string   `json:"fault,omitempty"` // code of the fault that this is
}

// Portal is how the booth stands with the portal.
type Portal struct {
	URL       string     `json:"url"`
	Reachable bool       `json:"reachable"`
	Stopped   bool       `json:"stopped"` // the portal does not take this kiosk
	LastOK    *time.Time `json:"last_ok"`
	NextTry   *time.Time `json:"next_try"`
	Error     string     `json:"error,omitempty"` // code of what last went wrong
	Keys      string     `json:"keys_error,omitempty"`
	// ClockAhead is how many seconds the portal's clock was ahead of this one's when the
	// portal last answered; null: it never did.
	ClockAhead *float64 `json:"clock_ahead_seconds"`
}

// Worklist is what the booth has for when the portal is away; nothing of it is of a
// person.
type Worklist struct {
	Day     string     `json:"day"` // empty: there is none of today
	Entries int        `json:"entries"`
	AsOf    *time.Time `json:"as_of"`   // when the portal last said that it is so
	OnDisk  bool       `json:"on_disk"` // it is there after a restart
	Error   string     `json:"error,omitempty"`
}

// Queue counts what the portal must still hear.
type Queue struct {
	Pending      int        `json:"pending"`
	Parked       int        `json:"parked"`
	Acknowledged int        `json:"acknowledged"`    // that are still kept
	Oldest       *time.Time `json:"oldest"`          // of those pending, when it was done
	SetAside     []string   `json:"set_aside"`       // files of queues that were damaged
	Error        string     `json:"error,omitempty"` // it cannot be read, or did not take the last check-in
	Full         bool       `json:"full,omitempty"`  // because the disk is full
}

// Action is one action of the queue: nothing of a person.
type Action struct {
	ID         uuid.UUID  `json:"id"`
	Counter    uint64     `json:"counter"`
	Type       string     `json:"type"`
	Priority   int        `json:"priority"`
	State      string     `json:"state"`
	Attempts   int        `json:"attempts"`
	OccurredAt time.Time  `json:"occurred_at"`
	NotBefore  *time.Time `json:"not_before"`
	SettledAt  *time.Time `json:"settled_at"`
	Reason     string     `json:"reason,omitempty"`
	KeyID      string     `json:"key_id"` // of the portal's key that it is sealed to
	Bytes      int        `json:"bytes"`  // sealed; 0 once the portal has it
}

// PrinterState is a printer as it says of itself now, and how its jobs stand.
type PrinterState struct {
	Name      string   `json:"name"`
	Role      string   `json:"role"` // "ticket", "card" or "label"
	Port      string   `json:"port"`
	Profile   string   `json:"profile"`
	Reachable bool     `json:"reachable"` // it answers
	Ready     bool     `json:"ready"`     // it could print now
	Faults    []string `json:"faults"`
	Error     string   `json:"error,omitempty"`   // why it cannot be asked
	Fault     string   `json:"fault,omitempty"`   // code of the fault that this is
	Waiting   int      `json:"waiting"`           // jobs in line, the one under way included
	Stage     string   `json:"stage,omitempty"`   // of the one under way
	Clear     bool     `json:"clear"`             // nothing of an earlier job can come out of it
	Trouble   string   `json:"trouble,omitempty"` // why it could not be cleared
	Unsettled int      `json:"unsettled"`         // jobs with codes of an earlier process, whose outcome nobody has taken up
}

// Step is a stage that a job reached, and what that rests on.
type Step struct {
	Stage string `json:"stage"`
	By    string `json:"by,omitempty"`
}

// Order is a paper to print: sample data of a hospital's, unless there are any.
type Order struct {
	Kind     string          `json:"kind"`
	Language string          `json:"language"`
	Printer  string          `json:"printer,omitempty"` // empty: the one for such a paper
	Data     json.RawMessage `json:"data,omitempty"`
}

// Form is a sheet of A4 that is kept for the desk. It says nothing of a person.
type Form struct {
	ID    int       `json:"id"`
	Title string    `json:"title"`
	Since time.Time `json:"since"`
}

// Printed is how a paper came out.
type Printed struct {
	Printer string   `json:"printer"`
	Steps   []Step   `json:"steps"`
	Outcome string   `json:"outcome"` // as printer.Outcome: "confirmed", "taken", …
	By      string   `json:"by"`
	Faults  []string `json:"faults"`
	Error   string   `json:"error,omitempty"`
}

// Moment is a time for JSON: null where it is zero.
func Moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
