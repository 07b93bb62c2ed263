package durabletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// envServe makes a test binary the server of a disk; it names the folder.
const envServe = "BALIE_TEST_SERVE_DISK"

// Main makes this process the server of a disk, where it was started as one, and
// does not return then. TestMain calls it first.
func Main() {
	dir := os.Getenv(envServe)
	if dir == "" {
		return
	}
	if err := serve(dir); err != nil {
		fmt.Fprintln(os.Stderr, "disk of a test:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve does what it is told on standard input, until that ends.
func serve(dir string) (err error) {
	s := &server{dir: dir, medium: newMedium()}
	if err := s.mount(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.fuse.Unmount()) }()
	from, to := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var o order
		if err := from.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		answer := order{}
		if err := s.do(o); err != nil {
			answer.Err = err.Error()
		}
		answer.Changes = s.changed()
		if err := to.Encode(answer); err != nil {
			return err
		}
	}
}

// server serves a medium through FUSE.
type server struct {
	dir    string
	medium *medium
	fuse   *fuse.Server
}

func (s *server) mount() (err error) {
	long := time.Hour // nothing changes but through the mount
	s.fuse, err = fs.Mount(s.dir, &folder{disk: s.medium}, &fs.Options{
		MountOptions: fuse.MountOptions{
			FsName: "balie-test", DirectMount: true, DisableXAttrs: true,
			Logger: log.New(io.Discard, "", 0), // of answers that nobody waits for any more
		},
		AttrTimeout: &long,
	})
	if err != nil {
		return fmt.Errorf("mounting (apt-get install fuse3): %w", err)
	}
	return nil
}

func (s *server) do(o order) error {
	switch o.Do {
	case "cut":
		s.medium.mu.Lock()
		defer s.medium.mu.Unlock()
		s.medium.cutAt, s.medium.torn = o.At, nil
		if o.Torn {
			s.medium.torn = rand.New(rand.NewPCG(o.Seed, 0))
		}
	case "fail":
		s.medium.mu.Lock()
		defer s.medium.mu.Unlock()
		s.medium.fault = fault{at: o.At, count: o.Count, err: o.Errno}
	case "cycle":
		if err := s.fuse.Unmount(); err != nil {
			return err
		}
		s.medium.mu.Lock()
		s.medium.cycle()
		s.medium.mu.Unlock()
		return s.mount()
	}
	return nil
}

func (s *server) changed() int {
	s.medium.mu.Lock()
	defer s.medium.mu.Unlock()
	return s.medium.changes
}
