package control

import (
	"os/user"
	"strconv"
	"testing"
)

// TestUser holds who comes in: root, the daemon's own user, members of the group.
func TestUser(t *testing.T) {
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	uid := uint32(n)
	for _, c := range []struct {
		name  string
		group string
		uid   uint32
		want  bool
	}{
		{"root", "", 0, true},
		{"a stranger, and no group set", "", uid, false},
		{"a member", nobody.Gid, uid, true},
		{"a member of another group", "4711", uid, false},
		{"a user that does not exist", nobody.Gid, 4200000001, false},
		{"a group that does not exist", "no-such-group", uid, false},
	} {
		if got := (Allowed{Group: c.group}).user(c.uid); got != c.want {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
}
