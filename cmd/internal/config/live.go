package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"
)

// Taking is c with what a running daemon can take of next: the keys that are Live.
func (c Config) Taking(next Config) Config {
	c.Hospital.Name, c.Hospital.Phone = next.Hospital.Name, next.Hospital.Phone
	portal := c.Info.Portal // the cards that are made name it
	c.Booth, c.Info, c.Hours = next.Booth, next.Info, next.Hours
	c.Info.Portal = portal
	from := map[string]string{}
	for live, of := range map[bool]map[string]string{false: c.from, true: next.from} {
		for key, where := range of {
			if k, _ := keyOf(key); k.Live == live {
				from[key] = where
			}
		}
	}
	c.from = from
	return c
}

// Overridden is c with what the portal sets, as TOML. Only keys that portal.may_set
// names are taken; one that it does not name, and a value that is not allowed, refuses
// all of it.
func (c Config) Overridden(text string) (Config, error) {
	var tree map[string]any
	meta, err := toml.Decode(text, &tree)
	if err != nil {
		return c, fmt.Errorf("what the portal sets: %w", OneLine(err))
	}
	next := c
	next.from = maps.Clone(c.from)
	for _, key := range meta.Keys() {
		name := key.String()
		if meta.Type(key...) == "Hash" {
			continue
		}
		if !slices.Contains(c.Portal.MaySet, name) {
			return c, fmt.Errorf("what the portal sets: %s: portal.may_set does not name it", clean(name))
		}
		next.from[name] = FromPortal
	}
	// Lists of the file are replaced, not written over in place.
	next.Booth.Languages, next.Booth.Without, next.Info.Topics = nil, nil, nil
	next.Hours.Desk, next.Hours.Phone, next.Hours.Booth, next.Hours.Holidays = nil, nil, nil, nil
	if _, err := toml.Decode(text, &next); err != nil {
		return c, fmt.Errorf("what the portal sets: %w", OneLine(err))
	}
	next.keepLists(c, meta)
	if wrong := next.check(); len(wrong) > 0 {
		return c, fmt.Errorf("what the portal sets: %w", wrong[0])
	}
	return next, nil
}

// keepLists gives the lists that a text does not name their values of before.
func (c *Config) keepLists(was Config, said toml.MetaData) {
	for _, l := range []struct {
		key       []string
		list, old *[]string
	}{
		{[]string{"booth", "languages"}, &c.Booth.Languages, &was.Booth.Languages},
		{[]string{"booth", "without"}, &c.Booth.Without, &was.Booth.Without},
		{[]string{"info", "topics"}, &c.Info.Topics, &was.Info.Topics},
		{[]string{"hours", "desk"}, &c.Hours.Desk, &was.Hours.Desk},
		{[]string{"hours", "phone"}, &c.Hours.Phone, &was.Hours.Phone},
		{[]string{"hours", "booth"}, &c.Hours.Booth, &was.Hours.Booth},
		{[]string{"hours", "holidays"}, &c.Hours.Holidays, &was.Hours.Holidays},
	} {
		if !said.IsDefined(l.key...) {
			*l.list = *l.old
		}
	}
}
