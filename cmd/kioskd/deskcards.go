package main

import (
	"context"

	"balie/hw/eid"
	"balie/kiosk"
)

// deskCards are the readers as the desk takes them: the address on a card is not read.
type deskCards struct {
	*readers
	typed *pinBox // what was typed on the desk's screen
}

// Read reads someone's card.
func (d deskCards) Read(ctx context.Context, reader string) (eid.Record, error) {
	return d.readWanted(ctx, reader, eid.Want{Genuine: true, Holder: true}, nil)
}

// ReadOwn reads the clerk's own card, with what tells whose it is.
func (d deskCards) ReadOwn(ctx context.Context, reader string) (eid.Record, error) {
	return d.readWanted(ctx, reader, eid.Want{Genuine: true, Certificates: true}, nil)
}

// ProveHolder takes the PIN from the desk's own screen.
func (d deskCards) ProveHolder(ctx context.Context, p kiosk.ProveHolder) (eid.HolderProof, int, error) {
	return d.proveBy(ctx, p, d.typed)
}
