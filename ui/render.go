package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"balie/internal/secret"
	"balie/kiosk"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed pictures/*.svg
var pictures embed.FS

// looks is how each screen looks.
type looks struct {
	screens  map[kiosk.Screen]*template.Template
	pictures map[string]template.HTML
}

// loadLooks reads the templates: page.html and parts.html are everyone's, every
// other file is the screen of its name.
func loadLooks() (*looks, error) {
	l := &looks{screens: map[kiosk.Screen]*template.Template{}, pictures: map[string]template.HTML{}}
	if err := l.loadPictures(); err != nil {
		return nil, err
	}
	funcs := template.FuncMap{
		"picture": l.picture,
		"reveal":  secret.Text.Reveal,
	}
	base, err := template.New("page.html").Funcs(funcs).Option("missingkey=error").ParseFS(templates, "templates/page.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	for _, name := range names {
		screen := strings.TrimSuffix(path.Base(name), ".html")
		if screen == "page" || screen == "parts" {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("reading templates: %w", err)
		}
		if l.screens[kiosk.Screen(screen)], err = t.ParseFS(templates, name); err != nil {
			return nil, fmt.Errorf("reading templates: %w", err)
		}
	}
	return l, nil
}

func (l *looks) loadPictures() error {
	names, err := fs.Glob(pictures, "pictures/*.svg")
	if err != nil {
		return fmt.Errorf("reading pictures: %w", err)
	}
	for _, name := range names {
		svg, err := pictures.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading pictures: %w", err)
		}
		l.pictures[strings.TrimSuffix(path.Base(name), ".svg")] = template.HTML(bytes.TrimSpace(svg))
	}
	return nil
}

// picture gives a drawing of ours, to stand in the page.
func (l *looks) picture(name string) (template.HTML, error) {
	svg, ok := l.pictures[name]
	if !ok {
		return "", fmt.Errorf("no picture %q", name)
	}
	return svg, nil
}

// render makes the whole page of a view.
func (s *Server) render(v kiosk.View, p prefs) ([]byte, error) {
	t, ok := s.looks.screens[v.Screen]
	if !ok {
		return nil, fmt.Errorf("no template for the screen %q", v.Screen)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, newPage(v, p, s.opts)); err != nil {
		return nil, fmt.Errorf("rendering: %w", err)
	}
	return page.Bytes(), nil
}
