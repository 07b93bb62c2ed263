// Package e2e holds the whole booth against what it promises, on real parts: the
// programs as they are built, the real pcscd, a tty, SQLite, the reference portal,
// Chromium and the web view. It has only tests.
package e2e
