package main

import (
	"context"
	"fmt"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/kiosk"
	"balie/kiosk/info"
	"balie/kiosk/text"
)

// buildTexts reads all that the booth can say: its sentences, what people ask, and who
// helps when.
func (b *booth) buildTexts(context.Context) (err error) {
	if b.texts, err = text.Load(); err != nil {
		return fmt.Errorf("reading the texts: %w", err)
	}
	b.info, b.helpers, err = answers(b.config, b.texts)
	return err
}

// answers are what people ask, and who helps when.
func answers(c config.Config, texts *text.Catalog) (*info.Library, []kiosk.Helper, error) {
	library, err := info.Load(info.Options{
		Folder: c.Info.Folder, Topics: c.Info.Topics, Texts: texts,
		Delays: info.Delays{Labs: time.Duration(c.Info.Labs), Reports: time.Duration(c.Info.Reports), Pathology: time.Duration(c.Info.Pathology)},
	})
	if err != nil {
		return nil, nil, exit.Errorf(exit.Usage, "info.folder, info.topics: %w", err)
	}
	list, err := helpers(c)
	if err != nil {
		return nil, nil, exit.Errorf(exit.Usage, "hours: %w", err)
	}
	return library, list, nil
}

// helpers are who helps where the booth cannot: the desk, and whom the configuration
// has anything of.
func helpers(c config.Config) ([]kiosk.Helper, error) {
	list := []kiosk.Helper{}
	for _, h := range []struct {
		kind, where string
		week        []string
		there       bool
	}{
		{"desk", c.Hours.DeskPlace, c.Hours.Desk, true},
		{"phone", c.Hospital.Phone, c.Hours.Phone, c.Hospital.Phone != ""},
		{"booth", "", c.Hours.Booth, len(c.Hours.Booth) > 0},
	} {
		schedule, err := c.Hours.Schedule(h.week)
		if err != nil {
			return nil, err
		}
		if h.there {
			list = append(list, kiosk.Helper{Kind: h.kind, Where: h.where, Hours: schedule})
		}
	}
	return list, nil
}
