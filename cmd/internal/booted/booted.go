// Package booted holds the Debian package against what it promises, on a Debian that is
// booted: installed, configured, visited, killed, hung, updated, taken back and purged.
// It has only tests, behind the build tag booted: make test-package runs them. They
// need root, and roots of Debian that packaging/setup/root makes.
package booted
