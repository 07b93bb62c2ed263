package window

import (
	_ "embed"
	"html"
	"strings"
)

//go:embed moment.html
var momentSource string

// momentPage is the page of the time without a page. It has no script, and one
// variable place, so that it needs no daemon and no template that could fail.
func momentPage(phone string) string {
	line := ""
	if phone != "" {
		line = `<p class="phone"><span aria-hidden="true">☎</span> ` + html.EscapeString(phone) + `</p>`
	}
	return strings.Replace(momentSource, "<!--phone-->", line, 1)
}
