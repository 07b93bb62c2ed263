package config

// Key is one key of the file: what there is to say of it, in one place.
type Key struct {
	Name    string // dotted, as errors have it
	Says    string // what it is for, as the example file has it above the key
	Example string // its value there, as TOML; empty: the default
	Allowed string // what it may be, in a few words
	Live    bool   // a change is applied on reload; without, at the next start
	Portal  bool   // portal.may_set can let the portal set it
}

const portalAllowed = "a list of names of keys of hospital, booth, info and hours that take no restart"

// keys are those of the file, in the order of the example.
var keys = []Key{
	{
		Name: "state_dir", Allowed: "a path from /",
		Says: "The queue, its keys and a lock: a folder of kioskd's own, mode 0700.",
	},
	{
		Name: "run_dir", Allowed: "a path from /, of at most 94 bytes",
		Says: "The sockets for the window and for kioskctl. Each asks the kernel who calls.",
	},
	{
		Name: "hospital.name", Allowed: "a text that is not empty", Live: true, Portal: true,
		Says:    "On every screen and ticket. There is no default.",
		Example: `"AZ Voorbeeld"`,
	},
	{
		Name: "hospital.phone", Allowed: "a text", Live: true, Portal: true,
		Says:    "Who helps, on every screen. Empty: no number is shown.",
		Example: `"016 00 00 00"`,
	},
	{
		Name: "hospital.logo", Allowed: `the path of an SVG, PNG or JPEG file, or ""`,
		Says: "An SVG, PNG or JPEG that balie can read. Empty: the name stands alone.",
	},
	{
		Name: "hospital.primary", Allowed: `a colour such as "#005a9c", or ""`,
		Says:    `Colours, "#rrggbb". They are darkened until text in them can be read. Empty: ours.`,
		Example: `"#005a9c"`,
	},
	{
		Name: "hospital.accent", Allowed: `a colour such as "#005a9c", or ""`,
	},
	{
		Name: "hospital.time_zone", Allowed: `a zone such as "Europe/Brussels"`,
		Says: "Where the hospital is: decides what today is. By its name in the tz database.",
	},
	{
		Name: "booth.languages", Allowed: `a list of "nl", "fr", "de", "en", each once`, Live: true, Portal: true,
		Says: "Of nl, fr, de and en; the first one greets.",
	},
	{
		Name: "booth.early", Allowed: `a time such as "90m" or "2h"`, Live: true, Portal: true,
		Says: `How long before and after its time one can check in to an appointment. "0s": at any
time of the day. Whoever is too early or too late is told so.`,
		Example: `"2h"`,
	},
	{
		Name: "booth.late", Allowed: `a time such as "90m" or "2h"`, Live: true, Portal: true,
		Example: `"30m"`,
	},
	{
		Name: "booth.without", Allowed: `a list of "app", "questions", "appointments", "codecard", "block", "appcode", "contact", "letter", "call"`, Live: true, Portal: true,
		Says: `Visits that this booth does not offer: app, questions, appointments, codecard, block,
appcode, contact, letter, call. Help is always offered.`,
	},
	{
		Name: "screen.listen", Allowed: `a loopback address and port such as "127.0.0.1:8610"`,
		Says: "Where the pages are served: an address of this machine only, and a free port.",
	},
	{
		Name: "screen.window_user", Allowed: "the name or the number of a user, in quotes",
		Says: "The user (name or number) that kioskview runs as. Nobody else is given the page.",
	},
	{
		Name: "screen.development", Allowed: "true or false",
		Says: "true lets in any browser of this machine, and says so in the status. On a desk only.",
	},
	{
		Name: "screen.frame_ancestors", Allowed: `a list of origins such as "http://127.0.0.1:8600"`,
		Says: "Origins that may show the page in a frame. With development = true only.",
	},
	{
		Name: "cards.reader", Allowed: `a pattern such as "*Cherry*", "usb:1-1.2", or ""`,
		Says: `The patient's reader: its name or a part of it, in which * stands for anything and ?
for one character; or where it is plugged in, "usb:1-1.2". kioskctl card watch shows
both. A serial number in a name goes with the reader, a socket stays; of the two
numbers at the end of a name the first depends on the order of plugging in, and is
not looked at. Empty: every reader that is not ignored, nor the desk's.`,
	},
	{
		Name: "cards.desk_reader", Allowed: `a pattern such as "*Cherry*", "usb:1-1.2", or ""`,
		Says: "The clerk's reader, named in the same way. Empty: there is none.",
	},
	{
		Name: "cards.ignore", Allowed: `a list of patterns such as "*Cherry*"`,
		Says: "Readers to leave alone, by the same kind of pattern: a badge reader of the staff.",
	},
	{
		Name: "cards.pin", Allowed: `"off", "reader" or "screen"`,
		Says: `Whether a person may prove by PIN to be the card's holder, and see their appointments
after today. "off": no; "reader": on the reader's own keys; "screen": there, or where
the reader has no keys, on a keypad on the screen, which others in the hall may see.`,
	},
	{
		Name: "cards.crls", Allowed: `the path of a folder, or ""`,
		Says: "A folder of *.crl files with what the state took back. Empty: none is looked at.",
	},
	{
		Name: "cards.test_roots", Allowed: "a list of paths of PEM files",
		Says: `PEM files of roots besides those of the state. With one in it the whole booth says
TEST, and a portal for patients refuses what it sends.`,
	},
	{
		Name: "printer.port", Allowed: `a path such as "/dev/serial/by-id/…", or ""`,
		Says: `The ticket printer's tty, by a name that stays: /dev/serial/by-id/… goes with the
printer, /dev/balie/tty-… with the socket it is plugged in to; or a printer of the USB
printer class, /dev/usb/lp0. Empty: no printer.`,
		Example: `"/dev/serial/by-id/usb-EPSON_TM-T88-if00"`,
	},
	{
		Name: "printer.baud", Allowed: "0, 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200",
		Says: `1200 to 115200, as the printer's self-test says. 0: as the profile says. A USB printer
takes any.`,
	},
	{
		Name: "printer.profile", Allowed: `the name of a profile, such as "epson-tm"`,
		Says: `What kind of printer it is: epson-tm, epson-tm-m30, custom-vkp80, generic-escpos; of
labels zebra-zpl, of cards evolis-primacy; or a profile of yours.`,
	},
	{
		Name: "printer.profiles", Allowed: "a list of paths of folders",
		Says:    "Folders with profiles of yours, NAME.toml. One named as ours goes before it.",
		Example: `["/etc/balie/profiles"]`,
	},
	{Name: "printers.NAME.role", Example: `"card"`, Allowed: `"ticket", "card" or "label", each once`},
	{Name: "printers.NAME.port", Example: `"/dev/usb/lp0"`, Allowed: `a path such as "/dev/serial/by-id/…"`},
	{Name: "printers.NAME.baud", Example: "0", Allowed: "0, 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200"},
	{Name: "printers.NAME.profile", Example: `"custom-vkp80"`, Allowed: `the name of a profile, such as "epson-tm"`},
	{
		Name: "forms.command", Allowed: "a list: the path of a program, then its arguments",
		Says: `What takes a sheet of A4 (a letter, a form to sign) as PDF on its standard input, as
a program and its arguments: ["/usr/bin/lp", "-d", "desk"]. It is run without a
shell; another program than lp must be let in by the unit (ExecPaths). Empty: the
sheets are kept for an hour, in memory, and kioskctl forms take fetches them.`,
	},
	{
		Name: "portal.url", Allowed: `an address such as "https://portal.example.org", or ""`,
		Says: "The portal's address, https://…. Empty: the one that enrolment gave.",
	},
	{
		Name: "portal.credentials", Allowed: `a path from /, or ""`,
		Says: `The folder of this kiosk's identity, which kioskctl enrol makes and kioskd renews:
mode 0700, owner balie. Empty: portal, in state_dir.`,
	},
	{
		Name: "portal.ca", Allowed: `the path of a PEM file, or ""`,
		Says: `PEM file with the authority of the portal's certificate, where a proxy ends TLS with
one that the system does not know. Empty: the root that enrolment pinned, or else the
system's.`,
	},
	{
		Name: "portal.tpm", Allowed: `a path such as "/dev/tpmrm0", "none", or ""`,
		Says: `What this kiosk's keys are in: the path of a TPM 2.0, or "none" for files. Empty:
/dev/tpmrm0 where there is one. A key that was made stays where it is; new ones are
made here.`,
	},
	{
		Name: "portal.may_set", Allowed: portalAllowed,
		Says: `Keys that the portal may set for this kiosk, as "booth.early": what it signs goes
before this file. It can be let to set only what takes no restart and opens nothing:
hospital.name, hospital.phone, and those of booth, hours and info, info.folder apart.`,
	},
	{
		Name: "control.group", Allowed: `the name or the number of a group, in quotes, or ""`,
		Says: "The group whose members may use kioskctl, besides root. Empty: root alone.",
	},
	{
		Name: "info.folder", Allowed: `the path of a folder, or ""`, Live: true,
		Says: `A folder with topics of yours, NAME.toml: one named as ours goes before it. docs/info.md
says what a file holds. Empty: only ours are told.`,
	},
	{
		Name: "info.topics", Allowed: "a list of names of topics", Live: true, Portal: true,
		Says: "The questions that people can choose from, in order: ours, and the names of your files.",
	},
	{
		Name: "info.app", Allowed: `a link such as "https://example.org/app", or ""`, Live: true, Portal: true,
		Says: `The link in the code for the app: one that finds the right store by itself. Empty: no
code is shown.`,
		Example: `"https://www.azvoorbeeld.example/app"`,
	},
	{
		Name: "info.portal", Allowed: `a link such as "https://example.org/", or ""`,
		Says: `Where people log in to the patient portal with a code card: it stands on card and slip.
Empty: no code card is made here.`,
		Example: `"https://portaal.azvoorbeeld.example"`,
	},
	{
		Name: "info.labs", Allowed: `a time in whole hours, such as "24h"`, Live: true, Portal: true,
		Says: "After how long results can be seen in the portal: of the lab, reports, and of tissue.",
	},
	{
		Name: "info.reports", Allowed: `a time in whole hours, above 72 in whole days, such as "72h"`, Live: true, Portal: true,
		Says: "Whole hours; from 72 hours on whole days, which are said as days.",
	},
	{
		Name: "info.pathology", Allowed: `a time in whole hours, above 72 in whole days, such as "720h"`, Live: true, Portal: true,
		Says: "Thirty days are 720 hours.",
	},
	{
		Name: "hours.desk_place", Allowed: "a text", Live: true, Portal: true,
		Says:    "Where the desk is that helps, in a few words. Empty: no place is said.",
		Example: `"Inkomhal"`,
	},
	{
		Name: "hours.desk", Allowed: `a list of times such as "mo-fr 08:00-12:00"`, Live: true, Portal: true,
		Says: `When someone is at the desk: days mo tu we th fr sa su, and times of the wall clock of
hospital.time_zone. [] is not known, and nothing is said of it.`,
		Example: `["mo-fr 07:30-18:00"]`,
	},
	{
		Name: "hours.phone", Allowed: `a list of times such as "mo-fr 08:00-12:00"`, Live: true, Portal: true,
		Says:    "When hospital.phone is answered.",
		Example: `["mo-fr 08:00-17:00"]`,
	},
	{
		Name: "hours.booth", Allowed: `a list of times such as "mo-fr 08:00-12:00"`, Live: true, Portal: true,
		Says:    "When someone stands at this booth to help.",
		Example: `["mo-fr 08:00-12:00"]`,
	},
	{
		Name: "hours.holidays", Allowed: `a list of days such as "12-25", "2026-12-24", "easter+1"`, Live: true, Portal: true,
		Says: `Days on which none of them is open: each year "12-25", once "2026-12-24", by Easter
"easter+1". These are the legal holidays of Belgium.`,
	},
	{
		Name: "scanner.port", Allowed: `the path of a tty, such as "/dev/serial/by-id/…", or ""`,
		Says: `A barcode scanner on a serial line, by a name that stays: /dev/serial/by-id/… Who has the
letter of an appointment then checks in without a card. Empty: there is none.`,
	},
	{
		Name: "scanner.baud", Allowed: "0, or a speed of serial lines from 1200 to 115200",
		Says: "Of RS-232; 0 is 9600. A virtual COM port has none.",
	},
	{
		Name: "scanner.ending", Allowed: `"cr", "lf", "crlf" or ""`,
		Says: `What the scanner sends after each code: "cr", "lf" or "crlf"; empty is any of them.`,
	},
	{
		Name: "scanner.identifiers", Allowed: "true or false",
		Says: "true where the scanner is set to send AIM identifiers before each code.",
	},
	{
		Name: "speech.on", Allowed: "true or false",
		Says: `true reads the screens out through headphones, in the language of the screen. It needs
espeak-ng, alsa-utils and rights to the devices: docs/speech.md. What is said is private.`,
	},
	{
		Name: "speech.device", Allowed: "a device of aplay -L",
		Says: "The headphone jack, as aplay -L names it. Never a loudspeaker.",
	},
	{
		Name: "speech.inputs", Allowed: `a list of paths such as "/dev/input/by-path/…"`,
		Says: `Input devices that tell when headphones are plugged in, or that have the key below:
/dev/input/by-path/… Empty: speech is begun by the button on the screen alone.`,
	},
	{
		Name: "speech.key", Allowed: "a number from 0 to 65535",
		Says: `A key of a keypad that begins and ends speech, by its number in
linux/input-event-codes.h. 0: none.`,
	},
	{
		Name: "desk.on", Allowed: "true or false",
		Says: `Whether the staff can sign in at this booth, to link a child and help who cannot use it
alone: docs/desk.md.`,
	},
	{
		Name: "desk.listen", Allowed: `a loopback address and port such as "127.0.0.1:8611", or ""`,
		Says: `Where the pages of a screen of their own are; it needs cards.desk_reader. Empty: they
come to the patients' screen by F9, and the patients have it back when they sign out.`,
	},
	{
		Name: "desk.silence", Allowed: `a time of a minute or more, such as "3m"`,
		Says: "A clerk who presses nothing for so long is signed out. A minute or more.",
	},
	{
		Name: "metrics.listen", Allowed: `a loopback address and port such as "127.0.0.1:9660", any other with the three keys below, or ""`,
		Says: `Where Prometheus fetches the booth's numbers, at /metrics: of this machine only, as
"127.0.0.1:9660", or any address, for who shows a certificate of metrics.clients. Empty:
nowhere; kioskctl metrics prints them.`,
	},
	{
		Name: "metrics.certificate", Allowed: `the path of a PEM file, or ""`,
		Says: "PEM files with the certificate of that address and its key, for TLS.",
	},
	{
		Name: "metrics.key", Allowed: `the path of a PEM file, or ""`,
	},
	{
		Name: "metrics.clients", Allowed: `the path of a PEM file, or ""`,
		Says: "PEM file with the authority of the certificates of who may fetch them.",
	},
}
