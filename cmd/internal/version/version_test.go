package version

import (
	"runtime/debug"
	"testing"
)

func TestOf(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	modified := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for _, c := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"tagged", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{"from a tree", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{revision}}, "dev-0123456789ab"},
		{"from a changed tree", debug.BuildInfo{Settings: []debug.BuildSetting{revision, modified}}, "dev-0123456789ab+"},
		{"without a tree", debug.BuildInfo{}, "dev"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := of(&c.info); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
