package browser

import (
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"balie/kiosk"
	"balie/kiosk/text"
	"balie/ui"
	"balie/ui/uitest"
)

var (
	shots = flag.String("shots", "", "folder to put a picture of every screen in")
	docs  = flag.String("docs", "", "folder to put the pictures of the documentation in")
	only  = flag.String("only", "", "look at the samples whose name begins so")
)

// rig is a server of screens and a browser that looks at it.
type rig struct {
	*judge
	server  *ui.Server
	http    *httptest.Server
	hang    atomic.Bool // the server is as good as gone
	catalog *text.Catalog
	presses chan kiosk.Press
	heard   chan ui.Speech
	seq     uint64
}

func newRig(t *testing.T) *rig {
	t.Helper()
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{catalog: catalog, presses: make(chan kiosk.Press, 16), heard: make(chan ui.Speech, 16)}
	r.server, err = ui.New(ui.Options{
		Texts:    catalog,
		Hospital: ui.Hospital{Name: "Ziekenhuis Sint-Voorbeeld", Phone: "+32 16 00 00 00"},
		Press:    func(p kiosk.Press) { r.presses <- p },
		Say: func(s ui.Speech) {
			select {
			case r.heard <- s:
			default: // nobody listens
			}
		},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.hang.Load() {
			http.Error(w, "gone", http.StatusBadGateway)
			return
		}
		r.server.Handler().ServeHTTP(w, q)
	}))
	t.Cleanup(func() {
		r.server.Close()
		r.http.Close()
	})
	r.judge = newJudge(t)
	tokens := map[string]string{}
	for _, size := range []string{"portrait", "landscape", "square"} {
		tokens[size] = r.server.Admit()
	}
	r.do("open", map[string]any{"url": r.http.URL + "/", "bearer": tokens}, nil)
	return r
}

// show shows a view at every size, and waits until it is there.
func (r *rig) show(v kiosk.View, classes string) {
	r.t.Helper()
	r.seq++
	v.Seq = r.seq
	if !v.EndsAt.IsZero() {
		v.EndsAt = time.Now().Add(25 * time.Second)
	}
	r.server.Show(v)
	r.shown(v.Language, classes)
}

func (r *rig) shown(language, classes string) {
	r.t.Helper()
	r.do("shown", map[string]any{"seq": r.seq, "lang": language, "classes": classes}, nil)
}

// prefer presses the button of contrast or text size.
func (r *rig) prefer(language, classes string) {
	r.t.Helper()
	do := map[string]string{"contrast": "contrast", "large": "text-size"}[classes]
	if do != "" {
		r.do("tap", map[string]any{"page": "portrait", "selector": `[data-do="` + do + `"]`}, nil)
		r.shown(language, classes)
	}
}

// see shows a sample to someone who reads so. What one preferred ends with the
// visit, and is pressed again where the sample is of no visit.
func (r *rig) see(v kiosk.View, classes string) {
	r.t.Helper()
	if v.Screen == kiosk.ScreenClosed || r.seq == 0 {
		r.server.Show(kiosk.View{Seq: r.seq, Screen: kiosk.ScreenSaving, Language: v.Language})
		r.show(v, "")
		r.prefer(v.Language, classes)
		return
	}
	r.server.Show(kiosk.View{Seq: r.seq, Screen: v.Screen, Language: v.Language})
	r.show(v, classes)
}

func TestEveryScreen(t *testing.T) {
	for _, language := range uitest.Languages() {
		for _, classes := range []string{"", "large", "contrast"} {
			t.Run(strings.Trim(language+" "+classes, " "), func(t *testing.T) { everyScreen(t, language, classes) })
		}
	}
}

func everyScreen(t *testing.T, language, classes string) {
	r := newRig(t)
	for _, s := range uitest.Samples(language, r.catalog.Keys()) {
		if !strings.HasPrefix(s.Name, *only) {
			continue
		}
		r.see(s.View, classes)
		r.judgeScreen(s.Name, classes, language)
		r.picture(s.Name, language, classes)
	}
	for _, e := range r.list("errors", nil) {
		t.Errorf("on the page: %s", e)
	}
}

// judgeScreen measures at every size, and asks axe at one: what it looks at does
// not change with the size, nor with the language where only the colours differ.
func (r *rig) judgeScreen(name, classes, language string) {
	r.t.Helper()
	for _, bad := range r.list("measure", map[string]any{"large": classes == "large"}) {
		r.t.Errorf("%s %s: %s", name, language, bad)
	}
	if classes == "large" || classes == "contrast" && language != "nl" {
		return
	}
	for _, bad := range r.list("axe", map[string]any{"page": "portrait"}) {
		r.t.Errorf("%s %s: %s", name, language, bad)
	}
}

func (r *rig) picture(name, language, classes string) {
	r.t.Helper()
	if *docs != "" && language == "nl" && classes == "" && slices.Contains([]string{"welcome", "choose", "done"}, name) {
		r.do("small", map[string]any{"page": "portrait", "path": filepath.Join(*docs, name+".png")}, nil)
	}
	if *shots == "" {
		return
	}
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		r.t.Fatal(err)
	}
	for _, size := range []string{"portrait", "landscape", "square"} {
		file := strings.Join([]string{name, language, size + classes + ".png"}, "-")
		r.do("shot", map[string]any{"page": size, "path": filepath.Join(*shots, file)}, nil)
	}
}
