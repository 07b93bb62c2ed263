package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/pcsc"
	"balie/kiosk"
)

// taken gives what was asked for and takes it away, as the units do.
func taken(t *testing.T, folder, what string) string {
	t.Helper()
	path := filepath.Join(folder, "repair", what)
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func repairing(t *testing.T) (r *repair, folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "repair"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket := func(reader string) string {
		if reader == "built in" {
			return ""
		}
		return "1-1.2"
	}
	return newRepair(folder, socket, slog.New(slog.DiscardHandler)), folder
}

func TestRepairOfTheCardService(t *testing.T) {
	r, folder := repairing(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.run(ctx) }()
		after := func(d time.Duration, want string) {
			t.Helper()
			<-time.After(d)
			synctest.Wait()
			if got := taken(t, folder, "pcscd"); got != want {
				t.Errorf("%v later: asked %q, want %q", d, got, want)
			}
		}
		after(time.Hour, "")
		r.note(pcsc.Event{Kind: pcsc.ServiceDown})
		after(serviceDownFor-time.Second, "")
		r.note(pcsc.Event{Kind: pcsc.ServiceUp}) // it came back by itself
		after(time.Hour, "")
		r.note(pcsc.Event{Kind: pcsc.ServiceDown})
		after(serviceDownFor+6*time.Second, "pcscd\n")
		r.note(pcsc.Event{Kind: pcsc.ServiceDown}) // said again: it is still the same
		after(repairEvery-10*time.Second, "")
		after(20*time.Second, "pcscd\n")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRepairOfAReader(t *testing.T) {
	unreadable := fmt.Errorf("%w: no answer", kiosk.ErrCardUnreadable)
	r, folder := repairing(t)
	synctest.Test(t, func(t *testing.T) {
		fails := func(reader string, times int, err error) {
			for range times {
				r.read(reader, err)
			}
		}
		want := func(what, want string) {
			t.Helper()
			if got := taken(t, folder, "reader"); got != want {
				t.Errorf("%s: asked %q, want %q", what, got, want)
			}
		}
		fails("usb", hungAfter-1, unreadable)
		r.read("usb", nil)
		fails("usb", hungAfter-1, unreadable)
		want("with a good card in between", "")
		fails("usb", 20, kiosk.ErrCardRemoved)
		want("cards pulled", "")
		r.read("usb", unreadable)
		want("the last one", "1-1.2\n")
		fails("usb", 2*hungAfter, unreadable)
		want("at once again", "")
		<-time.After(repairEvery)
		fails("built in", 2*hungAfter, unreadable)
		want("of a reader that is in no socket", "")
		fails("usb", hungAfter, unreadable)
		want("later", "1-1.2\n")
	})
}

// TestRepairWithNobodyToDoIt: on a desk there are no units, and no folder.
func TestRepairWithNobodyToDoIt(t *testing.T) {
	r, folder := repairing(t)
	if err := os.Remove(filepath.Join(folder, "repair")); err != nil {
		t.Fatal(err)
	}
	for range hungAfter {
		r.read("usb", kiosk.ErrCardUnreadable)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
