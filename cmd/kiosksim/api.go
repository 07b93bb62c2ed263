package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"balie/hw/eid/eidtest"
	"balie/printer"
)

// api is the bench over HTTP. Every POST takes and gives JSON; an error is
// {"error": "what and what to do"}.
func (b *board) api() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /readers/{n}/insert", act(b.postInsert))
	mux.HandleFunc("POST /readers/{n}/pull", act(b.postPull))
	mux.HandleFunc("POST /cards", act(b.postCard))
	mux.HandleFunc("POST /cards/{id}/fault", act(b.postCardFault))
	mux.HandleFunc("POST /printers/ticket/fault", act(b.postPrinterFault))
	mux.HandleFunc("POST /printers/ticket/discard", act(b.postDiscard))
	mux.HandleFunc("POST /pcscd", act(b.postPCSCD))
	mux.HandleFunc("POST /portal", act(b.postPortal))
	mux.HandleFunc("GET /cards/{id}/photo.jpg", b.getPhoto)
	mux.HandleFunc("GET /printers/ticket/papers.json", b.getPapers)
	mux.HandleFunc("GET /printers/ticket/papers/{file}", b.getPaper)
	mux.HandleFunc("GET /state.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, b.state()) })
	mux.HandleFunc("GET /events", b.getEvents)
	return mux
}

// act answers a POST with {} or with the error.
func act(do func(r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(r); err != nil {
			refuse(w, status(err), err)
			return
		}
		answer(w, struct{}{})
	}
}

func status(err error) int {
	switch {
	case errors.Is(err, errNoSuch):
		return http.StatusNotFound
	case errors.Is(err, errConflict):
		return http.StatusConflict
	case errors.Is(err, errBadInput):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

func refuse(w http.ResponseWriter, code int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // the client is gone
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client is gone
}

// maxBody is more than any request needs.
const maxBody = 1 << 16

// body reads exactly one JSON value; an unknown key is an error.
func body(r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errBadInput, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than one JSON value", errBadInput)
	}
	return nil
}

func number(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return 0, fmt.Errorf("reader %q: %w: readers are numbers from 0", r.PathValue("n"), errNoSuch)
	}
	return n, nil
}

// patience is how long putting a card in may take.
const patience = 10 * time.Second

func (b *board) postInsert(r *http.Request) error {
	n, err := number(r)
	if err != nil {
		return err
	}
	var in struct {
		Card string `json:"card"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	return b.insert(ctx, n, in.Card)
}

func (b *board) postPull(r *http.Request) error {
	n, err := number(r)
	if err != nil {
		return err
	}
	if err := body(r, &struct{}{}); err != nil {
		return err
	}
	return b.pull(n)
}

func (b *board) postCard(r *http.Request) error {
	var d eidtest.Description
	if err := body(r, &d); err != nil {
		return err
	}
	return b.add(d)
}

func (b *board) postCardFault(r *http.Request) error {
	var f cardFault
	if err := body(r, &f); err != nil {
		return err
	}
	return b.fault(r.PathValue("id"), f)
}

func (b *board) postPrinterFault(r *http.Request) error {
	var in struct {
		Fault printer.Fault `json:"fault"`
		On    bool          `json:"on"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	if err := b.ticket.set(in.Fault, in.On); err != nil {
		return fmt.Errorf("%w: %w", errBadInput, err)
	}
	b.changed.ring()
	return nil
}

func (b *board) postDiscard(r *http.Request) error {
	if err := body(r, &struct{}{}); err != nil {
		return err
	}
	b.ticket.discard()
	b.changed.ring()
	return nil
}

func (b *board) postPCSCD(r *http.Request) error {
	var in struct {
		Do string `json:"do"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	return b.control(ctx, in.Do)
}

func (b *board) postPortal(r *http.Request) error {
	var in struct {
		Down bool `json:"down"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	err := b.around.portalDown(r.Context(), in.Down)
	if errors.Is(err, errNoPortal) {
		return fmt.Errorf("%w: %w", errConflict, err)
	}
	return err
}

// getPhoto gives the picture as it lies on the card.
func (b *board) getPhoto(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	var photo []byte
	if card := b.cards[r.PathValue("id")]; card != nil {
		photo = card.card.File(eidtest.FilePhoto)
	}
	b.mu.Unlock()
	if photo == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(photo) // the client is gone
}

func (b *board) getPapers(w http.ResponseWriter, _ *http.Request) { answer(w, b.ticket.papers()) }
