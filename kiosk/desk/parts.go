package desk

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

// Cards are the readers of the desk and the cards in them. The address on a card is never
// read here.
type Cards interface {
	// Read reads and checks the card in a reader. The error is as that of [kiosk.Cards].
	Read(ctx context.Context, reader string) (eid.Record, error)
	// ReadOwn reads the clerk's own card, with the certificate that tells whose it is.
	ReadOwn(ctx context.Context, reader string) (eid.Record, error)
	// Holder and ProveHolder are as those of [kiosk.Cards].
	Holder(ctx context.Context, reader string) (pinpad bool, tries int, err error)
	ProveHolder(ctx context.Context, p kiosk.ProveHolder) (h eid.HolderProof, tries int, err error)
}

// Clerk is someone of the staff.
type Clerk struct {
	ID   string
	Name string // as the screen calls them
}

// Why a clerk is not signed in.
var (
	// ErrNotStaff says that neither card nor badge is of anyone on the staff list; it is
	// the same for a badge that is wrong and for one that nobody has.
	ErrNotStaff = errors.New("not on the staff list")
	// ErrNoList says that there is no staff list to look at: the portal is away.
	ErrNoList = errors.New("no staff list")
	// ErrNoPaper says that nothing came out of the printer, or that nobody knows.
	ErrNoPaper = errors.New("no paper came out")
	// ErrUnsure says that a paper is out, and that it may be worth nothing.
	ErrUnsure = errors.New("a paper is out that may be worth nothing")
	// ErrNotRecorded says that the audit trail could not be written, and so nothing done.
	ErrNotRecorded = errors.New("it cannot be recorded who did it")
)

// Office is the portal, the queue and the audit trail, to whoever is signed in. What is
// done is recorded before it is done.
type Office interface {
	// Badge begins the shift of whom a badge is of.
	Badge(ctx context.Context, badge secret.Text) (Clerk, error)
	// Own says whose card it is, and what it is to sign for a shift to begin.
	Own(ctx context.Context, r eid.Record) (c Clerk, challenge []byte, err error)
	// Signed begins the shift that was prepared by Own.
	Signed(ctx context.Context, p eid.Proof, h eid.HolderProof) error
	// End ends the shift, and forgets its key.
	End(ctx context.Context, why string)
	// ClockKnown tells whether the day can be believed.
	ClockKnown() bool
	// Link and Unlink return when the action is on disk for good.
	Link(ctx context.Context, l Link) error
	Unlink(ctx context.Context, l Link) error
	// Account says what the portal knows of someone. The error wraps [kiosk.ErrPortalAway],
	// [kiosk.ErrPatientUnknown] or [kiosk.ErrCardRefused].
	Account(ctx context.Context, p Person) (Account, error)
	// Block returns when it is on disk for good that the code cards of someone are blocked.
	Block(ctx context.Context, b Block) error
	// Unlock unlocks a log-in, once for a key. The error is as that of Account.
	Unlock(ctx context.Context, key uuid.UUID, p Person) error
	// Password prints a new password, and only where that is out gives it to the portal,
	// once for a key. The error is as that of Account, or ErrNoPaper; once the paper is out,
	// it wraps ErrUnsure.
	Password(ctx context.Context, key uuid.UUID, p Person, language string) error
	// Card says what became of a code card of this booth, by the number that stands on it.
	Card(ctx context.Context, number secret.Text) (state string, err error)
	// Make carries out an effect of package codecard for someone, as [kiosk.CodeCards].
	Make(ctx context.Context, m Make) codecard.Input
	// Delivered waits until the portal has an action, or ctx ends. A refusal for good wraps
	// [kiosk.ErrActionRefused], and code says why.
	Delivered(ctx context.Context, id uuid.UUID) (code string, err error)
}

// Account is what the portal knows of someone.
type Account struct {
	Exists   bool // they have a log-in
	Locked   bool // after codes that were wrong
	HasCard  bool // a code card is active
	Deceased bool
}

// Person is whom something is about: by a card that was read and believed, or by what a
// clerk typed from a document.
type Person struct {
	Name  secret.Text // as it may be seen: first name and initial
	Full  secret.Text // for paper
	Birth eid.Date
	// Of a card: Proof, and the number on it, which is used to tell one pair from another.
	Proof  *eid.Proof
	Number secret.Text // national; or the one that was typed
	EAD    secret.Text // the hospital's, where that was typed
	// Of what was typed.
	Document string // "passport", …; of a card as on the card
	Reason   string // "no-chip", "chip-unreadable"
	Test     bool   // trusted for testing only
}

// typed tells whether no chip was behind it.
func (p Person) typed() bool { return p.Proof == nil }

// same tells whether two are the same, as far as that can be told.
func (p Person) same(q Person) bool {
	return !p.Number.Empty() && p.Number.Equal(q.Number) || !p.EAD.Empty() && p.EAD.Equal(q.EAD)
}

// Link is a parent and a child, as a clerk attests them.
type Link struct {
	ID            uuid.UUID // of the action
	At            time.Time
	Parent, Child Person
	Documents     []string // the papers that were shown
	Test          bool
}

// Block is a person whose code cards are to be blocked.
type Block struct {
	ID     uuid.UUID // of the action
	At     time.Time
	Person Person
	Test   bool
}

// Make is an effect of a code card, and for whom.
type Make struct {
	Person   Person
	Language string // of the papers
	At       time.Time
	Test     bool
	Do       codecard.Effect
}

// Papers is what prints for the desk.
type Papers interface {
	// Slip prints a small paper.
	Slip(ctx context.Context, doc printer.Document) (printer.Result, error)
	// Form prints a sheet of A4, or keeps it to be fetched.
	Form(ctx context.Context, doc printer.Document) (printer.Result, error)
}
