package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/sync/identity"
	"balie/sync/overrides"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a portald that runs, and the PKI of the cards that it believes.
type desk struct {
	t     testing.TB
	dir   string
	state string
	db    string
	pki   *eidtest.PKI
	place place

	mu  sync.Mutex // guards log
	log bytes.Buffer
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	dir := t.TempDir()
	pki, err := eidtest.NewPKI()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "root.pem"), pki.RootPEM(), 0o600))
	return &desk{t: t, dir: dir, state: filepath.Join(dir, "state"), db: filepath.Join(dir, "portal.db"), pki: pki}
}

// start runs portald until stop, which gives its exit code.
func (d *desk) start(more ...string) (stop func() int) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	args := append([]string{"--listen", "127.0.0.1:0", "--kiosks", "127.0.0.1:0", "--db", d.db, "--state-dir", d.state}, more...)
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, args, io.Discard, writer)
		_ = writer.Close()
	}()
	listens, ended := make(chan struct{}), make(chan struct{})
	go d.read(reader, listens, ended)
	select {
	case <-listens:
	case <-ended:
		d.t.Fatalf("portald ended with %d:\n%s", <-code, d.logged())
	}
	raw, err := os.ReadFile(portaldPath(d.state))
	must(d.t, err)
	must(d.t, json.Unmarshal(raw, &d.place))
	return sync.OnceValue(func() int {
		cancel()
		<-ended
		return <-code
	})
}

func (d *desk) read(r io.Reader, listens, ended chan struct{}) {
	defer close(ended)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		d.mu.Lock()
		d.log.WriteString(lines.Text() + "\n")
		d.mu.Unlock()
		if strings.Contains(lines.Text(), "portal listens") {
			close(listens)
		}
	}
}

func (d *desk) logged() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

// run runs a command of portald on the desk's portal.
func (d *desk) run(args ...string) (stdout string) {
	d.t.Helper()
	var out, stderr bytes.Buffer
	if code := execute(context.Background(), append(args, "--db", d.db, "--state-dir", d.state), &out, &stderr); code != exitOK {
		d.t.Fatalf("%v ended with %d: %s", args, code, stderr.String())
	}
	return out.String()
}

var tokenLine = regexp.MustCompile(`(?m)^token +(\S+)$`)

// invite makes a token as it is printed.
func (d *desk) invite(kiosk string, more ...string) portal.Token {
	d.t.Helper()
	out := d.run(append([]string{"kiosk", "add", kiosk}, more...)...)
	found := tokenLine.FindStringSubmatch(out)
	if found == nil {
		d.t.Fatalf("kiosk add says %s", out)
	}
	token, err := portal.ParseToken(found[1])
	must(d.t, err)
	return token
}

// enrol lets a kiosk in and gives who it is, and its client.
func (d *desk) enrol(kiosk string) (*identity.Identity, *portal.Client) {
	d.t.Helper()
	o := identity.Options{Dir: filepath.Join(d.dir, kiosk), Keys: identity.Keyring{identity.Files()}, URL: d.place.URL}
	must(d.t, identity.Enrol(context.Background(), identity.EnrolOptions{Options: o, Token: d.invite(kiosk)}))
	who, err := identity.Open(o)
	must(d.t, err)
	return who, d.client(who)
}

func (d *desk) client(who *identity.Identity) *portal.Client {
	d.t.Helper()
	client, err := who.Client()
	must(d.t, err)
	d.t.Cleanup(client.Close)
	return client
}

// proof is what the card of someone of the tray gives to a kiosk.
func (d *desk) proof(id string) portal.Proof {
	d.t.Helper()
	for _, description := range eidtest.Tray() {
		if description.ID == id {
			return d.proofOf(description)
		}
	}
	d.t.Fatalf("no %s in the tray", id)
	return portal.Proof{}
}

func (d *desk) proofOf(description eidtest.Description) portal.Proof {
	d.t.Helper()
	card, err := d.pki.Mint(description)
	must(d.t, err)
	trust, err := eid.NewTrust(eid.TrustOptions{})
	must(d.t, err)
	record, err := eid.Read(d.t.Context(), card, trust, eid.Want{Genuine: true}, nil)
	must(d.t, err)
	p := record.Proof
	return portal.Proof{
		Identity: p.Identity, Signature: p.Signature, RRN: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}
}

// checkIn is the action of a check-in.
func checkIn(t testing.TB, who *identity.Identity, counter uint64, appointment string, p portal.Proof) api.Action {
	t.Helper()
	keys, err := who.Keys().Verify(who.Root())
	must(t, err)
	now := time.Now()
	body, err := portal.CheckIn{Appointment: appointment, Ticket: "A001", Proof: p, Document: "1", ReadAt: now}.Body()
	must(t, err)
	id := uuid.Must(uuid.NewV7())
	sealed, err := keys.Keys[0].Seal(seal.Context{Kiosk: who.Kiosk(), Action: id.String(), Counter: counter, Type: portal.TypeCheckIn}, body)
	must(t, err)
	return api.Action{Id: id, Counter: counter, Type: portal.TypeCheckIn, OccurredAt: now, Test: true, KeyId: keys.Keys[0].ID, Sealed: sealed}
}

func (d *desk) checkIns() (list []reference.CheckIn) {
	d.t.Helper()
	resp, err := http.Get(d.place.Staff + "checkins.json")
	must(d.t, err)
	defer resp.Body.Close()
	must(d.t, json.NewDecoder(resp.Body).Decode(&list))
	return list
}

// stored is the database as it lies on disk.
func (d *desk) stored() (text string) {
	d.t.Helper()
	files, err := filepath.Glob(d.db + "*")
	must(d.t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(d.t, err)
		text += string(raw)
	}
	return text
}

// The demo has for each card of the tray what a booth must tell apart.
func TestTheTrayAtTheDemo(t *testing.T) {
	d := newDesk(t)
	stop := d.start("--seed", "demo", "--trust-test-root", filepath.Join(d.dir, "root.pem"))
	defer stop()
	_, client := d.enrol("K1")
	want := map[string]struct {
		appointments int
		err          error
	}{
		"an": {2, nil}, "jef": {1, nil}, "elise": {1, nil}, "lucas": {1, nil}, "hugo": {1, nil}, "karim": {0, nil},
		"nele": {0, portal.ErrCardRefused}, "marta": {0, portal.ErrPatientUnknown},
	}
	for _, description := range eidtest.Tray() {
		list, err := client.Appointments(t.Context(), d.proofOf(description))
		w, known := want[description.ID]
		if !known || len(list) != w.appointments || !errors.Is(err, w.err) {
			t.Errorf("%s: %d appointments, %v", description.ID, len(list), err)
		}
		for _, a := range list {
			if a.CheckedIn != (description.ID == "elise") || a.CheckedIn != (a.Ticket != "") {
				t.Errorf("%s: %+v", description.ID, a)
			}
		}
	}
	// nele's card is forged; were it not, she would have one.
	honest := eidtest.Description{}
	for _, description := range eidtest.Tray() {
		if description.ID == "nele" {
			honest = description
		}
	}
	honest.Flaws = eidtest.Flaws{}
	if list, err := client.Appointments(t.Context(), d.proofOf(honest)); err != nil || len(list) != 1 {
		t.Errorf("nele with a good card: %d, %v", len(list), err)
	}
}

func TestACheckInArrivesOnce(t *testing.T) {
	d := newDesk(t)
	stop := d.start("--seed", "demo", "--trust-test-root", filepath.Join(d.dir, "root.pem"))
	defer stop()
	who, client := d.enrol("K1")
	an := d.proof("an")
	list, err := client.Appointments(t.Context(), an)
	must(t, err)
	a := checkIn(t, who, 1, list[0].Id, an)
	send := func(want api.ActionResultStatus, code string) {
		t.Helper()
		results, err := client.Send(t.Context(), []api.Action{a})
		if err != nil || len(results) != 1 || results[0].Status != want || results[0].Code != code {
			t.Errorf("%+v, %v, want %s %s", results, err, want, code)
		}
	}
	send(api.Accepted, "")
	send(api.Duplicate, "")
	// A restart forgets nothing, and dates nothing anew that was checked in.
	if code := stop(); code != exitOK {
		t.Fatalf("ended with %d", code)
	}
	stop = d.start("--seed", "demo", "--trust-test-root", filepath.Join(d.dir, "root.pem"))
	defer stop()
	who, err = identity.Open(identity.Options{Dir: filepath.Join(d.dir, "K1"), Keys: identity.Keyring{identity.Files()}, URL: d.place.URL})
	must(t, err)
	client = d.client(who)
	send(api.Duplicate, "")
	a = checkIn(t, who, 2, list[0].Id, an)
	send(api.Accepted, "already-checked-in")
	again, err := client.Appointments(t.Context(), an)
	must(t, err)
	if !again[0].CheckedIn || again[0].Ticket != "A001" || !again[0].Start.Equal(list[0].Start) {
		t.Errorf("%+v", again[0])
	}
	seen := d.checkIns()
	if len(seen) != 2 || seen[1].Outcome != "accepted" || seen[0].Outcome != "already-checked-in" || !seen[0].Test || seen[1].Appointment != list[0].Id {
		t.Errorf("%+v", seen)
	}
	self, err := client.Self(t.Context())
	if err != nil || self.Kiosk != "K1" || self.LastCounter != 2 {
		t.Errorf("%+v, %v", self, err)
	}
	told := d.logged() + d.stored()
	for _, canary := range []string{"84051799897", "Peeters"} {
		if strings.Contains(told, canary) {
			t.Errorf("log or database tells %q", canary)
		}
	}
	if !strings.Contains(told, a.Id.String()) || !strings.Contains(told, "POST /v1/actions") {
		t.Error("the test looks in the wrong place")
	}
}

func TestTheBenchTurnsThePortalOff(t *testing.T) {
	d := newDesk(t)
	stop := d.start("--bench")
	defer stop()
	_, client := d.enrol("K1")
	for _, on := range []bool{true, false} {
		body, err := json.Marshal(map[string]bool{"on": on})
		must(t, err)
		resp, err := http.Post(strings.TrimSuffix(d.place.Staff, "staff/")+"bench/down", "application/json", bytes.NewReader(body))
		if err != nil || resp.StatusCode != http.StatusNoContent || resp.Body.Close() != nil {
			t.Fatalf("%v, %v", resp, err)
		}
		_, err = client.Self(t.Context())
		_, health := client.Health(t.Context())
		if on != errors.Is(err, portal.ErrAway) || on != errors.Is(health, portal.ErrAway) {
			t.Errorf("down %v: %v, %v", on, err, health)
		}
	}
}

func TestAKioskIsStoppedAndGoesOn(t *testing.T) {
	d := newDesk(t)
	stop := d.start()
	defer stop()
	_, client := d.enrol("K1")
	for _, step := range []struct {
		command string
		want    error
	}{{"stop", portal.ErrStopped}, {"resume", nil}} {
		d.run("kiosk", step.command, "K1")
		if _, err := client.Self(t.Context()); !errors.Is(err, step.want) {
			t.Errorf("after %s: %v", step.command, err)
		}
	}
}

// What is set while portald runs, the kiosk is given at its next call.
func TestOverrides(t *testing.T) {
	d := newDesk(t)
	stop := d.start()
	defer stop()
	who, client := d.enrol("K1")
	d.run("override", "set", "booth.idle", `"90s"`)
	d.run("override", "set", "booth.idle", `"60s"`, "--kiosk", "K1")
	d.run("override", "set", "booth.name", `""`)
	d.run("override", "unset", "booth.name")
	if out := d.run("override", "list", "--kiosk", "K1"); !strings.Contains(out, "booth.idle  kiosk  \"60s\"\n") || strings.Contains(out, "name") {
		t.Errorf("list says\n%s", out)
	}
	k, err := overrides.Open(overrides.Options{Path: filepath.Join(t.TempDir(), "x"), Kiosk: "K1", Root: who.Root(), Portal: client})
	must(t, err)
	if changed, err := k.Fetch(t.Context()); err != nil || !changed || k.Current().TOML() != "booth.idle = \"60s\"\n" {
		t.Errorf("the kiosk has %q, %v", k.Current().TOML(), err)
	}
	must(t, who.Retire(t.Context(), 0, 0))
	if out := d.run("kiosk", "list"); !strings.Contains(out, " retired ") {
		t.Errorf("list says\n%s", out)
	}
}

// Each way to be called wrongly gives one line, with what to do, and its code.
func TestBadCalls(t *testing.T) {
	d := newDesk(t)
	stop := d.start()
	defer stop()
	taken := strings.TrimSuffix(strings.TrimPrefix(d.place.Staff, "http://"), "/staff/")
	file := filepath.Join(d.dir, "file")
	must(t, os.WriteFile(file, []byte("not a folder, and no certificate"), 0o600))
	other := filepath.Join(d.dir, "other")
	_, err := reference.OpenSecrets(other)
	must(t, err)
	free := func() string { return filepath.Join(t.TempDir(), "state") }
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown flag":       {[]string{"--nonsense"}, exitUsage, "--help"},
		"argument":           {[]string{"nonsense"}, exitUsage, "--help"},
		"address":            {[]string{"--listen", "nowhere"}, exitUsage, "127.0.0.1:8640"},
		"beyond loopback":    {[]string{"--listen", "0.0.0.0:0", "--state-dir", free()}, exitUsage, "--tls-cert"},
		"half a TLS":         {[]string{"--tls-cert", file}, exitUsage, "--tls-key"},
		"seed":               {[]string{"--seed", "real"}, exitUsage, "demo"},
		"lookups":            {[]string{"--lookups-per-minute", "0"}, exitUsage, "6000"},
		"no root":            {[]string{"--trust-test-root", file}, exitUsage, "no certificate"},
		"root missing":       {[]string{"--trust-test-root", file + "-not"}, exitUsage, "no such file"},
		"port taken":         {[]string{"--listen", taken, "--kiosks", "127.0.0.1:0", "--state-dir", free()}, exitAddress, "--listen"},
		"state is a file":    {[]string{"--state-dir", filepath.Join(file, "x"), "--db", file + ".db"}, exitState, "--state-dir"},
		"state held":         {[]string{"--listen", "127.0.0.1:0", "--state-dir", d.state, "--db", d.db}, exitState, "another --state-dir"},
		"other secrets":      {[]string{"--listen", "127.0.0.1:0", "--state-dir", other, "--db", d.db}, exitState, "another --db"},
		"no folder for db":   {[]string{"--state-dir", free(), "--db", filepath.Join(d.dir, "missing", "x.db")}, exitDatabase, "is it there"},
		"not a database":     {[]string{"--state-dir", free(), "--db", file}, exitDatabase, "left as it is"},
		"no PostgreSQL":      {[]string{"--state-dir", free(), "--db", "postgres://balie:hunter2@127.0.0.1:1/x"}, exitDatabase, "is it there"},
		"add whom":           {[]string{"kiosk", "add"}, exitUsage, "arg"},
		"add an odd id":      {[]string{"kiosk", "add", "k 1", "--state-dir", d.state, "--db", d.db}, exitUsage, "capital"},
		"add for ever":       {[]string{"kiosk", "add", "K1", "--valid", "9999h", "--state-dir", d.state, "--db", d.db}, exitUsage, "720h"},
		"stop an unknown":    {[]string{"kiosk", "stop", "K9", "--state-dir", d.state, "--db", d.db}, exitUsage, "not enrolled"},
		"wipe an unknown":    {[]string{"kiosk", "wipe", "K9", "--state-dir", d.state, "--db", d.db}, exitUsage, "not enrolled"},
		"confirm an unknown": {[]string{"kiosk", "confirm", "K9", "0000", "--state-dir", d.state, "--db", d.db}, exitUsage, "kioskctl"},
		"kiosks' port taken": {[]string{"--listen", "127.0.0.1:0", "--kiosks", taken, "--state-dir", free()}, exitAddress, "--kiosks"},
		"kiosks' address":    {[]string{"--kiosks", "nowhere", "--state-dir", free()}, exitUsage, "0.0.0.0:8641"},
		"terminator":         {[]string{"--terminator", "proxy", "--state-dir", free()}, exitUsage, "10.1.2.0/24"},
		"certificate's days": {[]string{"--certificate-days", "0", "--state-dir", free()}, exitUsage, "825"},
		"a setting of none":  {[]string{"override", "set", "a", "1", "--kiosk", "K9", "--state-dir", d.state, "--db", d.db}, exitUsage, "not enrolled"},
		"no setting":         {[]string{"override", "set", "a", "x y", "--state-dir", d.state, "--db", d.db}, exitUsage, "not a setting"},
		"an empty setting":   {[]string{"override", "set", "a", "", "--state-dir", d.state, "--db", d.db}, exitUsage, "empty"},
		"a key of no portal": {[]string{"new-key", "--state-dir", free()}, exitState, "--state-dir"},
		"newer than we are":  {[]string{"--state-dir", free(), "--db", newer(t)}, exitDatabase, "newer"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := execute(t.Context(), tt.args, &stdout, &stderr)
			line := stderr.String()
			if code != tt.code || strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "portald: ") || !strings.Contains(line, tt.says) || strings.Contains(line, "hunter2") {
				t.Errorf("ended with %d, want %d:\n%s", code, tt.code, line)
			}
		})
	}
}

// newer is a database that a later portald wrote.
func newer(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newer.db")
	store, err := reference.OpenStore(t.Context(), path)
	must(t, err)
	must(t, store.Close())
	db := openSQLite(t, path)
	_, err = db.Exec("INSERT INTO schema_version (version, readable_by, name, applied_at) VALUES (900, 900, 'later', '')")
	must(t, errors.Join(err, db.Close()))
	return path
}

func TestHelpTellsExitCodes(t *testing.T) {
	var out bytes.Buffer
	if code := execute(t.Context(), []string{"--help"}, &out, io.Discard); code != exitOK {
		t.Fatalf("ended with %d", code)
	}
	for _, word := range []string{"Exit codes", "  5  ", "portald kiosk add", "Client-Cert", "--trust-test-root", "portald.json", "/bench/down"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("help does not tell of %q", word)
		}
	}
}
