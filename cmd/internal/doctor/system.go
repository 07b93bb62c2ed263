package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"balie/cmd/internal/config"
	"balie/cmd/internal/fault"
	"balie/sync/outbox"
)

// Room on the disk of state_dir, in bytes: what the queue's own reserve and a day of it
// take, and what somebody should be told of before that.
const (
	leastRoom = 2 << 20
	goodRoom  = 100 << 20
)

// system is the machine.
type system struct {
	mounts string // of the kernel; empty: its own
}

// OfMachine is what a daemon that runs sees of its machine.
func OfMachine(c config.Config, portal string) []fault.Finding {
	return append(system{}.disk(c), system{}.clockKept(), network(portal))
}

// disk looks at the folder of what is kept, and the disk below it.
func (s system) disk(c config.Config) (list []fault.Finding) {
	const part = "disk"
	info, err := os.Stat(c.StateDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []fault.Finding{fault.Found(part, "state-rights", "there is no "+c.StateDir)}
	case err != nil:
		return []fault.Finding{fault.Found(part, "state-rights", err.Error())}
	case !info.IsDir() || info.Mode().Perm()&0o077 != 0:
		list = append(list, fault.Found(part, "state-rights", fmt.Sprintf("%s has mode %04o: others could read it; it has to be a folder of mode 0700", c.StateDir, info.Mode().Perm())))
	}
	list = append(list, room(c.StateDir))
	file, size := outbox.Ballast(filepath.Join(c.StateDir, "queue.db"))
	_, began := os.Stat(filepath.Join(c.StateDir, "queue.db"))
	if info, err := os.Stat(file); began == nil && (errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < size) {
		list = append(list, fault.Found(part, "ballast-gone", file))
	}
	return list
}

// room is how much the disk of a folder still takes.
func room(dir string) fault.Finding {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fault.Found("disk", "state-rights", fmt.Sprintf("%s: %v", dir, err))
	}
	free := s.Bavail * uint64(s.Bsize)
	fact := fmt.Sprintf("%.1f MB free where %s is", float64(free)/1e6, dir)
	switch {
	case free < leastRoom:
		return fault.Found("disk", "disk-full", fact)
	case s.Files > 0 && s.Ffree < 16:
		return fault.Found("disk", "disk-full", fmt.Sprintf("%d files more where %s is", s.Ffree, dir))
	case free < goodRoom && free < s.Blocks*uint64(s.Bsize)/10:
		return fault.Found("disk", "disk-low", fact)
	}
	return fault.Well("disk", fact)
}

// durable looks at how the disk is mounted: one in memory keeps nothing, and without
// barriers a sync promises nothing (ext4(5), xfs(5)).
func (s system) durable(dir string) fault.Finding {
	const part = "durability"
	kind, options, err := s.mountOf(dir)
	switch {
	case err != nil:
		return fault.Well(part, "nobody can tell how it is mounted: "+err.Error())
	case kind == "tmpfs" || kind == "ramfs":
		return fault.Found(part, "not-durable", dir+" is in memory ("+kind+")")
	}
	for _, option := range strings.Split(options, ",") {
		if option == "nobarrier" || option == "barrier=0" {
			return fault.Found(part, "not-durable", dir+" is mounted with "+option)
		}
	}
	return fault.Well(part, kind+"; every commit is synced")
}

// mountOf is the file system that a folder is on: the last mount in proc(5)'s mountinfo
// whose place the folder is below.
func (s system) mountOf(dir string) (kind, options string, err error) {
	path := s.mounts
	if path == "" {
		path = "/proc/self/mountinfo"
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	longest := -1
	for line := range strings.Lines(string(text)) {
		before, after, _ := strings.Cut(line, " - ")
		at, of := strings.Fields(before), strings.Fields(after)
		if len(at) < 6 || len(of) < 3 || !below(dir, at[4]) || len(at[4]) < longest {
			continue
		}
		longest, kind, options = len(at[4]), of[0], at[5]+","+of[2]
	}
	if longest < 0 {
		return "", "", errors.New("no mount has it")
	}
	return kind, options, nil
}

func below(dir, mount string) bool {
	return mount == "/" || dir == mount || strings.HasPrefix(dir, mount+"/")
}

// clockKept tells whether the network keeps the clock (adjtimex(2)).
func (system) clockKept() fault.Finding {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return fault.Well("time service", "nobody can tell")
	}
	if t.Status&unix.STA_UNSYNC != 0 {
		return fault.Found("time service", "clock-alone", "no time service keeps the clock")
	}
	return fault.Well("time service", "keeps the clock")
}

// network tells whether this machine has an address to reach the portal from.
func network(portal string) fault.Finding {
	if u, err := url.Parse(portal); err == nil {
		if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
			return fault.Well("network", "the portal is on this machine")
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return fault.Found("network", "network-down", err.Error())
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback != 0 || i.Flags&net.FlagRunning == 0 {
			continue
		}
		addresses, err := i.Addrs()
		for _, a := range addresses {
			if ip, is := a.(*net.IPNet); err == nil && is && !ip.IP.IsLinkLocalUnicast() {
				return fault.Well("network", i.Name+" has "+ip.IP.String())
			}
		}
	}
	return fault.Found("network", "network-down", "no interface is up and has an address")
}
