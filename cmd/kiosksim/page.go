package main

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed page
var page embed.FS

// pageFiles serves the page and what belongs to it.
func pageFiles() http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil { // the name is not a path
		return http.NotFoundHandler()
	}
	return http.FileServerFS(files)
}
