// Package version says which build a program is.
package version

import "runtime/debug"

// packaged is the version of the package that the build is for. The linker sets it:
// what git knows of a tree is not in an archive of it.
var packaged string

// String is the version that the build was given: that of its package, the tag, or
// "dev" and the commit with "+" where the tree had changes.
func String() string {
	if packaged != "" {
		return packaged
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	return of(info)
}

func of(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = "-" + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return "dev" + commit + changed
}
