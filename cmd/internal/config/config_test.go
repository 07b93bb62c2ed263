package config

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"balie/printer/dialect"
)

const example = "../../../packaging/kioskd.toml"

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestExample: the configuration that is shipped is one, of a kiosk as it hangs in
// a hall: no test, nothing for developers, no file that a new kiosk lacks.
func TestExample(t *testing.T) {
	c, err := Load(example)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Cards.TestRoots) > 0 || c.Screen.Development {
		t.Errorf("the example is for a desk: %+v", c)
	}
	for key, path := range map[string]string{"hospital.logo": c.Hospital.Logo, "cards.crls": c.Cards.CRLs, "portal.ca": c.Portal.CA} {
		if path != "" {
			t.Errorf("%s is %q, which a new kiosk does not have", key, path)
		}
	}
	if !slices.Contains(dialect.Names(), c.Printer.Profile) {
		t.Errorf("no profile %q comes with the program", c.Printer.Profile)
	}
	unlike := Default()
	unlike.Hospital, unlike.Printer, unlike.Booth, unlike.Info, unlike.Hours = c.Hospital, c.Printer, c.Booth, c.Info, c.Hours
	if diff := cmp.Diff(blank(c), blank(unlike), cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Errorf("the example strays from the defaults where a kiosk has no wish of its own:\n%s", diff)
	}
}

// TestExampleNamesTheProfiles: all that come with the program.
func TestExampleNamesTheProfiles(t *testing.T) {
	text := read(t, example)
	for _, name := range dialect.Names() {
		if !strings.Contains(text, name) {
			t.Errorf("the example does not speak of %s", name)
		}
	}
}

// blank makes empty lists of those that are nil: a file can only say the former.
func blank(c Config) Config {
	for _, list := range []*[]string{
		&c.Screen.FrameAncestors, &c.Cards.Ignore, &c.Cards.TestRoots, &c.Booth.Without, &c.Hours.Desk, &c.Hours.Phone, &c.Hours.Booth, &c.Forms.Command,
		&c.Speech.Inputs, &c.Portal.MaySet,
	} {
		*list = append([]string{}, *list...)
	}
	return c
}

// TestExampleHasEveryKey: those of Config, and no other.
func TestExampleHasEveryKey(t *testing.T) {
	tree := map[string]any{}
	meta, err := toml.Decode(read(t, example), &tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, key := range meta.Keys() {
		if meta.Type(key...) != "Hash" {
			got = append(got, key.String())
		}
	}
	want := keysOf("", reflect.TypeFor[Config]())
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of Config (-) and of the example (+):\n%s", diff)
	}
}

// TestExampleExplainsEveryKey: what stands above a key says what it is for.
func TestExampleExplainsEveryKey(t *testing.T) {
	explained := false
	for line := range strings.Lines(read(t, example)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
			explained = true
		case line == "" || strings.HasPrefix(line, "["):
			explained = false
		default:
			if !explained {
				t.Errorf("no word of what it is for: %s", line)
			}
			// Of a pair, both are explained above the first.
			explained = strings.HasPrefix(line, "primary ") || strings.HasPrefix(line, "early ") || strings.HasPrefix(line, "certificate ")
		}
	}
}

// TestExampleOfMorePrinters: what the example shows of them, taken out of its comment,
// is right and has every key.
func TestExampleOfMorePrinters(t *testing.T) {
	text := read(t, example)
	_, shown, found := strings.Cut(text, "# [printers.card]")
	if !found {
		t.Fatal("the example shows no further printer")
	}
	shown, _, _ = strings.Cut("[printers.card]"+strings.ReplaceAll(shown, "\n# ", "\n"), "\n\n")
	c, err := Parse(text + "\n" + shown)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]map[string]map[string]any
	if _, err := toml.Decode(shown, &tree); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(tree["printers"]["card"]))
	want := keysOf("", reflect.TypeFor[NamedPrinter]())
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of a printer (-) and those shown (+):\n%s", diff)
	}
	all := c.AllPrinters()
	if all["ticket"].Role != "ticket" || all["ticket"].Port != c.Printer.Port || all["card"].Role != "card" || len(all) != 2 {
		t.Errorf("printers %+v", all)
	}
}

// keys are the dotted names of everything that a file can say.
func keysOf(prefix string, of reflect.Type) []string {
	var list []string
	for i := range of.NumField() {
		f := of.Field(i)
		name := strings.TrimPrefix(prefix+"."+f.Tag.Get("toml"), ".")
		if f.Type.Kind() == reflect.Struct {
			list = append(list, keysOf(name, f.Type)...)
			continue
		}
		if f.Type.Kind() == reflect.Map || !f.IsExported() {
			continue // of no file, or by names of the hospital's own: see TestExampleOfMorePrinters
		}
		list = append(list, name)
	}
	return list
}

// TestParseRefuses: one line for each slip, which names the key.
func TestParseRefuses(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	for name, c := range map[string]struct{ text, key string }{
		"no TOML":               {"[hospital", "line 1"},
		"unknown key":           {"colour = 1", "colour"},
		"unknown below":         {"[booth]\nspeed = 1", "booth.speed"},
		"unknown, two lines":    {`"a\nb" = 1`, "no such key"},
		"twice":                 {"state_dir = '/a'\nstate_dir = '/b'", "state_dir"},
		"text for number":       {"[printer]\nbaud = '9600'", "printer.baud"},
		"number for text":       {"[hospital]\nname = 3", "hospital.name"},
		"text for list":         {"[booth]\nlanguages = 'nl'", "booth.languages"},
		"number in list":        {"[cards]\ntest_roots = [1]", "cards.test_roots"},
		"text for yes and no":   {"[screen]\ndevelopment = 'yes'", "screen.development"},
		"number for table":      {"portal = 3", "portal"},
		"too large":             {"[printer]\nbaud = 99999999999999999999", "printer.baud"},
		"no duration":           {"[booth]\nearly = 'soon'", "booth.early"},
		"duration without s":    {"[booth]\nlate = 30", "booth.late"},
		"negative duration":     {"[booth]\nearly = '-1h'", "booth.early"},
		"state_dir from here":   {"state_dir = 'state'", "state_dir"},
		"state_dir empty":       {"state_dir = ''", "state_dir"},
		"run_dir from here":     {"run_dir = 'run'", "run_dir"},
		"run_dir long":          {"run_dir = '/" + strings.Repeat("r", 95) + "'", "run_dir"},
		"no name":               {"[hospital]\nname = ' '", "hospital.name"},
		"primary":               {"[hospital]\nprimary = 'blue'", "hospital.primary"},
		"accent":                {"[hospital]\naccent = '#12345'", "hospital.accent"},
		"two lines of colour":   {`hospital = { name = "x", accent = "#005a9c\n" }`, "hospital.accent"},
		"zone":                  {"[hospital]\ntime_zone = 'Europe/Leuven'", "hospital.time_zone"},
		"zone of the machine":   {"[hospital]\ntime_zone = 'Local'", "hospital.time_zone"},
		"logo":                  {"[hospital]\nlogo = '" + absent + "'", "hospital.logo"},
		"two lines of logo":     {`hospital = { name = "x", logo = "/a\nb" }`, "hospital.logo"},
		"no language":           {"[booth]\nlanguages = []", "booth.languages"},
		"unknown language":      {"[booth]\nlanguages = ['nl', 'it']", "booth.languages"},
		"language twice":        {"[booth]\nlanguages = ['nl', 'nl']", "booth.languages"},
		"listen to all":         {"[screen]\nlisten = '0.0.0.0:8610'", "screen.listen"},
		"listen by name":        {"[screen]\nlisten = 'localhost:8610'", "screen.listen"},
		"listen without port":   {"[screen]\nlisten = '127.0.0.1'", "screen.listen"},
		"desk for all":          {"[desk]\nlisten = '0.0.0.0:8611'", "desk.listen"},
		"desk at the screen's":  {"[desk]\nlisten = '127.0.0.1:8610'", "desk.listen"},
		"desk without a reader": {"[desk]\non = true\nlisten = '127.0.0.1:8611'", "desk.listen"},
		"desk signed out":       {"[desk]\nsilence = '10s'", "desk.silence"},
		"frame in a hall":       {"[screen]\nframe_ancestors = ['http://127.0.0.1:1']", "screen.frame_ancestors"},
		"no window user":        {"[screen]\nwindow_user = ''", "screen.window_user"},
		"reader of stars":       {"[cards]\nreader = '**'", "cards.reader"},
		"socket of nothing":     {"[cards]\ndesk_reader = 'usb:'", "cards.desk_reader"},
		"one reader for two":    {"[cards]\nreader = 'A'\ndesk_reader = 'A'", "cards.desk_reader"},
		"every reader the desk": {"[cards]\ndesk_reader = '*'", "cards.desk_reader"},
		"PIN anywhere":          {"[cards]\npin = 'keypad'", "cards.pin"},
		"ignore of stars":       {"[cards]\nignore = [' * ']", "cards.ignore"},
		"ignore nothing":        {"[cards]\nignore = ['']", "cards.ignore"},
		"no such CRLs":          {"[cards]\ncrls = '" + absent + "'", "cards.crls"},
		"CRLs no folder":        {"[cards]\ncrls = '" + example + "'", "cards.crls"},
		"two lines of CRLs":     {`cards = { crls = "/a\nb" }`, "cards.crls"},
		"no such test root":     {"[cards]\ntest_roots = ['" + absent + "']", "cards.test_roots"},
		"port from here":        {"[printer]\nport = 'ttyUSB0'", "printer.port"},
		"command from here":     {"[forms]\ncommand = ['lp']", "forms.command"},
		"odd baud":              {"[printer]\nport = '/dev/ttyS0'\nbaud = 9601", "printer.baud"},
		"printer without role":  {"[printers.card]\nport = '/dev/ttyS0'\nprofile = 'x'", "printers.card.role"},
		"printer from here":     {"[printers.card]\nrole = 'card'\nport = 'ttyS0'\nprofile = 'x'", "printers.card.port"},
		"printer of no kind":    {"[printers.card]\nrole = 'card'\nport = '/dev/ttyS0'", "printers.card.profile"},
		"printer's odd baud":    {"[printers.card]\nrole = 'card'\nport = '/dev/ttyS0'\nprofile = 'x'\nbaud = 7", "printers.card.baud"},
		"printer's odd name":    {"[printers.'Card 1']\nrole = 'card'\nport = '/dev/ttyS0'\nprofile = 'x'", "printers: "},
		"two of a role":         {"[printers.a]\nrole = 'card'\nport = '/dev/ttyS0'\nprofile = 'x'\n[printers.b]\nrole = 'card'\nport = '/dev/ttyS1'\nprofile = 'x'", "printers.b.role"},
		"two ticket printers":   {"[printer]\nport = '/dev/ttyS0'\n[printers.x]\nrole = 'ticket'\nport = '/dev/ttyS1'\nprofile = 'x'", ".role"},
		"ticket named again":    {"[printer]\nport = '/dev/ttyS0'\n[printers.ticket]\nrole = 'ticket'\nport = '/dev/ttyS1'\nprofile = 'x'", "printers.ticket"},
		"negative baud":         {"[printer]\nport = '/dev/ttyS0'\nbaud = -1", "printer.baud"},
		"no such visit":         {"[booth]\nwithout = ['help']", "booth.without"},
		"no folder of topics":   {"[info]\nfolder = '" + absent + "'", "info.folder"},
		"link without s":        {"[info]\napp = 'http://example.org'", "info.app"},
		"scanner's ending":      {"[scanner]\nport = '/dev/ttyACM0'\nending = 'tab'", "scanner"},
		"portal without s":      {"[info]\nportal = 'http://example.org'", "info.portal"},
		"link too long":         {"[info]\napp = 'https://example.org/" + strings.Repeat("a", 140) + "'", "info.app"},
		"labs at once":          {"[info]\nlabs = '0s'", "info.labs"},
		"half an hour":          {"[info]\nreports = '90m'", "info.reports"},
		"half a day":            {"[info]\npathology = '84h'", "info.pathology"},
		"no such day":           {"[hours]\ndesk = ['ma 08:00-12:00']", "hours.desk"},
		"no such hour":          {"[hours]\nphone = ['mo 08:00-25:00']", "hours.phone"},
		"twice open":            {"[hours]\nbooth = ['mo-fr 08:00-12:00', 'we 11:00-13:00']", "hours.booth"},
		"no such holiday":       {"[hours]\nholidays = ['christmas']", "hours.holidays"},
		"two lines of hours":    {"[hours]\ndesk = [\"mo\\n08:00\"]", "hours.desk"},
		"no device of sound":    {"[speech]\ndevice = ''", "speech.device"},
		"an option of aplay":    {"[speech]\ndevice = '--help'", "speech.device"},
		"input from here":       {"[speech]\ninputs = ['event0']", "speech.inputs"},
		"a key of nothing":      {"[speech]\nkey = 59", "speech.key"},
		"no such key":           {"[speech]\nkey = 70000", "speech.key"},
		"the portal's roots":    {"[portal]\nmay_set = ['cards.test_roots']", "portal.may_set"},
		"the portal's anything": {"[portal]\nmay_set = ['booth.ealry']", "portal.may_set"},
		"credentials from here": {"[portal]\ncredentials = 'portal'", "portal.credentials"},
		"numbers for all":       {"[metrics]\nlisten = '0.0.0.0:9660'", "metrics.certificate"},
		"numbers by name":       {"[metrics]\nlisten = 'localhost:9660'", "metrics.listen"},
		"numbers, no key":       {"[metrics]\nlisten = '0.0.0.0:9660'\ncertificate = '" + example + "'", "metrics.key"},
		"no such CA":            {"[portal]\nca = '" + absent + "'", "portal.ca"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(named(c.text))
			if err == nil || !strings.Contains(err.Error(), c.key) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: want one line that names %s", err, c.key)
			}
		})
	}
}

// named gives a text the name of a hospital, where it does not speak of one: it is
// the one key without a default.
func named(text string) string {
	const name = "[hospital]\nname = 'x'\n"
	if before, after, found := strings.Cut(text, "[hospital]\n"); found && !strings.Contains(after, "name") {
		return before + name + after
	}
	if strings.Contains(text, "hospital") {
		return text
	}
	if strings.HasPrefix(text, "[") {
		return name + text
	}
	return text + "\n" + name
}

// TestNamedAlone: what TestParseRefuses adds is no reason to refuse anything.
func TestNamedAlone(t *testing.T) {
	for _, text := range []string{"", "[booth]\nearly = '90m'", "[hospital]\nphone = '1'", "state_dir = '/a'"} {
		if _, err := Parse(named(text)); err != nil {
			t.Errorf("%q: %v", named(text), err)
		}
	}
}

// TestNoFile: the error says where the example goes, or who may read it.
func TestNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kioskd.toml")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "copy the example") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(path, []byte("[hospital]\nname = ''\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "hospital.name") {
		t.Errorf("%v", err)
	}
}

// TestSave: what is written is read as it was.
func TestSave(t *testing.T) {
	want, err := Load(example)
	if err != nil {
		t.Fatal(err)
	}
	want.Booth.Late = Duration(90 * time.Second)
	path := filepath.Join(t.TempDir(), "kioskd.toml")
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if diff := cmp.Diff(blank(want), blank(got), cmpopts.IgnoreUnexported(Config{})); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestZone: a kiosk has the hospital's time, whatever its own is.
func TestZone(t *testing.T) {
	zone, err := Default().Hospital.Zone()
	if err != nil {
		t.Fatal(err)
	}
	if at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).In(zone).Hour(); at != 14 {
		t.Errorf("noon in summer is %d o'clock", at)
	}
}

// FuzzParse: whatever stands in a file, there is a configuration or one line.
func FuzzParse(f *testing.F) {
	f.Add(read(f, example))
	for _, text := range []string{
		"", "\x00", "[", "[[hospital]]", "hospital = 1", "[hospital]\nname = \"a\\nb\"\nlogo = \"/a\\nb\"", "\"a\\nb\" = 1", "\"\\n\"=", "[\"a\\nb\"]",
		"[hospital]\nname = 'x'\n[cards]\ncrls = \"\\n\"", "[hospital]\nname = 'x'\n[portal]\nca = \"/\\u0000\\n\"", "a = '''\n\n", "[booth]\nearly = \"\\n\"",
		"[hospital]\nname = 'x'\ntime_zone = \"../\\n\"", "[printer]\nbaud = 1e400",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err == nil {
			if wrong := c.check(); len(wrong) > 0 {
				t.Errorf("taken, and yet: %v", wrong)
			}
			return
		}
		if said := err.Error(); said == "" || strings.ContainsAny(said, "\n\r") {
			t.Errorf("not one line: %q", said)
		}
	})
}
