package main

import (
	"testing"
)

func TestCoversTheMonitor(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	if got := d.run(t, `return innerWidth + "x" + innerHeight`); got != "1080x1920" {
		t.Errorf("the page has %s, want 1080x1920", got)
	}
	img := shot(t, display)
	for _, at := range [][2]int{{0, 0}, {1079, 0}, {0, 1919}, {1079, 1919}} {
		if !is(img, at[0], at[1], 0x205080) {
			t.Errorf("at %v the screen is not the page's", at)
		}
	}
}
