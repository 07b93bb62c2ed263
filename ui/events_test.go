package ui_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/kiosk"
	"balie/ui"
)

func TestStreamShowsThePresentView(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		r.Show(choosing(7))
		s := r.stream(in)
		id, page, _ := s.next()
		if id != "7" || page+"\n" != r.ask("GET", "/", in).body {
			t.Errorf("the first event has id %s and is not the page", id)
		}
		s.close()
		// What happened while nobody looked is not told again: one view, the present one.
		for seq := range uint64(5) {
			r.Show(choosing(8 + seq))
		}
		again := r.stream(in, with("Last-Event-ID", "7"))
		if id, page, _ = again.next(); id != "12" || !strings.Contains(page, canary) {
			t.Errorf("after coming back the first event has id %s", id)
		}
		same := r.stream(in, with("Last-Event-ID", "12"))
		if id, once, _ := same.next(); id != "12" || once != page {
			t.Errorf("after coming back to the same view, id %s", id)
		}
		r.Show(welcome(13))
		for _, open := range []*stream{again, same} {
			if id, page, _ := open.next(); id != "13" || strings.Contains(page, canary) {
				t.Errorf("an open stream shows %s next", id)
			}
		}
	})
}

// TestSlowPageSkipsViews holds that a page which reads slowly sees fewer views,
// in order, and always the last.
func TestSlowPageSkipsViews(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		s := r.stream(r.enter())
		s.next()
		for seq := range uint64(1000) {
			r.Show(welcome(seq + 1))
		}
		var seen []string
		for before := uint64(0); before < 1000; {
			id, _, ok := s.next()
			seq, err := strconv.ParseUint(id, 10, 64)
			if !ok || err != nil || seq <= before {
				t.Fatalf("%q came after %d", id, before)
			}
			before, seen = seq, append(seen, id)
		}
		if len(seen) > 3 {
			t.Errorf("a page that was away for 1000 views got %v", seen)
		}
	})
}

// TestStuckPagesStopNobody holds that pages which do not read at all hold up
// neither Show nor another page, and lose their place.
func TestStuckPagesStopNobody(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		quick := r.stream(in)
		quick.next()
		for range 15 {
			r.stick(in)
		}
		synctest.Wait() // each is let in, and written to
		if p := r.send("GET", "/events", in); p.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("one page more than there is room for is answered %s", p.Status)
		}
		begin := time.Now()
		for seq := range uint64(100) {
			r.Show(welcome(seq + 1))
			if id, _, _ := quick.next(); id != fmt.Sprint(seq+1) {
				t.Fatalf("the quick page shows %s, want %d", id, seq+1)
			}
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("the quick page waited %s for the stuck ones", d)
		}
		pass(6 * time.Second)
		s := r.stream(in)
		if id, _, _ := s.next(); id != "100" {
			t.Errorf("in the place of a stuck page, another shows %s", id)
		}
	})
}

// stick opens a stream and never reads it.
func (r *rig) stick(in edit) {
	r.t.Helper()
	conn, err := r.line.call()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	q, err := http.NewRequest("GET", "http://"+host+"/events", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	in(q)
	if err := q.Write(conn); err != nil {
		r.t.Fatal(err)
	}
}

func TestCloseEndsTheStreams(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		s := r.stream(r.enter())
		s.next()
		r.Close()
		if _, _, ok := s.next(); ok {
			t.Error("a stream outlives Close")
		}
		r.Close() // once more does nothing
	})
}

// TestPagesLeave holds that a page which goes gives its place back.
func TestPagesLeave(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		for range 100 {
			s := r.stream(in)
			s.next()
			s.close()
			pass(time.Millisecond)
		}
	})
}

// TestViewThatCannotBeShown holds that people are then sent to the desk, and that
// the log says which screen it was and not who stood there.
func TestViewThatCannotBeShown(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		v := choosing(4)
		v.Screen = kiosk.Screen("dance")
		r.Show(v)
		a := r.ask("GET", "/", r.enter())
		if !strings.Contains(a.body, `data-screen="closed"`) || !strings.Contains(a.body, `data-seq="4"`) {
			t.Error("it is not the screen that sends people to the desk")
		}
		if log := r.log.String(); !strings.Contains(log, "dance") || strings.Contains(log, canary) {
			t.Errorf("the log:\n%s", log)
		}
	})
}

func TestBeforeTheFirstViewItIsClosed(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		p := r.send("GET", "/", r.enter())
		defer p.Body.Close()
		body, err := io.ReadAll(p.Body)
		if err != nil || !strings.Contains(string(body), `data-screen="closed"`) {
			t.Errorf("%v, not closed", err)
		}
	})
}
