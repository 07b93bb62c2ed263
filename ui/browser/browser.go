// Package browser looks at the screens with a real browser: Debian's Chromium,
// driven by playwright-core. Its tests hold every screen against axe-core, as the
// judge of accessibility; a [Visitor] is a person at the screen, for whoever plays a
// whole visit. It is no part of a kiosk.
package browser
