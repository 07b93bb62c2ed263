package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// getEvents sends state.json at once and whenever it is another: the event is
// "state". What changes without a word, as the exchanges with a card, is looked at
// four times a second.
func (b *board) getEvents(w http.ResponseWriter, r *http.Request) {
	defer b.around.spectator()()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var last []byte
	for {
		rung, printed := b.changed.rung(), b.ticket.printer.Changed()
		now, err := json.Marshal(b.state())
		if err != nil {
			return
		}
		if !bytes.Equal(now, last) {
			if _, err := fmt.Fprintf(w, "event: state\ndata: %s\n\n", now); err != nil || flush.Flush() != nil {
				return
			}
			last = now
		}
		select {
		case <-rung:
		case <-printed:
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}
