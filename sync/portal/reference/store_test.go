package reference_test

import (
	"errors"
	"strings"
	"testing"

	"balie/sync/portal/reference"
)

// A database of a later version is left as it is.
func TestANewerDatabaseIsNotTouched(t *testing.T) {
	name := server.create(t)
	store, err := reference.OpenStore(t.Context(), server.url(name))
	must(t, err)
	must(t, store.Close())
	must(t, server.exec(t.Context(), name, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, TRUE)"))
	before := server.dump(t, name)
	if _, err := reference.OpenStore(t.Context(), server.url(name)); !errors.Is(err, reference.ErrNewer) {
		t.Errorf("got %v", err)
	}
	if server.dump(t, name) != before {
		t.Error("it was changed")
	}
}

// What is acknowledged is thrown away at the kiosk, so a database that may forget it
// is refused.
func TestADatabaseThatForgetsIsRefused(t *testing.T) {
	name := server.create(t)
	must(t, server.exec(t.Context(), "postgres", "ALTER DATABASE "+name+" SET synchronous_commit = off"))
	if _, err := reference.OpenStore(t.Context(), server.url(name)); !errors.Is(err, reference.ErrNotDurable) {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordIsNotTold(t *testing.T) {
	for _, url := range []string{
		"postgres://balie:hunter2@127.0.0.1:1/x", "postgres://balie:hunter2@127.0.0.1:port/x", "postgresql://balie:hunter2@[::1/x",
	} {
		if _, err := reference.OpenStore(t.Context(), url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
}

// Two programs that open a new database at once both find it made.
func TestOpenedTwiceAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		where := r.where + "2"
		if r.pg != "" {
			where = server.url(server.create(t))
		}
		errs := make(chan error)
		for range 2 {
			go func() {
				store, err := reference.OpenStore(t.Context(), where)
				if err == nil {
					err = errors.Join(store.Own(t.Context(), r.secrets), store.Close())
				}
				errs <- err
			}()
		}
		if err := errors.Join(<-errs, <-errs); err != nil {
			t.Error(err)
		}
	})
}
