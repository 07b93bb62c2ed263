package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/sync/outbox"
	"balie/sync/portal"
)

func TestCardError(t *testing.T) {
	for cause, want := range map[error]error{
		card.ErrRemoved: kiosk.ErrCardRemoved, pcsc.ErrNoCard: kiosk.ErrCardRemoved, pcsc.ErrNoReader: kiosk.ErrCardRemoved,
		eid.ErrNotBelgian: kiosk.ErrCardForeign,
		eid.ErrUnreadable: kiosk.ErrCardUnreadable, eid.ErrInactive: kiosk.ErrCardUnreadable, card.ErrComm: kiosk.ErrCardUnreadable,
		pcsc.ErrMute: kiosk.ErrCardUnreadable, pcsc.ErrClaimed: kiosk.ErrCardUnreadable, context.Canceled: kiosk.ErrCardUnreadable,
	} {
		err := cardError(fmt.Errorf("reading: %w", cause))
		if !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%v became %v", cause, err)
		}
	}
	if err := cardError(nil); err != nil {
		t.Errorf("nothing became %v", err)
	}
}

func TestPortalError(t *testing.T) {
	for cause, want := range map[error]error{
		portal.ErrPatientUnknown: kiosk.ErrPatientUnknown, portal.ErrCardRefused: kiosk.ErrCardRefused,
		portal.ErrAway: kiosk.ErrPortalAway, portal.ErrStopped: kiosk.ErrPortalAway, portal.ErrUnauthorized: kiosk.ErrPortalAway,
	} {
		if err := portalError(fmt.Errorf("asking: %w", cause)); !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%v became %v", cause, err)
		}
	}
}

// TestEventKind holds that no event of the readers is lost on its way to the booth.
func TestEventKind(t *testing.T) {
	seen := map[kiosk.CardEventKind]bool{}
	for k := pcsc.ReaderReady; k <= pcsc.ServiceUp; k++ {
		if to := eventKind(k); to == 0 || seen[to] {
			t.Errorf("%v became %d", k, to)
		} else {
			seen[to] = true
		}
	}
	if len(seen) != int(kiosk.ReaderClaimed) {
		t.Errorf("%d kinds, and the booth knows %d", len(seen), kiosk.ReaderClaimed)
	}
}

// A block is judged by when it was asked for only where the clock can be believed: at one
// that is behind it would end no card that was reserved since.
func TestABlockSaysWhetherTheClockIsRight(t *testing.T) {
	asked := kiosk.Block{UserName: secret.NewText("84051799897"), Birth: secret.NewText("1984-05-17")}
	for _, right := range []bool{true, false} {
		q := queue{clock: func() bool { return right }}
		if b := q.blocked(asked); b.ClockKnown != right {
			t.Errorf("the clock is right: %v, and the block says %v", right, b.ClockKnown)
		}
	}
}

func TestTicketNumber(t *testing.T) {
	q := queue{kiosk: "K1"}
	for counter, want := range map[uint64]string{1: "K1-001", 42: "K1-042", 999: "K1-999", 1000: "K1-000", 123456: "K1-456"} {
		if got := q.ticket(counter); got != want {
			t.Errorf("%d gives %s, not %s", counter, got, want)
		}
	}
}

func TestNoRightsOnCardService(t *testing.T) {
	refused := pcsctest.NewFake()
	refused.Deny(true)
	r := &readers{pcsc: pcsc.NewWith(refused, pcsc.Options{}), log: slog.New(slog.DiscardHandler)}
	err := r.probe(t.Context(), config.Cards{})
	if exit.Code(err) != exitUnusable || !strings.Contains(fmt.Sprint(err), "polkit") {
		t.Errorf("it ends with %d: %v", exit.Code(err), err)
	}
}

// TestRoles: visits begin at the patient's reader, the technician sees both, and one
// reader that is to be both is a mistake.
func TestRoles(t *testing.T) {
	fake := pcsctest.NewFake()
	c := config.Cards{DeskReader: "Clerk 00 00"}
	r := &readers{pcsc: pcsc.NewWith(fake, c.Readers()), log: slog.New(slog.DiscardHandler)}
	fake.Plug("Clerk 01 00")
	fake.Plug("Hall 00 00")
	if err := r.probe(t.Context(), c); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var seen []kiosk.CardEvent
	err := r.Watch(ctx, func(e kiosk.CardEvent) { seen = append(seen, e); cancel() })
	want := kiosk.CardEvent{Kind: kiosk.ReaderReady, Reader: "Hall 00 00"}
	if !errors.Is(err, context.Canceled) || len(seen) != 1 || seen[0] != want {
		t.Errorf("the booth hears of %+v: %v", seen, err)
	}
	if got := r.desk.states(); len(got) != 1 || got[0] != (control.Reader{Name: "Clerk 01 00", Role: "desk", State: "empty"}) {
		t.Errorf("at the desk are %+v", got)
	}
	c.Reader, c.DeskReader = "Hall", "0"
	r.pcsc = pcsc.NewWith(fake, c.Readers())
	if err := r.probe(t.Context(), c); exit.Code(err) != exitUnusable || !strings.Contains(fmt.Sprint(err), "usb:") {
		t.Errorf("one reader for both gives %v", err)
	}
}

func TestSilentWindow(t *testing.T) {
	now := time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name           string
		alive, renewed time.Duration // ago; 0: never
		want           bool
	}{
		{"no window yet", 0, 0, false},
		{"just spoke", time.Second, 0, false},
		{"silent for long", silentFor + time.Second, 0, true},
		{"sent for just now", silentFor + time.Second, time.Second, false},
		{"sent for long ago", 3 * silentFor, 2 * silentFor, true},
	} {
		if got := silent(now, before(now, c.alive), before(now, c.renewed)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func before(now time.Time, d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return now.Add(-d)
}

func TestWindowUsers(t *testing.T) {
	own := uint32(os.Geteuid())
	for _, c := range []struct {
		name   string
		screen config.Screen
		want   []uint32
	}{
		{"a number", config.Screen{WindowUser: "4711"}, []uint32{4711}},
		{"a name", config.Screen{WindowUser: "root"}, []uint32{0}},
		{"a number in development", config.Screen{WindowUser: "4711", Development: true}, []uint32{own, 4711}},
		{"nobody, in development", config.Screen{WindowUser: "nobody-here", Development: true}, []uint32{own}},
	} {
		if got, err := windowUsers(c.screen); err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	if _, err := windowUsers(config.Screen{WindowUser: "nobody-here"}); err == nil {
		t.Error("a user that does not exist is let in")
	}
}

// TestTellSystemd plays systemd: READY once the loop turns, WATCHDOG as long as it
// does and no longer, STOPPING at the end.
func TestTellSystemd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "30000")
	ctx, cancel := context.WithCancel(t.Context())
	turns := make(chan error)
	done := make(chan error, 1)
	go func() {
		done <- tellSystemd(ctx, func(ctx context.Context) error {
			select {
			case err := <-turns:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	hears := func(want string) {
		t.Helper()
		buffer := make([]byte, 64)
		if err := l.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := l.Read(buffer)
		if got := string(buffer[:n]); err != nil || got != want {
			t.Errorf("systemd hears %q (%v), not %q", got, err, want)
		}
	}
	turns <- nil
	hears("READY=1")
	for range 3 {
		turns <- nil
		hears("WATCHDOG=1")
	}
	cancel()
	hears("STOPPING=1")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// row plays the queue, with one action in a state.
type row struct {
	id    uuid.UUID
	state outbox.State
}

func (r *row) Show(_ context.Context, id uuid.UUID) (outbox.Row, error) {
	if id != r.id {
		return outbox.Row{}, outbox.ErrUnknown
	}
	return outbox.Row{ID: id, State: r.state}, nil
}

// TestGivenTicket holds that whoever comes back gets the same number, as long as the
// portal has not refused it.
func TestGivenTicket(t *testing.T) {
	r := &row{id: uuid.Must(uuid.NewV7()), state: outbox.Pending}
	g := &given{queue: r}
	if _, is := g.ticket(t.Context(), "a-1"); is {
		t.Error("a ticket that was never given")
	}
	g.give("a-1", r.id, "K1-042")
	for state, want := range map[outbox.State]bool{outbox.Pending: true, outbox.Acknowledged: true, outbox.Parked: false} {
		r.state = state
		if number, is := g.ticket(t.Context(), "a-1"); is != want || is && number != "K1-042" {
			t.Errorf("%s: %q, %v", state, number, is)
		}
	}
	g.give("a-2", uuid.Must(uuid.NewV7()), "K1-043")
	if _, is := g.ticket(t.Context(), "a-2"); is {
		t.Error("an action that is not in the queue any more")
	}
	for range maxGiven {
		g.give(uuid.NewString(), r.id, "K1-044")
	}
	if n := len(g.tickets); n > maxGiven {
		t.Errorf("%d are remembered", n)
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Gele zaal, niveau 1": "Gele zaal, niveau 1", "Salle d’attente – Élise": "Salle d’attente – Élise",
		"a\u202eb\u2066c": "abc", "a\x00\x1b[2Jb\n": "a[2Jb", "": "",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
