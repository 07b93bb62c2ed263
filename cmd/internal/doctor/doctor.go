package doctor

import (
	"context"
	"errors"
	"slices"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
)

// How long the daemon may take to answer, and its printers.
const (
	daemonTime  = 5 * time.Second
	printersFor = 20 * time.Second
)

// Doctor looks at a kiosk.
type Doctor struct {
	Config string // the file
	Socket string // of kioskd
	// Become makes this process one of the user that owns what the daemon keeps, so that
	// what is looked at is what the daemon could do. It is called where no daemon runs.
	Become func(stateDir string) error

	sys system
}

// Look looks at every part, and gives what is to be looked at first first.
func (d Doctor) Look(ctx context.Context) []fault.Finding {
	c, list := d.configuration()
	list = append(list, d.sys.disk(c)...)
	list = append(list, d.sys.durable(c.StateDir), d.sys.clockKept(), network(c.Portal.URL))
	client := control.NewClient(d.Socket)
	asking, cancel := context.WithTimeout(ctx, daemonTime)
	defer cancel()
	status, err := client.Status(asking)
	switch {
	case err == nil:
		list = append(list, d.running(ctx, client, status)...)
	case errors.Is(err, control.ErrRefused):
		list = append(list, fault.Finding{Part: "kioskd", State: fault.Fails, Fact: err.Error(), Do: "run this as root, or as a member of the group that control.group names"})
	case errors.Is(err, control.ErrNotRunning):
		list = append(list, fault.Found("kioskd", "daemon-away", "nothing answers at "+d.Socket))
		list = append(list, d.alone(ctx, c)...)
	default:
		list = append(list, fault.Found("kioskd", "daemon-hangs", err.Error()))
	}
	return fault.Arrange(list)
}

// configuration reads the file. Where it is wrong the rest is looked at as the defaults
// have it.
func (d Doctor) configuration() (config.Config, []fault.Finding) {
	c, err := config.Load(d.Config)
	if err != nil {
		return config.Default(), []fault.Finding{fault.Found("configuration", "config-wrong", err.Error())}
	}
	return c, []fault.Finding{fault.Well("configuration", d.Config)}
}

// running is what a daemon that runs tells, and what it cannot see.
func (d Doctor) running(ctx context.Context, client *control.Client, s control.Status) []fault.Finding {
	ctx, cancel := context.WithTimeout(ctx, printersFor)
	defer cancel()
	printers, err := client.Printers(ctx)
	if err != nil {
		printers = nil // as they last were, in s
	}
	list := Lasted(OfDaemon(s, printers, time.Now()), s.Faults)
	if s.Portal.Error == "tls" {
		list = append(list, d.sys.clockOf(ctx, s.Portal.URL)...)
	}
	return list
}

// Lasted is what is found without the faults that are of no account before they have
// lasted for minutes, and that the daemon does not count as such yet.
func Lasted(list []fault.Finding, lasting []fault.Shown) []fault.Finding {
	out := slices.Clone(list)
	for i, f := range out {
		of, _ := fault.Of(f.Code)
		counts := slices.ContainsFunc(lasting, func(l fault.Shown) bool { return l.Code == f.Code && l.Part == f.Part })
		if of.Lasts > time.Minute && !counts {
			out[i] = fault.Well(f.Part, f.Fact+" (not for long yet)")
		}
	}
	return out
}
