package browser

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// Visitor is a person at a screen: a browser of the size of a kiosk's monitor that
// looks at it and presses. It is for one goroutine.
type Visitor struct{ driver *Driver }

// Seen is what a visitor sees.
type Seen struct {
	Screen  string   `json:"screen"` // as kiosk.Screen
	Notice  string   `json:"notice"` // as kiosk.View.Notice
	Lang    string   `json:"lang"`
	Text    string   `json:"text"` // all that can be read
	Buttons []string `json:"buttons"`
}

// Visit opens a screen. dir is this package's folder, with its node_modules.
func Visit(ctx context.Context, dir, url string) (*Visitor, error) {
	d, err := Start(ctx, dir, "visitor.mjs")
	if err != nil {
		return nil, err
	}
	if err := d.Do("open", map[string]any{"url": url}, nil); err != nil {
		_ = d.Close() // the first error says why
		return nil, err
	}
	return &Visitor{d}, nil
}

// Look tells what is seen now.
func (v *Visitor) Look() (s Seen, err error) {
	err = v.driver.Do("look", nil, &s)
	return s, err
}

// Wait waits until one of the screens is seen. "notice:KEY" is a notice; a plain
// "notice" is any.
func (v *Visitor) Wait(limit time.Duration, screens ...string) (s Seen, err error) {
	err = v.driver.Do("wait", map[string]any{"screens": screens, "limit": limit.Milliseconds()}, &s)
	return s, err
}

// Read waits until a text is seen.
func (v *Visitor) Read(limit time.Duration, text string) (s Seen, err error) {
	err = v.driver.Do("read", map[string]any{"text": text, "limit": limit.Milliseconds()}, &s)
	return s, err
}

// Press presses a button: what it does, and its choice where it has one.
func (v *Visitor) Press(do, choice string) error {
	return v.driver.Do("press", map[string]any{"what": do, "choice": choice}, nil)
}

// Type presses digits of the keypad, one after the other.
func (v *Visitor) Type(digits string) error {
	return v.driver.Do("type", map[string]any{"digits": digits}, nil)
}

// Keys types a text on a keyboard, then presses a key, by its name, and waits for the view
// that comes of it; of Tab none comes.
func (v *Visitor) Keys(text, key string) error {
	return v.driver.Do("keys", map[string]any{"text": text, "key": key}, nil)
}

// Mark presses a key that chooses, until the choice is seen to be made.
func (v *Visitor) Mark(key string) error {
	return v.driver.Do("mark", map[string]any{"key": key}, nil)
}

// Fill types into a field with the keys on the screen, one after the other.
func (v *Visitor) Fill(field, keys string) error {
	return v.driver.Do("fill", map[string]any{"field": field, "keys": keys}, nil)
}

// Picture saves what is seen as PNG.
func (v *Visitor) Picture(path string) error {
	path, err := filepath.Abs(path) // the driver runs elsewhere
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	return v.driver.Do("picture", map[string]any{"path": path}, nil)
}

// Page is any other page, and what there is on it once it is complete.
type Page struct {
	URL, Ready    string // Ready is a CSS selector
	Width, Height int
}

// PictureOf saves another page as PNG.
func (v *Visitor) PictureOf(p Page, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	return v.driver.Do("show", map[string]any{"url": p.URL, "ready": p.Ready, "path": path, "width": p.Width, "height": p.Height}, nil)
}

// Close ends the browser. It tells of errors that the page reported meanwhile.
func (v *Visitor) Close() error {
	var wrong []string
	err := v.driver.Do("wrong", nil, &wrong)
	if closing := v.driver.Close(); err == nil {
		err = closing
	}
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("browser: the page reported %q", wrong)
	}
	return err
}
