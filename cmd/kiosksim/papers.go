package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// getPaper gives one paper as 3.png, 3.svg or 3.txt.
func (b *board) getPaper(w http.ResponseWriter, r *http.Request) {
	name, form, _ := strings.Cut(r.PathValue("file"), ".")
	n, err := strconv.Atoi(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	p, found := b.ticket.paper(n)
	if !found {
		refuse(w, http.StatusNotFound, fmt.Errorf("paper %d: %w", n, errNoSuch))
		return
	}
	content, kind, err := p.as(form)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	if kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content) // the client is gone
}

// as gives the paper in a form, and its media type: empty for a form that there
// is not.
func (p paper) as(form string) (content []byte, kind string, err error) {
	switch form {
	case "txt":
		return []byte(p.Text), "text/plain; charset=utf-8", nil
	case "png":
		content, err = p.sheet.PNG()
		return content, "image/png", err
	case "svg":
		content, err = p.sheet.SVG()
		return content, "image/svg+xml", err
	}
	return nil, "", nil
}
