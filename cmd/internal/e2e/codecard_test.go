package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
	"balie/hw/barcode/barcodetest"
)

// codeCard is what someone has on paper.
type codeCard struct {
	user, password string
	codes          map[int]string
}

var (
	printedCode     = regexp.MustCompile(`\b(\d{1,2})[. ]+([0-9A-HJKMNP-TV-Z]{6})\b`)
	printedPassword = regexp.MustCompile(`\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b`)
	askedCode       = regexp.MustCompile(`code (\d+)`)
)

// TestCodeCards makes code cards at a booth that runs, and logs in at the portal with what
// was printed. A card that is not issued lets nobody in, however far it came.
func TestCodeCards(t *testing.T) {
	t.Parallel()
	wand, err := barcodetest.NewWand(filepath.Join(t.TempDir(), "scanner"))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, 3, func(c *config.Config) { c.Cards.PIN, c.Scanner.Port = "screen", wand.Path() })
	v := r.visitor()
	v.sees("welcome")

	first := v.makesCard(0)
	if r.inMemory(first.codes[1]) == 0 {
		t.Error("while a card is made its codes are not found: the search looks in the wrong place")
	}
	v.typesCode(first)
	// A portal on a busy machine may take its time to hash 24 codes.
	if seen := v.sees("notice:code-issued", "notice:code-issued-soon"); !strings.Contains(seen.Text, "werkt") {
		t.Errorf("at the end it says\n%s", seen.Text)
	}
	first.password = printedPassword.FindString(r.lastPaper())
	if papers := r.papers(); len(papers) != 2 || first.password == "" || strings.Contains(papers[1].Text, desk.CrowdNumber(0)) {
		t.Fatalf("of the card and the slip, %d papers are there", len(papers))
	}
	r.logsIn("a card that was issued", first, "")
	r.pull()
	v.sees("welcome")
	r.forgets(first)

	// A second one, which its holder cannot read: it is void, and the first one stays.
	second := v.makesCard(0)
	v.presses("cannot-read")
	v.sees("notice:code-illegible")
	r.pull()
	v.sees("welcome")
	r.delivered()
	r.forgets(second)
	second.user, second.password = first.user, first.password
	r.logsIn("a card that is void", second, "code-wrong")
	r.logsIn("the card before it", first, "")

	// Killed between every two steps: whatever the screen said, nobody logs in with it.
	for _, until := range []string{"code-new", "code-back"} {
		v.toCard(1)
		if until == "code-back" {
			v.presses("make-card")
			v.sees("ask")
			v.reads("Typ code")
		}
		r.must(r.Kill("kioskd"))
		r.pullUnseen()
		r.must(r.StartDaemon(t.Context()))
		v.sees("welcome")
		r.delivered()
	}

	r.loses(v, first)
	r.holderHas(v)

	r.comesByLetter(v, wand)
	r.calls(v)

	s, err := r.Control().Status(t.Context())
	if r.must(err); s.Queue.Parked != 0 {
		t.Errorf("%d actions are parked", s.Queue.Parked)
	}
	r.noSecretsOf(first, second)
}

// loses blocks a card: with the identity card at once, and without it with the same words.
func (r *rig) loses(v *visitor, card codeCard) {
	r.t.Helper()
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	v.presses("more")
	v.presses("block")
	v.presses("block-now")
	v.sees("notice:block-done")
	v.presses("print")
	r.until("the slip says so", func(context.Context) bool { return strings.Contains(r.lastPaper(), "Codekaart geblokkeerd") })
	r.pull()
	v.sees("welcome")
	r.logsIn("a card that is blocked", card, "no-active-card")
	v.presses("block")
	r.must(v.Press("block-by", "name"))
	r.must(v.Fill("user", desk.CrowdNumber(2)))
	v.presses("block-now")
	r.must(v.Fill("birth", "03011960"))
	v.presses("block-now")
	v.sees("notice:block-typed")
	v.presses("stop")
	v.sees("welcome")
}

// comesByLetter checks Jef in, who has no card with him and holds the letter of his
// appointment to the scanner.
func (r *rig) comesByLetter(v *visitor, wand *barcodetest.Wand) {
	r.t.Helper()
	jefs := "BALIE-" + time.Now().In(brussels(r.t)).Format("20060102") + "-3\r\n"
	r.must(wand.Send([]byte(jefs)))
	v.reads("Wanneer bent u geboren?")
	r.must(v.Fill("birth", "02111951"))
	v.presses("letter")
	v.sees("confirm")
	v.presses("confirm")
	v.sees("done")
	v.presses("stop")
	v.sees("welcome")

}

// calls calls the staff.
func (r *rig) calls(v *visitor) {
	r.t.Helper()
	v.presses("help")
	v.sees("help")
	v.presses("call")
	v.reads("Er is iemand geroepen")
	v.presses("stop")
	v.sees("welcome")
}

func brussels(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// holderHas goes through what else a holder has done, with one PIN: a code for the app, an
// appointment cancelled, phone and e-mail.
func (r *rig) holderHas(v *visitor) {
	r.t.Helper()
	r.insert("an")
	v.sees("choose")
	v.presses("more")
	v.presses("appcode")
	v.sees("pin")
	r.must(v.Type(pin))
	v.presses("pin")
	v.reads("Uw code voor de app")
	v.presses("back")
	v.sees("choose")
	v.presses("later")
	v.sees("later")
	r.must(v.Press("pick", "0"))
	v.reads("Uw afspraak")
	v.presses("cancel")
	v.reads("echt annuleren")
	v.presses("cancel-now")
	v.sees("notice:cancelled")
	v.presses("back")
	v.sees("choose")
	v.presses("more")
	v.presses("contact")
	v.reads("Klopt dit nog?")
	v.presses("contact-phone")
	r.must(v.Fill("phone", "0470998877"))
	v.presses("contact-now")
	v.sees("notice:contact-saved")
	r.pull()
	v.sees("welcome")
}

// toCard brings someone of the crowd to the offer of a code card.
func (v *visitor) toCard(n int) {
	v.r.t.Helper()
	v.r.insert(desk.CrowdCard(n))
	v.sees("confirm")
	v.presses("more")
	v.sees("ask")
	v.presses("codecard")
	v.sees("pin")
	v.r.must(v.Type(pin))
	v.presses("pin")
	v.sees("ask")
	v.reads("codekaart?")
}

// makesCard goes on until a code is to be typed back.
func (v *visitor) makesCard(n int) codeCard {
	v.r.t.Helper()
	v.toCard(n)
	v.presses("make-card")
	v.reads("Typ code")
	card := codeCard{user: desk.CrowdNumber(n), codes: map[int]string{}}
	for _, found := range printedCode.FindAllStringSubmatch(v.r.lastPaper(), -1) {
		number, _ := strconv.Atoi(found[1]) // digits
		card.codes[number] = found[2]
	}
	if len(card.codes) != 24 {
		v.r.t.Fatalf("%d codes are on the card", len(card.codes))
	}
	return card
}

// typesCode types what the screen asks for.
func (v *visitor) typesCode(card codeCard) {
	v.r.t.Helper()
	seen, err := v.Read(stepTime, "Typ code")
	v.r.must(err)
	number, _ := strconv.Atoi(askedCode.FindStringSubmatch(seen.Text)[1]) // digits
	v.r.must(v.Fill("code", card.codes[number]))
	v.presses("code")
}

func (r *rig) papers() []desk.Paper {
	r.t.Helper()
	list, err := r.Papers(r.t.Context())
	r.must(err)
	return list
}

func (r *rig) lastPaper() string {
	r.t.Helper()
	list := r.papers()
	if len(list) == 0 {
		r.t.Fatal("nothing was printed")
	}
	return list[len(list)-1].Text
}

// logsIn logs in at the portal, and wants it to end with a problem, or with none. The
// portal may still be hearing of the card.
func (r *rig) logsIn(what string, c codeCard, problem string) {
	r.t.Helper()
	var got string
	r.until(what, func(ctx context.Context) bool {
		session, n, ended := r.login(ctx, "password", map[string]string{"user_name": c.user, "password": c.password})
		if ended == "" {
			_, _, ended = r.login(ctx, "code", map[string]string{"session": session, "code": c.codes[n]})
		}
		got = ended
		return got == problem || problem != "" && got == ""
	})
	if got != problem {
		r.t.Errorf("%s: the log-in ends with %q, want %q", what, got, problem)
	}
}

// login asks the portal's page for patients.
func (r *rig) login(ctx context.Context, call string, question map[string]string) (session string, code int, problem string) {
	r.t.Helper()
	body, err := json.Marshal(question)
	r.must(err)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.PortalURL+"/login/api/"+call, bytes.NewReader(body))
	r.must(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	r.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r.must(err)
	var a struct {
		Session string
		Code    json.RawMessage
	}
	r.must(json.Unmarshal(raw, &a))
	if resp.StatusCode != http.StatusOK {
		r.must(json.Unmarshal(a.Code, &problem))
		return "", 0, problem
	}
	if call == "password" {
		r.must(json.Unmarshal(a.Code, &code))
	}
	return a.Session, code, ""
}

// noSecretsOf looks for what was on the papers in all that was kept and logged at the
// booth. The bench is the paper itself.
func (r *rig) noSecretsOf(cards ...codeCard) {
	r.t.Helper()
	var secrets []string
	for _, c := range cards {
		secrets = append(secrets, c.password)
		for _, code := range c.codes {
			secrets = append(secrets, code)
		}
	}
	texts := map[string]string{}
	for _, line := range r.all() {
		if !strings.HasPrefix(line, "kiosksim ") {
			texts["the log"] += line + "\n"
		}
	}
	r.must(filepath.WalkDir(filepath.Join(r.dir, "kioskd"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		texts[path] = string(raw)
		return err
	}))
	for where, text := range texts {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				r.t.Errorf("something of a code card is in %s", where)
			}
		}
	}
}
