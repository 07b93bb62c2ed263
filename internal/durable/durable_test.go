package durable

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/mattn/go-sqlite3"
)

// schema makes one table for each name; a name may bring a first line.
func schema(files map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, first := range files {
		sql := first + "\nCREATE TABLE t" + name + " (v BLOB);\n"
		fs["migrations/"+name+"_t.sql"] = &fstest.MapFile{Data: []byte(sql)}
	}
	return fs
}

func one() fstest.MapFS { return schema(map[string]string{"0001": ""}) }

func open(t *testing.T, path string, o Options) *sql.DB {
	t.Helper()
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestEveryConnectionIsDurable(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a b?c.db"), Options{Application: "Test", Migrations: one(), MaxBytes: 1 << 20})
	db.SetMaxIdleConns(0) // every query below makes a connection of its own
	for range 3 {
		for _, want := range asserted() {
			var got string
			if err := db.QueryRow("PRAGMA " + want.pragma).Scan(&got); err != nil || got != want.value {
				t.Errorf("%s is %q, %v; want %s", want.pragma, got, err, want.value)
			}
		}
		var pages int
		if err := db.QueryRow("PRAGMA max_page_count").Scan(&pages); err != nil || pages != 256 {
			t.Errorf("quota of %d pages, %v", pages, err)
		}
	}
}

// The driver's own default and a mistyped option must not pass, and what is set
// right must.
func TestAConnectionThatIsNotDurableFails(t *testing.T) {
	const rest = "&_foreign_keys=1&_secure_delete=1"
	tests := []struct {
		name, options string
		durable       bool
	}{
		{"full", "_journal_mode=WAL&_synchronous=FULL" + rest, true},
		{"driver's default is NORMAL", "_journal_mode=WAL" + rest, false},
		{"NORMAL", "_journal_mode=WAL&_synchronous=NORMAL" + rest, false},
		{"mistyped", "_journal_mode=WAL&_syncronous=FULL" + rest, false},
		{"another driver's spelling", "_journal_mode=WAL&_pragma=synchronous(FULL)" + rest, false},
		{"no write-ahead log", "_synchronous=FULL" + rest, false},
		{"no secure delete", "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &sqlite3.SQLiteDriver{ConnectHook: Options{}.connected}
			c, err := d.Open("file:" + filepath.Join(t.TempDir(), "x.db") + "?" + tt.options)
			if err == nil {
				defer c.Close()
			}
			if tt.durable != (err == nil) || !tt.durable && !errors.Is(err, ErrNotDurable) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What the driver bundles must be past the write-ahead log's reset bug, mended in
// 3.51.3 (https://sqlite.org/wal.html#walresetbug).
func TestBundledSQLiteIsNewEnough(t *testing.T) {
	if name, number, _ := sqlite3.Version(); number < 3051003 {
		t.Errorf("SQLite %s", name)
	}
}

func TestVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	next := schema(map[string]string{"0001": "", "0002": "-- readable-by: 1"})
	later := schema(map[string]string{"0001": "", "0002": "-- readable-by: 1", "0003": ""})
	for _, files := range []fstest.MapFS{one(), next, next, one()} {
		db := open(t, path, Options{Application: "Test", Migrations: files})
		if _, err := db.Exec("INSERT INTO t0001 VALUES (x'00')"); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(t, path, Options{Application: "Test", Migrations: later}).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{Application: "Test", Migrations: next}); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
	var n int
	if err := open(t, path, Options{Application: "Test", Migrations: later}).QueryRow("SELECT count(*) FROM t0001").Scan(&n); err != nil || n != 4 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	broken := one()
	broken["migrations/0002_bad.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE half (v); CREATE TABEL other (v);")}
	if _, err := Open(t.Context(), path, Options{Application: "Test", Migrations: broken}); err == nil || !strings.Contains(err.Error(), "0002_bad") {
		t.Fatalf("got %v", err)
	}
	var n int
	db := open(t, path, Options{Application: "Test", Migrations: one()})
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").Scan(&n); err != nil || n != 0 {
		t.Errorf("half a migration stayed: %d, %v", n, err)
	}
	gap := schema(map[string]string{"0001": "", "0003": ""})
	for name, files := range map[string]fstest.MapFS{"a gap": gap, "none": {}} {
		if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "y.db"), Options{Application: "Test", Migrations: files}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// A file of another program is neither changed nor adopted, and nothing is made
// beside it.
func TestAForeignFileIsRefused(t *testing.T) {
	for name, statements := range map[string]string{
		"without a mark":          "CREATE TABLE photos (v); INSERT INTO photos VALUES (1)",
		"with one":                "PRAGMA application_id=252006674; CREATE TABLE photos (v)",
		"with one and no tables":  "PRAGMA application_id=252006674; VACUUM",
		"with versions of others": "CREATE TABLE schema_version (version, name); INSERT INTO schema_version VALUES (1, '0001_photos')",
		"with a log":              "PRAGMA journal_mode=WAL; CREATE TABLE photos (v)",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			raw, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.Exec(statements); err != nil {
				t.Fatal(err)
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Open(t.Context(), path, Options{Application: "Test", Migrations: one()}); !errors.Is(err, ErrForeign) {
				t.Errorf("got %v", err)
			}
			if _, err := Open(t.Context(), path, Options{Migrations: one()}); err == nil {
				t.Error("was opened by nobody")
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Errorf("the file was changed, or %v", err)
			}
			if files, err := filepath.Glob(path + "*"); err != nil || len(files) != 1 {
				t.Errorf("there are %v, %v", files, err)
			}
		})
	}
}

// A file from before there were marks, or that nothing was put in, is ours.
func TestAFileWithoutAMarkIsMarked(t *testing.T) {
	for _, statements := range []string{"DROP TABLE t0001; DROP TABLE schema_version", "SELECT 1"} {
		path := filepath.Join(t.TempDir(), "x.db")
		db := open(t, path, Options{Application: "Test", Migrations: one()})
		if _, err := db.Exec("PRAGMA application_id=0; " + statements); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		var id int
		if err := open(t, path, Options{Application: "Test", Migrations: one()}).QueryRow("PRAGMA application_id").Scan(&id); err != nil || id != 0x54657374 {
			t.Errorf("after %s the mark is %x, %v", statements, id, err)
		}
	}
}

func TestCorruptFileIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "of-another-program")
	before := []byte(strings.Repeat("no database at all ", 500))
	write(t, path, before)
	_, err := Open(t.Context(), path, Options{Application: "Test", Migrations: one(), Leave: true})
	var aside *CorruptError
	if !errors.Is(err, ErrCorrupt) || errors.As(err, &aside) {
		t.Errorf("got %v", err)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != string(before) {
		t.Errorf("the file is not what it was: %v", err)
	}
}

func TestCorruptFileIsSetAside(t *testing.T) {
	garbage := []byte(strings.Repeat("no database at all ", 500))
	tests := map[string]func(t *testing.T, path string){
		"not a database": func(t *testing.T, path string) { write(t, path, garbage) },
		"a damaged page": func(t *testing.T, path string) {
			db := open(t, path, Options{Application: "Test", Migrations: one()})
			for range 50 {
				if _, err := db.Exec("INSERT INTO t0001 VALUES (randomblob(2000))"); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			copy(raw[3*4096:5*4096], garbage)
			write(t, path, raw)
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			damage(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), path, Options{Application: "Test", Migrations: one()})
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || !errors.Is(err, ErrCorrupt) {
				t.Fatalf("got %v", err)
			}
			if kept, err := os.ReadFile(corrupt.Aside); err != nil || string(kept) != string(before) {
				t.Errorf("what was set aside is not what there was: %v", err)
			}
			open(t, path, Options{Application: "Test", Migrations: one()})
		})
	}
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestQuotaStopsInsertsAndNotDeletes(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"), Options{Application: "Test", Migrations: one(), MaxBytes: 1 << 18})
	insert := func() error {
		_, err := db.ExecContext(context.Background(), "INSERT INTO t0001 VALUES (randomblob(4000))")
		return Explain(err)
	}
	err := insert()
	for err == nil {
		err = insert()
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("got %v", err)
	}
	if _, err := db.Exec("DELETE FROM t0001"); err != nil {
		t.Errorf("delete at the quota: %v", err)
	}
	if err := insert(); err != nil {
		t.Errorf("insert after the delete: %v", err)
	}
}

func TestErrorsHaveNames(t *testing.T) {
	tests := []struct {
		err  error
		want error
	}{
		{&os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, ErrRights},
		{&os.PathError{Op: "open", Path: "x", Err: syscall.EROFS}, ErrRights},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, ErrFull},
		{sqlite3.Error{Code: sqlite3.ErrFull}, ErrFull},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, ErrFull},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen}, ErrRights},
		{sqlite3.Error{Code: sqlite3.ErrNotADB}, ErrCorrupt},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, ErrBusy},
	}
	for _, tt := range tests {
		got := Explain(tt.err)
		if !errors.Is(got, tt.want) || !strings.HasPrefix(got.Error(), tt.want.Error()) {
			t.Errorf("%v: got %v, want %v", tt.err, got, tt.want)
		}
		if again := Explain(got); again != got {
			t.Errorf("named twice: %v", again)
		}
	}
	for _, other := range []sqlite3.Error{{Code: sqlite3.ErrConstraint}, {Code: sqlite3.ErrIoErr}, {Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}} {
		if err := Explain(other); named(err) != nil {
			t.Errorf("got %v", err)
		}
	}
	if Explain(nil) != nil {
		t.Error("no error became one")
	}
}

func TestTheFolderMustBeThere(t *testing.T) {
	_, err := Open(t.Context(), filepath.Join(t.TempDir(), "missing", "x.db"), Options{Application: "Test", Migrations: one()})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheOwnerCanRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path, Options{Application: "Test", Migrations: one()})
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(file), info.Mode(), err)
		}
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	for _, text := range []string{"a long first text", "short"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
			t.Errorf("got %q, %v", raw, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := WriteFile(filepath.Join(path, "below a file"), nil); err == nil {
		t.Error("was written")
	}
}
