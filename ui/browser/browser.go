// Package browser holds the screens against a real browser: Debian's Chromium,
// driven by playwright-core, with axe-core as the judge of accessibility. It has
// only tests; those of the server itself are with package ui and are quicker.
package browser
