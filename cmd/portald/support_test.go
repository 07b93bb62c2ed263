package main

import (
	"database/sql"
	"testing"
	"time"

	"balie/sync/portal"

	_ "github.com/mattn/go-sqlite3" // to look at a file as anyone could
)

func openSQLite(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	return db
}

const hours = 2 * time.Hour

// now is the portal's clock.
func now(t testing.TB, client *portal.Client) time.Time {
	t.Helper()
	h, err := client.Health(t.Context())
	must(t, err)
	return h.Time
}
