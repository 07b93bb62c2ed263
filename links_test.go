package balie

import (
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLinksLead: a link from one of our pages leads to a file of the tree, and to
// a heading of it.
func TestLinksLead(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("listing the tree: %v", err)
	}
	files := strings.Fields(string(out))
	links := 0
	for _, page := range files {
		if !strings.HasSuffix(page, ".md") {
			continue
		}
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text(t, page), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			links++
			file, heading, _ := strings.Cut(link[1], "#")
			to := page
			if file != "" {
				to = path.Join(path.Dir(page), file)
			}
			if !slices.ContainsFunc(files, func(f string) bool { return f == to || strings.HasPrefix(f, to+"/") }) {
				t.Errorf("%s: nothing at %s", page, link[1])
			} else if heading != "" && !slices.Contains(headings(text(t, to)), heading) {
				t.Errorf("%s: no heading for %s", page, link[1])
			}
		}
	}
	if links == 0 {
		t.Fatal("no link found: the test looks in the wrong place")
	}
}

// headings are those of a page, as links name them.
func headings(page string) (list []string) {
	for _, h := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(h[1]), "")
		list = append(list, strings.ReplaceAll(name, " ", "-"))
	}
	return list
}
