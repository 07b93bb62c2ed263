package kiosk

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk/codecard"
	"balie/printer"
)

// Cards are the readers of this booth and the cards in them.
type Cards interface {
	// Watch reports readers and cards until ctx ends, the present state first. It
	// survives the loss of every reader and of the card service, and reports both.
	Watch(ctx context.Context, report func(CardEvent)) error
	// Read reads the card in a reader. seen is called once, as soon as the identity
	// is decoded and before it is verified; Read returns when the checks are done.
	// The error wraps ErrCardRemoved, ErrCardForeign or ErrCardUnreadable.
	Read(ctx context.Context, reader string, seen func(eid.Identity)) (eid.Record, error)
	// Holder tells how the holder of the card in a reader can be proved, and how many
	// tries the PIN has left. The error wraps one of those of a PIN below.
	Holder(ctx context.Context, reader string) (pinpad bool, tries int, err error)
	// ProveHolder has the PIN verified and a challenge signed, and gives the tries that
	// are left then. The PIN is that of the reader's keys, or the one that was typed on
	// the screen last, which the booth never sees. The error wraps one of those below.
	ProveHolder(ctx context.Context, p ProveHolder) (h eid.HolderProof, tries int, err error)
}

// Why a card's holder is not proved.
var (
	ErrPINWrong     = errors.New("wrong PIN")
	ErrPINBlocked   = errors.New("the PIN is blocked")
	ErrPINLastTry   = errors.New("one try left, which is not spent here")
	ErrPINShort     = errors.New("not the length of a PIN")
	ErrPINCancelled = errors.New("PIN entry cancelled")
	ErrPINTimeout   = errors.New("no PIN in time")
	ErrPINOldCard   = errors.New("the card does not tell how many tries are left")
	ErrNoHolder     = errors.New("the card cannot prove its holder")
)

// Scanner is what reads the barcodes of letters.
type Scanner interface {
	// Watch reports each code that is scanned, until ctx ends. It survives the loss of the
	// scanner.
	Watch(ctx context.Context, report func(code secret.Text)) error
}

// CardEvent is something that happened at a reader.
type CardEvent struct {
	Kind   CardEventKind
	Reader string // as configured or as PC/SC names it; empty for service events
}

// CardEventKind tells the events apart. A reader is ready before a card is
// inserted in it, and a card that is swapped is removed first.
type CardEventKind int

// The events.
const (
	ReaderReady   CardEventKind = iota + 1 // a reader is there, empty or not
	ReaderLost                             // a reader went; with the last one the booth has none
	CardInserted                           // a card that answered
	CardMute                               // a card that does not answer: wrong way round, or broken
	CardRemoved                            //
	CardsDown                              // the card service cannot be reached
	CardsUp                                // and again it can
	ReaderClaimed                          // another program holds the reader for itself
)

// Why a card could not be read.
var (
	ErrCardRemoved    = errors.New("card removed while reading")
	ErrCardForeign    = errors.New("not a Belgian identity card")
	ErrCardUnreadable = errors.New("card cannot be read")
)

// Portal is what the booth asks of the portal while a person waits.
type Portal interface {
	// Appointments gives today's appointments of the person that proof proves, in
	// order of start. None is an empty list. The error wraps ErrPortalAway,
	// ErrPatientUnknown or ErrCardRefused.
	Appointments(ctx context.Context, proof eid.Proof) ([]Appointment, error)
	// Challenge is what the card of a holder is to sign for the portal, within minutes.
	// The error wraps ErrPortalAway.
	Challenge(ctx context.Context) ([]byte, error)
	// LaterAppointments gives the appointments after today of the person that proof
	// proves, where holder proves that they are here. The error wraps one of those of
	// Appointments, or ErrHolderRefused.
	LaterAppointments(ctx context.Context, proof eid.Proof, holder eid.HolderProof) ([]Appointment, error)
	// AppointmentByLetter gives the one appointment that a letter is of, where the birth date
	// is right. The error wraps ErrPatientUnknown where it is not.
	AppointmentByLetter(ctx context.Context, l Letter) ([]Appointment, error)
	// CallStaff has it ring at the staff's, and StaffComes waits until somebody says that
	// they come.
	CallStaff(ctx context.Context, c HelpCall) (uuid.UUID, error)
	StaffComes(ctx context.Context, call uuid.UUID) error
	// RegisterApp gives a code that the app is registered with. Its error, and those of the
	// calls below, are as that of LaterAppointments.
	RegisterApp(ctx context.Context, p Proved) (code secret.Text, until time.Time, err error)
	// Cancel cancels an appointment.
	Cancel(ctx context.Context, p Proved, appointment string) error
	// Contact gives how the person is reached, and SetContact corrects it.
	Contact(ctx context.Context, p Proved) (Contact, error)
	SetContact(ctx context.Context, p Proved, c Contact) (Contact, error)
}

// Why the portal gave no answer that can be used.
var (
	ErrPortalAway     = errors.New("portal not reachable")
	ErrPatientUnknown = errors.New("patient not known at the portal")
	ErrCardRefused    = errors.New("portal refuses the card")
	ErrHolderRefused  = errors.New("the card's holder is not believed")
)

// ErrActionRefused is that the portal refused an action for good.
var ErrActionRefused = errors.New("portal refused the action")

// Appointment is one appointment of today.
type Appointment struct {
	ID         string
	Start, End time.Time
	Label      string // discreet, for the hall: "Raadpleging 4614"
	Place      string // where to wait: "Gele zaal, niveau 1"
	Route      string // how to get there: "Volg route 46"
	RouteURL   string // for the QR on the ticket; holds nothing personal
	Phone      string // of the department
	Campus     string // only where it is not this one
	Video      bool
	CheckedIn  bool
	Ticket     string // of the check-in that was, for a reprint
}

// Queue keeps what the portal must hear.
type Queue interface {
	// Commit returns when the check-in is on disk for good, with its ticket number.
	Commit(ctx context.Context, c CheckIn) (ticket string, err error)
	// Block returns when the block is on disk for good; it goes before all else that waits.
	Block(ctx context.Context, b Block) error
	// Delivered waits until the portal has the action, or ctx ends. The error wraps
	// ErrActionRefused where the portal refused it for good.
	Delivered(ctx context.Context, id uuid.UUID) error
}

// CheckIn is the action of a check-in.
type CheckIn struct {
	ID          uuid.UUID
	Appointment string
	At          time.Time
	Proof       eid.Proof
	Letter      Letter // in place of a proof
	Document    string // kind of document read: eid.Identity.DocumentType
	Test        bool
}

// CardOf is for whom a code card is made.
type CardOf struct {
	Proof    eid.Proof
	Holder   eid.HolderProof
	Language string // of the papers
	At       time.Time
	Test     bool
	User     secret.Text // the user name of who has no national number: the desk knows it
}

// CodeCards makes code cards.
type CodeCards interface {
	// Do carries out an effect, as package codecard says, and gives its outcome; nil for
	// [codecard.Void]. Effects of one card are carried out one after the other.
	Do(ctx context.Context, of CardOf, e codecard.Effect) codecard.Input
}

// Tickets is the printer of the patient side.
type Tickets interface {
	Status(ctx context.Context) (printer.Status, error)
	Print(ctx context.Context, doc printer.Document) (printer.Result, error)
}
