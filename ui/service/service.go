// Package service is the technician's page on the kiosk itself, behind a code: how every
// part stands, and what can be tried. It is a page of its own beside the booth's screens,
// served to the same window; it knows nothing of visits, and shows nothing of a person.
package service

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"balie/internal/secret"
)

//go:embed assets
var assets embed.FS

// Prefix is where the page is.
const Prefix = "/technician/"

// Line is how a part stands.
type Line struct{ State, Part, Title, Fact, Do string }

// Action is something that can be tried.
type Action struct{ ID, Label string }

// Booth is what the page shows and tries.
type Booth interface {
	// Lines are the parts, what is to be looked at first first.
	Lines(ctx context.Context, language string) ([]Line, error)
	// Actions are what can be tried.
	Actions(language string) []Action
	// Do tries one, and tells in a few words what came of it.
	Do(ctx context.Context, id, language string) (string, error)
}

// Options are the parts of a page.
type Options struct {
	Texts    Texts
	Language func() string
	Booth    Booth
	// Right tells whether a code is right, and whether there is one at all.
	Right func(code secret.Bytes) (right, set bool)
	Log   *slog.Logger
}

// Texts are the sentences.
type Texts interface {
	Get(lang, key string, data ...string) string
}

// Page serves the technician's page. What it is mounted in lets in the booth's own
// window only.
type Page struct {
	o    Options
	look *template.Template
	gate gate
}

// New makes the page.
func New(o Options) (*Page, error) {
	look, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return nil, fmt.Errorf("making the technician's page: %w", err)
	}
	return &Page{o: o, look: look}, nil
}

// Handler serves what is below [Prefix].
func (p *Page) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{$}", p.serve)
	mux.HandleFunc("GET "+Prefix+"page.js", file("page.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET "+Prefix+"page.css", file("page.css", "text/css; charset=utf-8"))
	mux.HandleFunc("POST "+Prefix+"open", p.open)
	mux.HandleFunc("POST "+Prefix+"do", p.do)
	mux.HandleFunc("POST "+Prefix+"close", p.close)
	return mux
}

func file(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := assets.ReadFile("assets/" + name)
		if err != nil {
			http.Error(w, "no such file", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(content) // who asked has gone
	}
}

// shown is what the template sees.
type shown struct {
	Language string
	Open     bool
	Lines    []Line
	Actions  []Action
	texts    Texts
}

// T is a sentence in the language of the page.
func (s shown) T(key string) string { return s.texts.Get(s.Language, key) }

func (p *Page) serve(w http.ResponseWriter, r *http.Request) {
	s := shown{Language: p.o.Language(), Open: p.gate.knows(r, time.Now()), texts: p.o.Texts}
	if s.Open {
		var err error
		if s.Lines, err = p.o.Booth.Lines(r.Context(), s.Language); err != nil {
			s.Lines = []Line{{State: "error", Part: "kioskd", Fact: "does not answer"}}
		}
		s.Actions = p.o.Booth.Actions(s.Language)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := p.look.Execute(w, s); err != nil {
		p.o.Log.Warn("technician's page", "err", err)
	}
}

// maxCode is more than any code is long, in bytes.
const maxCode = 32

// open takes a code. The digits come as bytes, and are overwritten.
func (p *Page) open(w http.ResponseWriter, r *http.Request) {
	typed, err := io.ReadAll(io.LimitReader(r.Body, maxCode+1))
	code := secret.NewBytes(typed)
	defer code.Wipe()
	if err != nil || len(typed) > maxCode {
		http.Error(w, "no code", http.StatusBadRequest)
		return
	}
	language := p.o.Language()
	cookie, err := p.gate.open(func() (bool, bool) { return p.o.Right(code) }, time.Now())
	switch {
	case err == nil:
		p.o.Log.Info("technician: let in")
		http.SetCookie(w, cookie)
		w.WriteHeader(http.StatusNoContent)
		return
	case errors.Is(err, errLocked):
		p.say(w, http.StatusTooManyRequests, language, "technician.locked")
	case errors.Is(err, errNoCode):
		p.say(w, http.StatusForbidden, language, "technician.none")
	default:
		p.say(w, http.StatusForbidden, language, "technician.wrong")
	}
	p.o.Log.Warn("technician: not let in", "why", err)
}

func (p *Page) say(w http.ResponseWriter, status int, language, key string) {
	http.Error(w, p.o.Texts.Get(language, key), status)
}

// do tries what is asked for, where it is one of what can be tried.
func (p *Page) do(w http.ResponseWriter, r *http.Request) {
	if !p.gate.knows(r, time.Now()) {
		p.say(w, http.StatusForbidden, p.o.Language(), "technician.closed")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 256)
	id, language := r.PostFormValue("do"), p.o.Language()
	if !slices.ContainsFunc(p.o.Booth.Actions(language), func(a Action) bool { return a.ID == id }) {
		http.Error(w, "not to be tried", http.StatusBadRequest)
		return
	}
	said, err := p.o.Booth.Do(r.Context(), id, language)
	p.o.Log.Info("technician: tried", "what", id, "went_well", err == nil)
	if err != nil {
		said = err.Error()
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, said) // who asked has gone
}

func (p *Page) close(w http.ResponseWriter, _ *http.Request) {
	p.gate.close()
	w.WriteHeader(http.StatusNoContent)
}
