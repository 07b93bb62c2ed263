package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
)

// badge is what Kaat's holds.
const badge = "00112233445566778899aabbccddeeff"

// employs puts two clerks on the staff list of the portal: Kaat by her badge, and Karim by
// his own card, whose certificate is read as a technician does.
func (r *rig) employs() {
	r.t.Helper()
	r.must(r.Insert(r.t.Context(), 1, "karim"))
	read := exec.CommandContext(r.t.Context(), filepath.Join(bin, "kioskctl"), "card", "read", "--with", "certs", "--json", "--reader", "00 01")
	read.Env = append(os.Environ(), r.DaemonEnv()...)
	said, _ := read.Output() // it says that it does not know who signed the card
	var card struct {
		Certificates struct {
			Authentication []byte `json:"authentication"`
		} `json:"certificates"`
	}
	r.must(json.Unmarshal(said, &card))
	r.must(r.Pull(r.t.Context(), 1))
	cert, file := filepath.Join(r.dir, "karim.der"), filepath.Join(r.dir, "staff.json")
	r.must(os.WriteFile(cert, card.Certificates.Authentication, 0o600))
	r.must(os.WriteFile(file, []byte(`[{"id": "kaat", "name": "Kaat", "role": "desk", "badge": "`+badge+`"},
		{"id": "karim", "name": "Karim", "role": "desk", "certificate": "`+cert+`"}]`), 0o600))
	r.must(r.Portald(r.t.Context(), "staff", file))
}

// keys types on the keyboard, presses a key, and waits for what is to be read then.
func (v *visitor) keys(text, key, title string) {
	v.r.t.Helper()
	v.r.must(v.Keys(text, key))
	v.reads(title)
}

// fetch gets a page.
func fetch(url string) (string, error) {
	resp, err := http.Get(url)
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(resp.Body)
	return string(page), errors.Join(err, resp.Body.Close())
}

// links is how many rows with all of these the portal's page of links has.
func (r *rig) links(words ...string) (n int) {
	page, err := fetch(r.PortalURL + "/staff/")
	if err != nil {
		return 0
	}
	for _, row := range strings.Split(page, "<tr>") {
		found := true
		for _, word := range words {
			found = found && strings.Contains(row, word)
		}
		if found {
			n++
		}
	}
	return n
}

// TestDesk is a clerk at a booth with one screen, by the keyboard alone: she takes the
// screen, links a child, parts the two again, links while the portal is away, and gives
// the screen back to the patients. What she did is in the audit trail, and her badge is in
// no log.
func TestDesk(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, func(c *config.Config) { c.Desk.On, c.Cards.PIN = true, "screen" }, func(o *desk.Options) { o.Readers = 2 })
	v := r.visitor()
	v.sees("welcome")
	r.employs()
	v.sees("welcome")

	v.keys("", "F9", "Medewerkers: aanmelden")
	v.keys(strings.Repeat("00", 16), "Enter", "Niet herkend.")
	v.keys(badge, "Enter", "Wat wilt u doen?")
	if s, err := r.Control().Status(t.Context()); err != nil || len(s.Out) > 0 {
		t.Errorf("with a clerk at work the booth is out of order: %v, %v", s.Out, err)
	}
	v.keys("", "1", "Een kind koppelen")
	r.insert("lucas")
	v.reads("Lucas P.")
	r.must(r.Insert(t.Context(), 1, "an"))
	v.reads("An P. is ouder van Lucas P.")
	r.must(v.Mark("0"))
	r.must(v.Mark("1"))
	v.keys("", "Enter", "ekoppeld") // or asked for, where the machine is slow
	v.reads("05/03/2032")
	r.until("the link is at the portal", func(context.Context) bool { return r.links("kaat", "birth-certificate", "gekoppeld") == 1 })
	if p := r.paper(1); !strings.Contains(p.Text, "Lucas Jan Peeters") || !strings.Contains(p.Text, "05/03/2032") || strings.Contains(p.Text, "Bondgenotenlaan") {
		t.Errorf("the paper says\n%s", p.Text)
	}
	v.reads("Neem uw blad uit de printer.") // what is pressed on a screen before that does nothing

	v.keys("", "Enter", "Wat wilt u doen?")
	v.keys("", "2", "ziet het dossier van Lucas P. niet meer")
	v.keys("", "Enter", "eëindigd")
	r.until("the link has ended at the portal", func(context.Context) bool { return r.links("kaat", "ontkoppeld") == 1 })
	v.keys("", "Enter", "Wat wilt u doen?")

	v.careFor()

	r.must(r.PortalDown(t.Context(), true))
	v.keys("", "1", "An P. is ouder van Lucas P.")
	r.must(v.Mark("0"))
	r.must(v.Mark("3"))
	v.keys("", "Enter", "Gevraagd, nog niet gekoppeld")
	r.must(r.PortalDown(t.Context(), false))
	r.delivered()
	if r.links("kaat", "court-order", "gekoppeld") != 1 {
		t.Error("what was requested did not come")
	}

	v.keys("", "Enter", "Wat wilt u doen?")
	r.must(v.Keys("", "F9"))
	v.sees("notice:take-card") // the patients are not checked in by what a clerk left in
	r.must(r.Pull(t.Context(), 1))
	r.pull()
	v.sees("welcome")

	v.keys("", "F9", "Medewerkers: aanmelden")
	r.must(r.Insert(t.Context(), 1, "karim"))
	v.sees("pin")
	v.keys(pin, "Enter", "Wat wilt u doen?")
	v.reads("Karim")
	r.must(v.Keys("", "F9"))
	v.sees("notice:take-card")
	r.must(r.Pull(t.Context(), 1))
	v.sees("welcome")
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	r.pull()
	r.audited()
	for _, line := range r.all() {
		if strings.Contains(line, badge) || strings.Contains(line, "Peeters") {
			t.Errorf("the log says who: %s", line)
		}
	}
}

var printedNumber = regexp.MustCompile(`\b(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}\b`)

// careFor is a patient from abroad, whom the clerk types from a passport: a code card that
// lets them in at the portal, a new password, and the card lost and blocked.
func (v *visitor) careFor() {
	r := v.r
	r.t.Helper()
	begins := func(task, next string) {
		v.keys("", task, "Zonder chipkaart: nummer en geboortedatum")
		v.keys("", "1", "Typ over van het document")
		r.must(v.Keys("E1000000008", "Tab"))
		v.keys("03021991", "Enter", "Welk document hebt u gezien?")
		v.keys("", "1", next)
	}
	begins("6", "Een codekaart maken?")
	v.keys("", "Enter", "De patiënt typt code")
	card := codeCard{user: "E1000000008", codes: map[int]string{}}
	paper := r.lastPaper()
	for _, found := range printedCode.FindAllStringSubmatch(paper, -1) {
		number, _ := strconv.Atoi(found[1]) // digits
		card.codes[number] = found[2]
	}
	seen, err := v.Look()
	r.must(err)
	asked, _ := strconv.Atoi(askedCode.FindStringSubmatch(seen.Text)[1]) // digits
	v.keys(card.codes[asked], "Enter", "De codekaart ")
	slip := r.lastPaper()
	card.password = printedPassword.FindString(slip)
	if !strings.Contains(slip, card.user) {
		r.t.Errorf("the slip does not name the user:\n%s", slip)
	}
	r.logsIn("a card that a clerk made", card, "")
	v.keys("", "Enter", "Wat wilt u doen?")

	begins("4", "Een nieuw wachtwoord drukken?")
	v.keys("", "Enter", "Het nieuwe wachtwoord geldt")
	before := card.password
	if card.password = printedPassword.FindString(r.lastPaper()); card.password == before {
		r.t.Error("the new password is the old one")
	}
	r.logsIn("with the new password", card, "")
	v.keys("", "Enter", "Wat wilt u doen?")

	begins("3", "De codekaart blokkeren?")
	v.keys("", "Enter", "eblokkeerd")
	r.delivered()
	v.keys("", "Enter", "Wat wilt u doen?")
	v.keys("", "7", "Wat werd er van deze codekaart?")
	v.keys(printedNumber.FindString(paper), "Enter", "De kaart is geblokkeerd")
	v.keys("", "Enter", "Wat wilt u doen?")
	r.noSecretsOf(card)
}

// audited holds the audit trail of TestDesk.
func (r *rig) audited() {
	r.t.Helper()
	list, err := r.Control().Audit(r.t.Context(), 100)
	r.must(err)
	var whats []string
	for _, record := range list {
		whats = append(whats, record.Clerk+" "+record.What)
	}
	if got := strings.Join(whats, ", "); got != "karim sign-out-by-clerk, karim sign-in, kaat sign-out-by-clerk, kaat link, kaat card-blocked, kaat set-password, kaat card-issued, kaat reserve-card, kaat unlink, kaat link, kaat sign-in,  sign-in-refused" {
		r.t.Errorf("the audit trail is %s", got)
	}
	var heads []string // as the portal was told them
	for _, line := range r.all() {
		if _, head, found := strings.Cut(line, `msg="audit head" kiosk=K1 head=`); found {
			heads = append(heads, head)
		}
	}
	if len(heads) == 0 {
		r.t.Fatal("the portal knows no head of the audit trail")
	}
	verdict, err := r.Control().VerifyAudit(r.t.Context(), heads...)
	if err != nil || verdict.Why != "" || verdict.Records != 12 {
		r.t.Errorf("%+v, %v", verdict, err)
	}
}
