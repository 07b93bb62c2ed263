package portal

import (
	"context"
	"net/http"

	"balie/sync/portal/api"
)

// The types of the actions of parents and children.
const (
	TypeLink   = "link"
	TypeUnlink = "unlink"
)

// Link is what the portal is told of a parent and a child under 15. The statement of
// the clerk names both; a card is here where one was read.
type Link struct {
	ID         string
	Parent     *Proof
	Child      *Proof
	Attested   Attested
	ClockKnown bool
}

// Body is the plain body of the action. It is personal data: to be sealed at once, and
// wiped.
func (l Link) Body() ([]byte, error) {
	w := api.Link{Link: l.ID, Attested: l.Attested.wire, ClockKnown: l.ClockKnown}
	if l.Parent != nil {
		w.ParentCard = l.Parent.wire()
	}
	if l.Child != nil {
		w.ChildCard = l.Child.wire()
	}
	return plainBody("a link", w)
}

// Unlink is what the portal is told of a parent and a child who are to be parted.
type Unlink struct {
	Parent     *Proof
	Child      *Proof
	Attested   Attested
	ClockKnown bool
}

// Body is the plain body of the action, as that of [Link].
func (u Unlink) Body() ([]byte, error) {
	w := api.Unlink{Attested: u.Attested.wire, ClockKnown: u.ClockKnown}
	if u.Parent != nil {
		w.ParentCard = u.Parent.wire()
	}
	if u.Child != nil {
		w.ChildCard = u.Child.wire()
	}
	return plainBody("an unlink", w)
}

// Link asks what became of a link that this kiosk asked for.
func (c *Client) Link(ctx context.Context, id string) (api.LinkStatus, error) {
	return asked(ctx, c, "asking for a link", func(ctx context.Context) (*http.Response, error) {
		return c.api.GetLink(ctx, id)
	}, func(l api.LinkStatus) bool { return l.Link == id && l.State.Valid() })
}
