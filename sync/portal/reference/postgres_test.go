package reference_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"balie/internal/durable/durabletest"
	"balie/sync/portal/reference"
)

// postgres is a PostgreSQL of the tests' own, on a socket of its own.
type postgres struct {
	dir       string
	bin       string
	command   *exec.Cmd
	databases atomic.Int64
	schema    sync.Once // the database of that name is there
}

var server *postgres // started by TestMain, since it must end with the process

func TestMain(m *testing.M) {
	if queue := os.Getenv(envDrain); queue != "" {
		if err := drainQueue(queue); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	runtime.LockOSThread() // the server is told when this thread, the process's own, is gone
	os.Exit(run(m))
}

// shortChecks is how many lives each property draws; more where the command line says so.
const shortChecks = "20"

func run(m *testing.M) int {
	defer durabletest.InMemory()()
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said {
		if err := flag.Set("rapid.checks", shortChecks); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	var err error
	if server, err = startPostgres(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.stop()
	return m.Run()
}

// startPostgres starts a server as the user postgres where we are root, who may not
// run one.
func startPostgres() (*postgres, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, errors.New("PostgreSQL is missing: apt-get install postgresql")
	}
	p := &postgres{bin: filepath.Dir(found[len(found)-1])}
	if p.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	attr, err := p.ownUser()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(p.dir, "data")
	initdb := exec.Command(filepath.Join(p.bin, "initdb"), "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "-D", data)
	initdb.SysProcAttr, initdb.Dir = attr, p.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	p.command = exec.Command(filepath.Join(p.bin, "postgres"), "-D", data, "-k", p.dir, "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "log_statement=none")
	attr.Pdeathsig = syscall.SIGINT
	p.command.SysProcAttr, p.command.Dir = attr, p.dir
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	return p, p.ready()
}

func (p *postgres) ownUser() (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("the user postgres is missing: apt-get install postgresql")
	}
	uid, err := strconv.Atoi(u.Uid)
	gid, other := strconv.Atoi(u.Gid)
	if err := errors.Join(err, other, os.Chown(p.dir, uid, gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func (p *postgres) url(database string) string {
	return "postgres://postgres@/" + database + "?host=" + p.dir
}

// ready waits until the server answers.
func (p *postgres) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.exec(ctx, "postgres", "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("PostgreSQL does not start: %w", err), p.stop())
		}
	}
}

func (p *postgres) exec(ctx context.Context, database, statement string) error {
	db, err := sql.Open("pgx", p.url(database))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

// create makes an empty database and gives its name.
func (p *postgres) create(t testing.TB) string {
	t.Helper()
	return p.createFrom(t, "template1")
}

// copied makes a database with a portal's schema in it, and gives its name.
func (p *postgres) copied(t testing.TB) string {
	t.Helper()
	p.schema.Do(func() {
		must(t, p.exec(t.Context(), "postgres", "CREATE DATABASE schema"))
		store, err := reference.OpenStore(t.Context(), p.url("schema"))
		must(t, err)
		must(t, store.Close())
	})
	return p.createFrom(t, "schema")
}

func (p *postgres) createFrom(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("t%d", p.databases.Add(1))
	must(t, p.exec(t.Context(), "postgres", "CREATE DATABASE "+name+" TEMPLATE "+template))
	return name
}

// dump is all that is in a database.
func (p *postgres) dump(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(p.bin, "pg_dump"), "-h", p.dir, "-U", "postgres", "--inserts", name).CombinedOutput()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, out)
	}
	return restrict.ReplaceAllString(string(out), "")
}

// restrict is a line of pg_dump with a word that is another each time.
var restrict = regexp.MustCompile(`(?m)^\\(un)?restrict .*$`)

func (p *postgres) stop() error {
	err := errors.Join(p.command.Process.Signal(syscall.SIGINT), p.command.Wait())
	return errors.Join(err, os.RemoveAll(p.dir))
}
