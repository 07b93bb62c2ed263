package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"path"
)

//go:embed assets/*.css assets/*.js assets/*.woff2
var assets embed.FS

// maxLogo is more than a logo needs, in bytes: it is sent with every page.
const maxLogo = 1 << 20

// file is something that a page loads.
type file struct {
	kind    string // media type
	content []byte
}

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".woff2": "font/woff2",
}

// loadFiles gives what there is besides the page, by name: what is embedded, the
// hospital's colours, and its logo.
func loadFiles(h Hospital) (map[string]file, error) {
	files := map[string]file{}
	entries, err := assets.ReadDir("assets")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		content, err := assets.ReadFile("assets/" + e.Name())
		if err != nil {
			return nil, err
		}
		files[e.Name()] = file{kind: kinds[path.Ext(e.Name())], content: content}
	}
	colours, err := theme(h)
	if err != nil {
		return nil, err
	}
	files["theme.css"] = file{kind: kinds[".css"], content: colours}
	if len(h.Logo) == 0 {
		return files, nil
	}
	kind, err := logoKind(h.Logo)
	if err != nil {
		return nil, err
	}
	files["logo"] = file{kind: kind, content: h.Logo}
	return files, nil
}

// logoKind is the media type of a logo. An SVG runs no script: it is only ever
// loaded as an image, and its own policy is that of every answer here.
func logoKind(logo []byte) (string, error) {
	if len(logo) > maxLogo {
		return "", fmt.Errorf("logo: %d bytes, more than %d", len(logo), maxLogo)
	}
	switch kind := http.DetectContentType(logo); {
	case kind == "image/png" || kind == "image/jpeg":
		return kind, nil
	case bytes.Contains(logo[:min(len(logo), 1024)], []byte("<svg")):
		return "image/svg+xml", nil
	}
	return "", errors.New("logo: neither SVG nor PNG nor JPEG")
}
