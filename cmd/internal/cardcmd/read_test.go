package cardcmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"balie/cmd/internal/config"
	"balie/hw/eid/eidtest"
)

// TestReadsTheTray: every card is read; the expired one and the forged one are told.
func TestReadsTheTray(t *testing.T) {
	for _, d := range eidtest.Tray() {
		t.Run(d.ID, func(t *testing.T) {
			t.Parallel()
			_, reader := insertAnywhere(t, d)
			want, said := 0, ""
			switch {
			case d.Flaws.Expired:
				want, said = 7, "invalid: validity: the card has expired"
			case d.Flaws.IdentitySignature:
				want, said = 7, "invalid: identity_signature: the card is forged"
			}
			r := run(t, "read", "--reader", reader, "--with", "address,photo,certs", "--genuine", "--trust-test-root", desk.root)
			r.advises(t, want, said)
		})
	}
}

// TestExitCodes is one card or reader for every way in which a read can end.
func TestExitCodes(t *testing.T) {
	flawed := func(f eidtest.Flaws) eidtest.Description { d := an(eidtest.Applet18); d.Flaws = f; return d }
	faulty := func(f eidtest.Faults) eidtest.Description { d := an(eidtest.Applet18); d.Faults = f; return d }
	kid := an(eidtest.Applet18)
	kid.Type, kid.NoAuthentication, kid.NoSignature = "kids-id", true, true
	inactive := make([]eidtest.StatusAt, 0, 8)
	for at := range 8 {
		inactive = append(inactive, eidtest.StatusAt{At: at + 1, SW: 0x6D00})
	}
	trusting := []string{"--trust-test-root", desk.root}
	all := append([]string{"--with", "address,photo,certs", "--genuine"}, trusting...)
	for _, c := range []struct {
		name      string
		card      eidtest.Description
		arguments []string
		code      int
		said      string
	}{
		{"applet 1.1", an(eidtest.Applet11), all, 0, ""},
		{"applet 1.7", an(eidtest.Applet17), all, 0, ""},
		{"applet 1.7, re-keyed", an(eidtest.Applet17EC), all, 0, ""},
		{"applet 1.8", an(eidtest.Applet18), all, 0, ""},
		{"a child's card without certificates", kid, all, 0, ""},
		{"test root not trusted", an(eidtest.Applet18), nil, 7, "chain: nobody known signed the card"},
		{"expired, and the clone of a chip not asked", flawed(eidtest.Flaws{Expired: true, Clone: true}), trusting, 7, "invalid: validity: the card has expired"},
		{"clone", flawed(eidtest.Flaws{Clone: true}), all, 7, "invalid: genuine: the chip is a copy"},
		{"clone, not asked", flawed(eidtest.Flaws{Clone: true}), trusting, 0, ""},
		{"forged identity", flawed(eidtest.Flaws{IdentitySignature: true}), trusting, 7, "invalid: identity_signature: "},
		{"forged address", flawed(eidtest.Flaws{AddressSignature: true}), all, 7, "invalid: address_signature: "},
		{"forged address, not asked", flawed(eidtest.Flaws{AddressSignature: true}), trusting, 0, ""},
		{"another photo", flawed(eidtest.Flaws{Photo: true}), all, 7, "invalid: photo_hash: "},
		{"another chip", flawed(eidtest.Flaws{Chip: true}), trusting, 7, "invalid: chip_number: "},
		{"a root of its own", flawed(eidtest.Flaws{ForeignRoot: true}), trusting, 7, "chain: nobody known"},
		{"pulled at the name", faulty(eidtest.Faults{PullAt: 2}), all, 6, "put the card in again"},
		{"pulled at the photo", faulty(eidtest.Faults{PullAt: 20}), all, 6, "put the card in again"},
		{"mute", faulty(eidtest.Faults{Mute: true}), trusting, 6, "turn it round"},
		{"not active", faulty(eidtest.Faults{Status: inactive}), trusting, 6, "activated"},
		{"worn out", faulty(eidtest.Faults{Status: []eidtest.StatusAt{{At: 1, SW: 0x6581}, {At: 2, SW: 0x6581}}}), trusting, 6, "wipe the chip"},
		{"one lost answer", faulty(eidtest.Faults{CommAt: 5}), all, 0, ""},
		{"no identity on it", flawed(eidtest.Flaws{Gone: []eidtest.Path{eidtest.FileIdentity}}), trusting, 5, "put in a Belgian eID"},
		{"wrong option", an(eidtest.Applet18), []string{"--with", "diary"}, 2, `--with: "diary" is none of address, photo, certs`},
		{"negative wait", an(eidtest.Applet18), []string{"--wait", "-1s"}, 2, "--wait"},
		{"no such root", an(eidtest.Applet18), []string{"--trust-test-root", "nowhere.pem"}, 2, "--trust-test-root"},
		{"no root in it", an(eidtest.Applet18), []string{"--trust-test-root", "read_test.go"}, 2, "no certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, reader := insertAnywhere(t, c.card)
			for _, form := range [][]string{nil, {"--json"}} {
				v.SetFaults(c.card.Faults)
				r := run(t, append(append([]string{"read", "--reader", reader}, c.arguments...), form...)...)
				r.advises(t, c.code, c.said)
				nothingPersonal(t, v, r.stderr)
				if (r.stdout != "") != (c.code == 0 || c.code == 7) {
					t.Errorf("exit %d, and it prints %q", r.code, r.stdout)
				}
				if c.card.Faults.PullAt > 0 {
					break // it is out
				}
			}
		})
	}
}

func TestReaderIsNamed(t *testing.T) {
	insert(t, an(eidtest.Applet18))
	for _, name := range []string{"Virtual PCD 0 00 00", "virtual*0 00 00", "0 00 0"} {
		run(t, "read", "--reader", name, "--trust-test-root", desk.root).advises(t, 0, "")
	}
	run(t, "read", "--reader", "0 00 01", "--wait", "0").advises(t, 4, "no card")
}

func TestNoCardInTime(t *testing.T) {
	some, none, pin := start(t, "read", "--wait", "700ms"), start(t, "read", "--wait", "0"), start(t, "pin", "--wait", "100ms")
	some.end(t).advises(t, 4, "no card within 700ms: put one in")
	none.end(t).advises(t, 4, "no card within 0s")
	pin.end(t).advises(t, 4, "no card within 100ms")
}

func TestCardThatIsPutInLater(t *testing.T) {
	p := start(t, "read", "--wait", "30s", "--trust-test-root", desk.root)
	insert(t, an(eidtest.Applet18))
	p.end(t).advises(t, 0, "")
}

func TestNoReader(t *testing.T) {
	run(t, "read", "--reader", "ACR39U", "--wait", "5s").advises(t, 3, `no reader is called "ACR39U": there are Virtual PCD 0 00 00, Virtual PCD 0 00 01, `)
	restart(t)
	if err := desk.daemon.Readers(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	bothAdvise(t, 3, "no reader: plug one in")
}

func TestServiceGone(t *testing.T) {
	restart(t)
	desk.daemon.Kill()
	bothAdvise(t, 8, "systemctl restart pcscd")
}

// TestServiceHangs: whether there is a reader is not known then.
func TestServiceHangs(t *testing.T) {
	restart(t)
	if err := desk.daemon.Freeze(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desk.daemon.Thaw(); err != nil {
			t.Error(err)
		}
	})
	bothAdvise(t, 8, "it does not answer")
}

// bothAdvise holds read and pin to the same advice.
func bothAdvise(t *testing.T, code int, said string) {
	t.Helper()
	read, pin := start(t, "read", "--wait", "5s"), start(t, "pin", "--wait", "5s")
	read.end(t).advises(t, code, said)
	pin.end(t).advises(t, code, said)
}

// TestServiceKilledInTheMiddle kills pcscd while a slow card is read.
func TestServiceKilledInTheMiddle(t *testing.T) {
	restart(t)
	d := an(eidtest.Applet18)
	d.Faults.SlowMS = 50
	c := insert(t, d)
	begun := make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	c.Trace(func([]byte, []byte) { once() })
	p := start(t, "read", "--with", "address,photo,certs")
	<-begun
	desk.daemon.Kill()
	p.end(t).advises(t, 8, "systemctl restart pcscd")
}

func TestForeignCard(t *testing.T) {
	stranger(t)
	r := run(t, "read", "--json")
	r.advises(t, 5, "not a Belgian identity card")
	run(t, "pin").advises(t, 5, "not a Belgian identity card")
}

// TestClaimedReaders: another program holds both readers for itself.
func TestClaimedReaders(t *testing.T) {
	insert(t, an(eidtest.Applet18))
	c, err := scard.EstablishContext()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Release(); err != nil {
			t.Error(err)
		}
	}()
	k := claim(t, c, desk.daemon.Names()[0])
	r := run(t, "read", "--reader", desk.daemon.Names()[0])
	if err := k.Disconnect(scard.LeaveCard); err != nil {
		t.Error(err)
	}
	r.advises(t, 3, "another program holds the reader for itself: end that program")
}

// claim holds a reader exclusively, as soon as pcscd knows the card in it.
func claim(t *testing.T, c *scard.Context, reader string) *scard.Card {
	t.Helper()
	states := []scard.ReaderState{{Reader: reader}}
	for states[0].EventState&scard.StatePresent == 0 {
		states[0].CurrentState = states[0].EventState &^ scard.StateChanged
		if err := c.GetStatusChange(states, -1); err != nil {
			t.Fatal(err)
		}
	}
	k, err := c.Connect(reader, scard.ShareExclusive, scard.ProtocolT0)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPhotoIsWritten(t *testing.T) {
	t.Parallel()
	c, reader := insertAnywhere(t, an(eidtest.Applet18))
	path := filepath.Join(t.TempDir(), "face.jpg")
	r := run(t, "read", "--reader", reader, "--photo", path, "--json", "--trust-test-root", desk.root)
	r.advises(t, 0, "")
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, c.File(eidtest.FilePhoto)) {
		t.Errorf("it is not the photo of the card: %v", err)
	}
	var said struct {
		Photo  struct{ Bytes int }
		Checks map[string]string
	}
	if err := json.Unmarshal([]byte(r.stdout), &said); err != nil {
		t.Fatal(err)
	}
	if said.Photo.Bytes != len(c.File(eidtest.FilePhoto)) || said.Checks["photo_hash"] != "valid" || said.Checks["address_signature"] != "not_asked" {
		t.Errorf("%+v", said)
	}
	run(t, "read", "--reader", reader, "--photo", filepath.Join(path, "x"), "--trust-test-root", desk.root).advises(t, 1, "writing the photo")
}

func TestNoPhotoToWrite(t *testing.T) {
	t.Parallel()
	d := an(eidtest.Applet18)
	d.Flaws.Gone = []eidtest.Path{eidtest.FilePhoto}
	_, reader := insertAnywhere(t, d)
	path := filepath.Join(t.TempDir(), "face.jpg")
	run(t, "read", "--reader", reader, "--photo", path, "--trust-test-root", desk.root).advises(t, 7, "photo")
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}

// TestTable is what people see.
func TestTable(t *testing.T) {
	t.Parallel()
	_, reader := insertAnywhere(t, an(eidtest.Applet18))
	r := run(t, "read", "--reader", reader, "--with", "address,photo", "--trust-test-root", desk.root)
	r.advises(t, 0, "")
	for _, line := range []string{
		"TEST: a test root is trusted", "Peeterszoon", "Annabella Quirina J", "85073003427", "1985-07-30 Zoutleeuw",
		"Bergdalstraat 17, 3000 Leuven-Vlierbeek", "citizen 1", "2020-02-29 to 2099-12-31", "not asked", reader,
	} {
		if !strings.Contains(r.stdout, line) {
			t.Errorf("%q is not in\n%s", line, r.stdout)
		}
	}
}

// TestReadByRole: the booth's configuration says which reader is whose.
func TestReadByRole(t *testing.T) {
	booth := filepath.Join(t.TempDir(), "kioskd.toml")
	names := desk.daemon.Names()
	text := fmt.Sprintf("[hospital]\nname = 'AZ Voorbeeld'\n[cards]\nreader = %q\ndesk_reader = %q\n", names[0], names[1])
	if err := os.WriteFile(booth, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	insertInto(t, 1, eidtest.Description{Given: "Clerk", Family: "Desk"})
	for _, c := range []struct {
		role string
		code int
		says string
	}{
		{"desk", 0, names[1]},
		{"patient", 4, "no card"},
		{"parent", 2, "neither patient nor desk"},
	} {
		r := run(t, "read", "--role", c.role, "--config", booth, "--wait", "1s", "--trust-test-root", desk.root)
		if r.code != c.code || !strings.Contains(r.stdout+r.stderr, c.says) {
			t.Errorf("%s: it ends with %d and says %s%s", c.role, r.code, r.stdout, r.stderr)
		}
	}
	if r := run(t, "read", "--role", "desk", "--reader", "x"); r.code != 2 {
		t.Errorf("with both it ends with %d and says %s", r.code, r.stderr)
	}
}

// TestReadImages: cards that are nothing but their files, as they came, and with one
// byte of one file changed, behind the real pcscd.
func TestReadImages(t *testing.T) {
	for _, a := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17EC} {
		c, err := desk.pki.Mint(eidtest.Description{Given: "Nora", Family: "Specimen", Birth: "1971-01-01", Applet: a})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct {
			file  eidtest.Path
			check string
			code  int
		}{
			{"", "", 0},
			{eidtest.FileIdentity, "identity_signature", 7},
			{eidtest.FileAddress, "address_signature", 7},
			{eidtest.FileAddressSignature, "address_signature", 7},
			{eidtest.FileIdentitySignature, "identity_signature", 7},
			{eidtest.FilePhoto, "photo_hash", 7},
			{eidtest.FileRRN, "chain", 7},
		} {
			t.Run(fmt.Sprintf("%s, %q changed", a, string(want.file)), func(t *testing.T) {
				t.Parallel()
				name := insertImage(t, imageOf(t, c, want.file))
				r := run(t, "read", "--reader", name, "--json", "--with", "address,photo", "--genuine", "--trust-test-root", desk.root)
				var got struct {
					Applet string
					Checks map[string]string
				}
				if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.code != want.code || want.check != "" && got.Checks[want.check] != "invalid" {
					t.Errorf("it ends with %d and says %v; %v, %s", r.code, got.Checks, err, r.stderr)
				}
				if want.code == 0 && (got.Checks["genuine"] != "absent" || got.Checks["chain"] != "test" || got.Applet != string(a[:3])) {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

// imageOf is a card's files, one of them with a byte changed, in a JSON file.
func imageOf(t *testing.T, c *eidtest.Card, changed eidtest.Path) string {
	t.Helper()
	files := map[string][]byte{}
	for _, p := range []eidtest.Path{
		eidtest.FileCA, eidtest.FileRoot, eidtest.FileRRN, eidtest.FileIdentity, eidtest.FileIdentitySignature,
		eidtest.FileAddress, eidtest.FileAddressSignature, eidtest.FilePhoto,
	} {
		files[string(p)] = c.File(p)
		if p == changed {
			files[string(p)][30] ^= 0x01
		}
	}
	text, err := json.Marshal(map[string]any{"files": files}) // []byte is base64
	path := filepath.Join(t.TempDir(), "card.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// insertImage puts a card of files into a reader that no other test uses, until the
// test ends.
func insertImage(t *testing.T, path string) (reader string) {
	t.Helper()
	i, err := eidtest.ReadImage(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := i.Card("image")
	if err != nil {
		t.Fatal(err)
	}
	n := <-desk.free
	t.Cleanup(func() { desk.free <- n })
	return put(t, n, c)
}

// TestRevoked: a card whose RRN certificate the state took back is read, and its chain
// is invalid; by the folder that is named, and by the one of the booth's configuration.
func TestRevoked(t *testing.T) {
	t.Parallel()
	_, reader := insertAnywhere(t, an(eidtest.Applet18))
	dir := t.TempDir()
	list, err := desk.pki.RevokeRRN(eidtest.Applet18, time.Now(), true)
	if err != nil {
		t.Fatal(err)
	}
	booth := config.Default()
	booth.Hospital.Name, booth.Cards.Reader, booth.Cards.CRLs = "AZ Voorbeeld", reader, dir
	file := filepath.Join(t.TempDir(), "kioskd.toml")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "rrn.crl"), list, 0o600), booth.Save(file)); err != nil {
		t.Fatal(err)
	}
	for _, which := range [][]string{{"--reader", reader, "--crls", dir}, {"--role", "patient", "--config", file}} {
		r := run(t, append([]string{"read", "--json", "--trust-test-root", desk.root}, which...)...)
		if r.code != 7 || !strings.Contains(r.stdout, `"chain": "invalid"`) {
			t.Errorf("%v: exit %d, %s", which, r.code, r.stderr)
		}
	}
	run(t, "read", "--reader", reader, "--crls", filepath.Join(dir, "none")).advises(t, 2, "--crls: ")
}
