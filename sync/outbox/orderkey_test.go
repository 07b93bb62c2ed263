package outbox_test

import (
	"testing"

	"balie/internal/secret"
)

// A link and its unlink share a key, and nothing else does; another process has others.
func TestOrderKey(t *testing.T) {
	f := open(t)
	parent, child := secret.NewText("84051799897"), secret.NewText("17030599736")
	key := f.OrderKey("link", parent, child)
	if f.OrderKey("link", parent, child) != key {
		t.Error("the same matter has two keys")
	}
	for name, other := range map[string]string{
		"another matter": f.OrderKey("card", parent, child), "the other way round": f.OrderKey("link", child, parent),
		"one of them": f.OrderKey("link", parent), "run together": f.OrderKey("link", secret.NewText(parent.Reveal()+child.Reveal())),
	} {
		if other == key {
			t.Errorf("%s has the same key", name)
		}
	}
	link, unlink, stranger := action(), action(), action()
	link.OrderKey, unlink.OrderKey, stranger.OrderKey = key, key, f.OrderKey("link", child, parent)
	f.add(link)
	f.add(unlink)
	f.add(stranger)
	if list := f.next(10); len(list) != 2 || list[0].ID != link.ID || list[1].ID != stranger.ID {
		t.Errorf("%d are to be sent, the first is %v", len(list), list[0].ID)
	}
	f.reopen()
	if f.OrderKey("link", parent, child) == key {
		t.Error("the key outlives the process: it is kept somewhere")
	}
}
