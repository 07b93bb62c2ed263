package main

import (
	"context"
	"log/slog"
	"time"

	"balie/hw/eid"
	"balie/sync/portal/api"
)

const crlsHelp = "`folder` of revocation lists, *.crl, DER or PEM: of the roots of the cards, with the root beside as *.crt, which kiosks are given; " +
	"and of the citizens' authorities, by which lost cards are refused. Read anew each ten minutes"

// rereadCRLs is how often the folder is looked at: who fills it does so by the hour.
const rereadCRLs = 10 * time.Minute

// lists are the revocation lists for the kiosks.
func (s settings) lists() ([]api.RevocationList, error) {
	if s.crls == "" {
		return nil, nil
	}
	found, err := eid.ReadCRLs(s.crls)
	if err != nil {
		return nil, err
	}
	var out []api.RevocationList
	for _, l := range found {
		out = append(out, api.RevocationList{List: l.List, Root: l.Root})
	}
	return out, nil
}

// keepCRLs has the cards judged by what is in the folder, until ctx ends. One that
// cannot be read leaves the lists before it.
func (s settings) keepCRLs(ctx context.Context, trust *eid.Trust, log *slog.Logger) error {
	tick := time.NewTicker(rereadCRLs)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := trust.LoadCRLs(s.crls); err != nil {
			log.Error("the revocation lists stay as they were", "err", err)
		}
	}
}
