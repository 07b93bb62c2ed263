package main

import (
	"database/sql"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to look at a file as anyone could
)

func openSQLite(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	return db
}
