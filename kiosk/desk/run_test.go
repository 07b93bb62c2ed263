package desk

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

// room plays all parts of a desk, where everything goes well, and notes what was asked of
// them.
type room struct {
	mu    sync.Mutex
	asked []string              // guarded by mu
	cards map[string]eid.Record // by reader
	view  kiosk.View            // guarded by mu
}

func (r *room) note(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, what)
}

func (r *room) Read(_ context.Context, reader string) (eid.Record, error) {
	r.note("read")
	return r.cards[reader], nil
}

func (r *room) ReadOwn(_ context.Context, reader string) (eid.Record, error) {
	r.note("read-own")
	return r.cards[reader], nil
}

func (r *room) Holder(context.Context, string) (pinpad bool, tries int, err error) {
	return true, 3, nil
}

func (r *room) ProveHolder(context.Context, kiosk.ProveHolder) (eid.HolderProof, int, error) {
	r.note("prove")
	return eid.HolderProof{}, 3, nil
}

func (r *room) Badge(context.Context, secret.Text) (Clerk, error) {
	r.note("badge")
	return Clerk{ID: "kaat", Name: "Kaat"}, nil
}

func (r *room) Own(context.Context, eid.Record) (Clerk, []byte, error) {
	return Clerk{ID: "karim", Name: "Karim"}, []byte("sign"), nil
}

func (r *room) Signed(context.Context, eid.Proof, eid.HolderProof) error {
	r.note("signed")
	return nil
}

func (r *room) End(_ context.Context, why string) { r.note("end " + why) }
func (r *room) ClockKnown() bool                  { return true }

func (r *room) Link(context.Context, Link) error {
	r.note("link")
	return nil
}

func (r *room) Unlink(context.Context, Link) error {
	r.note("unlink")
	return nil
}

func (r *room) Account(context.Context, Person) (Account, error) {
	return Account{Exists: true, Locked: true}, nil
}

func (r *room) Block(context.Context, Block) error {
	r.note("block")
	return nil
}

func (r *room) Unlock(context.Context, uuid.UUID, Person) error {
	r.note("unlock")
	return nil
}

func (r *room) Password(context.Context, uuid.UUID, Person, string) error {
	r.note("password")
	return nil
}

func (r *room) Card(context.Context, secret.Text) (string, error) { return "active", nil }

func (r *room) Make(_ context.Context, m Make) codecard.Input {
	switch m.Do.(type) {
	case codecard.Reserve:
		return codecard.Reserved{Number: 3}
	case codecard.Print:
		return codecard.Paper{Outcome: printer.Confirmed}
	case codecard.Void:
		r.note("void")
		return nil
	}
	return codecard.Account{Exists: true}
}

func (r *room) Delivered(context.Context, uuid.UUID) (string, error) { return "", nil }

func (r *room) Slip(context.Context, printer.Document) (printer.Result, error) {
	r.note("slip")
	return printer.Result{Outcome: printer.Confirmed}, nil
}

func (r *room) Form(context.Context, printer.Document) (printer.Result, error) {
	r.note("form")
	return printer.Result{Outcome: printer.Confirmed}, nil
}

func (r *room) show(v kiosk.View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.view = v
}

func (r *room) seen() kiosk.View {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.view
}

// TestTheDeskRuns: the loop carries out what Step wants, a shift ends with the desk, and
// neither badge nor name is in the log.
func TestTheDeskRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{cards: map[string]eid.Record{"A": an(), "B": lucas()}}
		var log bytes.Buffer
		d := New(Settings{Printer: true, CodeCards: true, Texts: texts{}}, Parts{Cards: r, Office: r, Papers: r, Show: r.show, Log: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		press := func(do, choice string, values ...string) {
			t.Helper()
			synctest.Wait()
			p := kiosk.Press{Seq: r.seen().Seq, Do: do, Choice: choice, Values: map[string]secret.Text{}}
			for i := 0; i+1 < len(values); i += 2 {
				p.Values[values[i]] = secret.NewText(values[i+1])
			}
			d.Press(p)
			synctest.Wait()
		}
		shows := func(title string) {
			t.Helper()
			synctest.Wait()
			if v := r.seen(); v.Staff == nil || v.Staff.Title != title {
				t.Fatalf("shows %+v, not %s", v.Staff, title)
			}
		}
		card := func(kind kiosk.CardEventKind, reader string) {
			d.Card(ctx, kiosk.CardEvent{Kind: kind, Reader: reader})
		}
		card(kiosk.CardInserted, "A") // of a clerk, on a reader with keys
		shows("staff.menu.title")
		press("sign-out", "")
		card(kiosk.CardRemoved, "A")
		press("sign-in", "", "badge", "a badge")
		card(kiosk.CardInserted, "A")
		card(kiosk.CardInserted, "B")
		press("task", TaskLink)
		shows("staff.attest.link")
		press("authority", "")
		press("paper", "other")
		press("confirm", "")
		shows("staff.result.linked")
		press("stop", "")
		press("task", TaskUnlink)
		press("confirm", "")
		shows("staff.result.unlinked")
		press("stop", "")
		for _, task := range []struct{ kind, title string }{
			{TaskBlock, "staff.result.blocked"}, {TaskUnlock, "staff.result.unlocked"}, {TaskPassword, "staff.result.password"},
		} {
			press("task", task.kind)
			press("type", "")
			press("typed", "", "number", "E1000000008", "birth", "03/02/1991")
			press("document", "passport")
			press("sure", "")
			shows(task.title)
			press("stop", "")
		}
		press("task", TaskHistory)
		press("number", "", "number", "x")
		shows("staff.card.active")
		press("stop", "")
		press("task", TaskCode)
		press("type", "")
		press("typed", "", "number", "E1000000008", "birth", "03/02/1991")
		press("document", "passport")
		press("make-card", "")
		shows("staff.code.typing")
		press("stop", "")
		shows("staff.result.void")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		want := "read-own prove signed end by-clerk badge read read link slip read read unlink block unlock password void end stopped"
		if got := strings.Join(r.asked, " "); got != want {
			t.Errorf("what was asked:\n%s\nwant\n%s", got, want)
		}
		if text := log.String(); strings.Contains(text, "Peeters") || strings.Contains(text, "a badge") || strings.Contains(text, "E1000000008") {
			t.Errorf("the log says who: %s", text)
		}
		d.Card(t.Context(), kiosk.CardEvent{}) // a desk that has ended keeps nobody waiting
	})
}

func TestADeskThatLacksAPart(t *testing.T) {
	if err := New(Settings{}, Parts{}).Run(t.Context()); err == nil {
		t.Error("it runs")
	}
}
