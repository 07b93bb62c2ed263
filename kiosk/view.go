package kiosk

import (
	"time"

	"balie/internal/secret"
)

// View is what a screen can be told: everything, so that a page that comes late
// or reloads shows the same. It is a value; ui renders it and adds nothing.
type View struct {
	// Seq rises by one with every view of a surface; a [Press] names the Seq it was
	// made on, and one made on an older view does nothing.
	Seq uint64
	// Screen is which screen: a template of the same name exists in ui.
	Screen Screen
	// Language is "nl", "fr", "de" or "en".
	Language string
	// Languages are those that can be chosen: Do "language", the language as Choice.
	Languages []string
	// CardIn is set while the card of the visit is in the reader.
	CardIn bool
	// Person is first name and initial, "An B."; only while a card is in.
	Person secret.Text
	// Appointments to choose from (ScreenChoose), the one chosen (later screens), or
	// those that a notice is about ("none-now", "too-early", …).
	Appointments []AppointmentView
	// Later are the appointments after today, on ScreenLater.
	Later []AppointmentView
	// Tries is how many tries a PIN has left, where a PIN is what it is about; 0 is not
	// to be said.
	Tries int
	// Notice is the key of a text that says why, on ScreenNotice: "card-unreadable"
	// stands for notice.card-unreadable.title and .body.
	Notice string
	// Wait is the key of what is waited for, on ScreenWait: "code-print" stands for
	// wait.code-print.title and .body.
	Wait string
	// Asks is the key of a question, on ScreenAsk: "code-back" stands for
	// ask.code-back.title and .body. Number is a number in it and in its fields.
	Asks   string
	Number int
	// AppCode registers the app, and is good until Until, on ScreenAsk.
	AppCode secret.Text
	Until   string // "14:35"
	// Phone and Email are how the person is reached, veiled, on ScreenAsk.
	Phone, Email secret.Text
	// Fields are what is typed on this screen; it is sent by the buttons with Send.
	Fields []Field
	// Entry rises whenever what was typed is to be forgotten: while it stays, a page
	// that is drawn anew keeps it.
	Entry uint64
	// Ticket is the number on the ticket, "K1-042", once there is one.
	Ticket string
	// Printed is how the ticket came out, on ScreenDone: "ticket-printed", "ticket-none", "ticket-doubtful".
	Printed string
	// ReportToDesk tells the person to also report at the department's desk.
	ReportToDesk bool
	// Topics are the questions to choose from (ScreenQuestions): Do "topic".
	Topics []TopicView
	// Told is the page that is told (ScreenTopic), or the steps beside the code (ScreenApp).
	Told Told
	// Link is what the code on ScreenApp leads to.
	Link string
	// Staff is what a screen of the desk shows; nil on every other.
	Staff *StaffView
	// Slip is how the paper of what is told came out: "slip-printing", "slip-printed", …;
	// empty where none was asked for.
	Slip string
	// Called is how the call of staff stands, on ScreenHelp: key of a text; empty: nobody called.
	Called string
	// Helpers are who helps, on ScreenHelp and ScreenClosed.
	Helpers []HelperView
	// Buttons are what can be pressed, in order, the main one first.
	Buttons []Button
	// EndsAt is when the screen gives up by itself, zero where it does not.
	EndsAt time.Time
	// Asking is set when the screen asks "are you still there?", well before EndsAt;
	// then Buttons has "stay", unless that was pressed too often.
	Asking bool
	// Test is set while anything is trusted under a test root.
	Test bool
	// Out lists what does not work, as keys of texts, on ScreenWelcome and
	// ScreenClosed: "no-printer" stands for out.no-printer.
	Out []string
}

// Screen names a screen.
type Screen string

// The screens of a check-in.
const (
	ScreenWelcome   Screen = "welcome"
	ScreenReading   Screen = "reading"
	ScreenFetching  Screen = "fetching"
	ScreenChoose    Screen = "choose"
	ScreenHolder    Screen = "holder"     // the card, the PIN or the portal is being asked
	ScreenPIN       Screen = "pin"        // the PIN is typed here; the page sends it by a way of its own
	ScreenPINReader Screen = "pin-reader" // the PIN is typed on the reader
	ScreenLater     Screen = "later"
	ScreenConfirm   Screen = "confirm"
	ScreenSaving    Screen = "saving"
	ScreenPrinting  Screen = "printing"
	ScreenDone      Screen = "done"
	ScreenNotice    Screen = "notice" // something went another way; Notice says what
	ScreenClosed    Screen = "closed" // out of service, with the phone number
	ScreenWait      Screen = "wait"   // something is being done, or to be taken: Wait says what
	ScreenAsk       Screen = "ask"    // one question: Asks says which; Fields and Buttons answer it
)

// The screens of who has no card in: what people ask, and help.
const (
	ScreenHelp      Screen = "help" // of someone with a card in, too
	ScreenApp       Screen = "app"
	ScreenQuestions Screen = "questions"
	ScreenTopic     Screen = "topic"
)

// TopicView is a question that can be chosen.
type TopicView struct{ Choice, Title, Picture string }

// Told is one page of an answer.
type Told struct {
	Title       string
	Pictures    []string // one, or one for each step
	Points      []string
	Page, Pages int // the first is 1
}

// AppointmentView is an appointment as the hall may see it.
type AppointmentView struct {
	Choice string // what a Press says to choose it: "0", "1", …; never the id
	Date   string // "24/11/2026", on ScreenLater
	Time   string // "14:30"
	Label  string
	Place  string
	Route  string
	State  string // "", "checked-in", "too-early", "too-late", "video", "elsewhere": key of a text
}

// Button is something that can be pressed.
type Button struct {
	Do     string // what a Press says: "confirm", "back", "stop", "choose", "stay", "later", "pin", "help", "app", "questions", "topic", "next", "print"
	Choice string
	Text   string // key of its text
	Send   bool   // what was typed goes with it
	// Of a screen of the desk: the key of a keyboard that presses it, as KeyboardEvent.key
	// has it, and whether it is in ("true") or out ("false"); empty: it is no switch.
	Key, Pressed string
}

// Press is what a screen can say. Unknown and late ones are ignored.
type Press struct {
	Seq    uint64
	Do     string
	Choice string
	Values map[string]secret.Text // what was typed, by the keys of the view's fields
}
