// Package config is the configuration of kioskd: a TOML file. It is read strictly,
// because a setting with a slip in its name is a setting that is silently not made;
// every error names the key and says what to write.
package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the hospital's zone, also on a machine without zone files
	"unicode"

	"github.com/BurntSushi/toml"

	"balie/kiosk/info"
)

// Config is the whole file; packaging/kioskd.toml explains every key.
type Config struct {
	StateDir string   `toml:"state_dir"`
	RunDir   string   `toml:"run_dir"`
	Hospital Hospital `toml:"hospital"`
	Booth    Booth    `toml:"booth"`
	Screen   Screen   `toml:"screen"`
	Cards    Cards    `toml:"cards"`
	Printer  Printer  `toml:"printer"`
	Forms    Forms    `toml:"forms"`
	Portal   Portal   `toml:"portal"`
	Control  Control  `toml:"control"`
	Info     Info     `toml:"info"`
	Hours    Hours    `toml:"hours"`
	Speech   Speech   `toml:"speech"`
	Desk     Desk     `toml:"desk"`
	Metrics  Metrics  `toml:"metrics"`
	Scanner  Scanner  `toml:"scanner"`

	Printers map[string]NamedPrinter `toml:"printers"` // besides the ticket printer, by name

	path string            // of the file it was read from; empty: of none
	from map[string]string // where each setting comes from that is no default, by dotted name
}

// Hospital is whose booth it is.
type Hospital struct {
	Name     string `toml:"name"`
	Phone    string `toml:"phone"`
	Logo     string `toml:"logo"` // path of an SVG, PNG or JPEG
	Primary  string `toml:"primary"`
	Accent   string `toml:"accent"`
	TimeZone string `toml:"time_zone"`
}

// Booth is how the booth behaves.
type Booth struct {
	Languages []string `toml:"languages"`
	Early     Duration `toml:"early"`
	Late      Duration `toml:"late"`
	Without   []string `toml:"without"` // visits that are switched off
}

// Screen is where the pages are and who may see them.
type Screen struct {
	Listen         string   `toml:"listen"`
	WindowUser     string   `toml:"window_user"` // name or number
	Development    bool     `toml:"development"`
	FrameAncestors []string `toml:"frame_ancestors"`
}

// Cards are the readers and what makes a card believable.
type Cards struct {
	Reader     string   `toml:"reader"`      // pattern of the patient's; empty: any that is not ignored, nor the desk's
	DeskReader string   `toml:"desk_reader"` // pattern of the clerk's; empty: there is none
	Ignore     []string `toml:"ignore"`
	PIN        string   `toml:"pin"` // PINOff, "reader" or "screen"
	CRLs       string   `toml:"crls"`
	TestRoots  []string `toml:"test_roots"`
}

// PINOff is that no PIN is ever asked for.
const PINOff = "off"

// Printer is the ticket printer.
type Printer struct {
	Port     string   `toml:"port"` // empty: this booth has none
	Baud     int      `toml:"baud"` // 0: as the profile says
	Profile  string   `toml:"profile"`
	Profiles []string `toml:"profiles"` // folders with profiles besides those of the program
}

// NamedPrinter is one more printer, [printers.NAME].
type NamedPrinter struct {
	Role    string `toml:"role"` // what it prints: one of Roles
	Port    string `toml:"port"`
	Baud    int    `toml:"baud"` // 0: as the profile says
	Profile string `toml:"profile"`
}

// TicketPrinter is the name of the printer in [printer], and its role; CardPrinter and
// LabelPrinter are the other roles.
const (
	TicketPrinter = "ticket"
	CardPrinter   = "card"
	LabelPrinter  = "label"
)

// Roles are what a printer can print: a booth has one printer of each at most.
func Roles() []string { return []string{TicketPrinter, CardPrinter, LabelPrinter} }

// AllPrinters are the printers of the booth by name, that of [printer] among them.
func (c Config) AllPrinters() map[string]NamedPrinter {
	all := maps.Clone(c.Printers)
	if all == nil {
		all = map[string]NamedPrinter{}
	}
	if p := c.Printer; p.Port != "" {
		all[TicketPrinter] = NamedPrinter{Role: TicketPrinter, Port: p.Port, Baud: p.Baud, Profile: p.Profile}
	}
	return all
}

// Forms is where sheets of A4 go.
type Forms struct {
	// Command is a program and its arguments, run without a shell, that takes a PDF
	// on its standard input. Empty: the sheets are kept for the desk to fetch.
	Command []string `toml:"command"`
}

// Portal is where the portal is.
type Portal struct {
	URL         string `toml:"url"`         // empty: the one that enrolment gave
	Credentials string `toml:"credentials"` // folder of this kiosk's identity; empty: portal in state_dir
	CA          string `toml:"ca"`          // PEM; empty: the pinned root, or those of the system
	TPM         string `toml:"tpm"`         // path, or "none"; empty: the machine's, where there is one

	MaySet []string `toml:"may_set"` // names of keys that the portal may set
}

// Control is who may speak to the daemon besides root and its own user.
type Control struct {
	Group string `toml:"group"`
}

// Metrics is where Prometheus fetches the booth's numbers.
type Metrics struct {
	Listen      string `toml:"listen"` // empty: nowhere
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
	Clients     string `toml:"clients"` // PEM of the authority of who may fetch them
}

// Duration is a time.Duration, written "90m".
type Duration time.Duration

// UnmarshalText reads "90m".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration such as \"90m\" or \"2h\"", text)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes "1h30m".
func (d Duration) MarshalText() ([]byte, error) {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return []byte(text), nil
}

// Default is what holds where the file says nothing.
func Default() Config {
	return Config{
		StateDir: "/var/lib/balie",
		RunDir:   "/run/balie",
		Hospital: Hospital{TimeZone: "Europe/Brussels"},
		Booth:    Booth{Languages: []string{"nl", "fr", "de", "en"}},
		Screen:   Screen{Listen: "127.0.0.1:8610", WindowUser: "balie-view"},
		Cards:    Cards{PIN: PINOff},
		Printer:  Printer{Profile: "epson-tm"},
		Info: Info{
			Topics: info.DefaultTopics(),
			Labs:   Duration(24 * time.Hour), Reports: Duration(72 * time.Hour), Pathology: Duration(30 * 24 * time.Hour),
		},
		Speech: Speech{Device: "default"},
		Desk:   Desk{Silence: Duration(3 * time.Minute)},
		Hours:  Hours{Holidays: []string{"01-01", "easter+1", "05-01", "easter+39", "easter+50", "07-21", "08-15", "11-01", "11-11", "12-25"}},
	}
}

// Credentials is the folder of this kiosk's identity.
func (c Config) Credentials() string {
	if c.Portal.Credentials != "" {
		return c.Portal.Credentials
	}
	return filepath.Join(c.StateDir, "portal")
}

// CAs are the authorities that may have signed the portal's certificate, besides its
// own root; nil: those of the system.
func (p Portal) CAs() (*x509.CertPool, error) {
	if p.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(p.CA)
	if err != nil {
		return nil, fmt.Errorf("portal.ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("portal.ca: no certificate (PEM) in %s", p.CA)
	}
	return pool, nil
}

// Load reads and checks the file at path. The error is one line.
func Load(path string) (Config, error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Config{}, fmt.Errorf("configuration %s does not exist: copy the example kioskd.toml there", path)
	case errors.Is(err, fs.ErrPermission):
		return Config{}, fmt.Errorf("no right to read the configuration %s: run as the user balie, or as root", path)
	case err != nil:
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	c, err := Parse(string(text))
	if err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	c.path = path
	return c, nil
}

// Path is the file that it was read from; empty where it was read from none.
func (c Config) Path() string { return c.path }

// Parse reads and checks the text of a file. The error is one line, of the first thing
// that is wrong; [Problems] has them all.
func Parse(text string) (Config, error) {
	c, wrong := parse(text)
	if len(wrong) > 0 {
		return Config{}, wrong[0]
	}
	return c, nil
}

// Problems are all that is wrong with the text of a file, a line each.
func Problems(text string) []error {
	_, wrong := parse(text)
	return wrong
}

func parse(text string) (Config, []error) {
	c := Default()
	meta, err := toml.Decode(text, &c)
	if err != nil {
		return c, []error{OneLine(err)}
	}
	var wrong []error
	for _, key := range meta.Undecoded() {
		wrong = append(wrong, unknownKey(key.String()))
	}
	c.from = map[string]string{}
	for _, key := range meta.Keys() {
		if meta.Type(key...) != "Hash" {
			c.from[key.String()] = FromFile
		}
	}
	return c, append(wrong, c.check()...)
}

// unknownKey says what may have been meant.
func unknownKey(name string) error {
	said := clean(name)
	if meant := nearest(name); meant != "" {
		return fmt.Errorf("%s: no such key: did you mean %s?", said, meant)
	}
	return fmt.Errorf("%s: no such key: kioskctl config show --example has those there are", said)
}

// typeError is how the TOML package tells of a value of the wrong type: as text only.
var typeError = regexp.MustCompile(`^toml: line (\d+) \(last key "([^"]*)"\): (.*)$`)

// OneLine is an error of the TOML package without its drawing of the line, and
// without what stands there: a file that is not the configuration may hold anything.
func OneLine(err error) error {
	said := err.Error()
	var parse toml.ParseError
	wrongType := typeError.FindStringSubmatch(said)
	switch {
	case wrongType != nil:
		said = fmt.Sprintf("line %s, %s: %s", wrongType[1], wrongType[2], wrongType[3])
		if k, known := keyOf(wrongType[2]); known {
			said += ": allowed is " + k.Allowed
		}
	case errors.As(err, &parse) && parse.LastKey != "":
		said = fmt.Sprintf("line %d, %s: %s", parse.Position.Line, parse.LastKey, parse.Message)
		if k, known := keyOf(parse.LastKey); known {
			said += ": allowed is " + k.Allowed
		}
	case errors.As(err, &parse):
		said = fmt.Sprintf("line %d: %s", parse.Position.Line, parse.Message)
	}
	return errors.New(clean(said))
}

// clean is a text without line ends and other controls: a key in quotes may have them.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// Save writes the configuration to path.
func (c Config) Save(path string) error {
	text, err := toml.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}
