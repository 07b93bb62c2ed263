package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"balie/printer"
	"balie/printer/printertest"
)

// printerSettings are the options as given.
type printerSettings struct {
	kind, link, listen, pictures string
	faults                       []string
	line, hand                   time.Duration
	baud                         int
}

// printerKinds are the printers that are played, by the name that --kind takes.
func printerKinds() map[string]printertest.Options {
	return map[string]printertest.Options{
		"epson":       {},
		"epson-no-id": {NoProcessID: true},
		"vkp80":       {Columns: 48, Dots: 576, Custom: true, Reach: time.Second},
	}
}

func kindNames() string {
	return strings.Join(append(slices.Sorted(maps.Keys(printerKinds())), sheetKinds()...), ", ")
}

func printerCommand() *cobra.Command {
	var s printerSettings
	cmd := &cobra.Command{
		Use: "printer", Short: "A printer alone, on a pty",
		Long: `Plays a receipt printer (ESC/POS, 80 mm), a printer of cards (evolis) or of labels
(zpl) on a pseudo-terminal until Ctrl-C, and shows all that comes out as text. Its answers are those of the real one. A vkp80 has
a mouth: it holds a ticket out, somebody takes it after --hand, and what is left in it
is drawn back in after the time that the ticket itself says.

Faults are given by --fault, and while it runs by lines on its input: +paper-end sets
one, -paper-end mends it, +paper-end@300 sets it 300 bytes from now. They are
` + faultHelp() + `.
An evolis or zpl has those of --fault that it can have, for as long as it runs.`,
		Example: `  kiosksim printer --link /tmp/ticket-printer
  kiosksim printer --link /tmp/card-printer --kind vkp80 --fault ticket-forgotten
  kiosksim printer --kind epson --listen 127.0.0.1:9100 --fault paper-end@300`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slices.Contains(sheetKinds(), s.kind) {
				return playSheets(cmd.Context(), cmd.OutOrStdout(), s.kind, s.link, s.faults)
			}
			return s.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.kind, "kind", "epson", "what it plays: one of `"+kindNames()+"`")
	flags.StringVar(&s.link, "link", "", "symbolic link to the device; without it, the `path` is a /dev/pts/…")
	flags.StringVar(&s.listen, "listen", "", "loopback `address` to be reached at over TCP as well, such as 127.0.0.1:9100")
	flags.StringArrayVar(&s.faults, "fault", nil, "a `fault` that it has, such as paper-end or paper-end@300; may be repeated")
	flags.DurationVar(&s.line, "line-time", 14*time.Millisecond, "how long it takes for a line; 0 is at once")
	flags.DurationVar(&s.hand, "hand", 3*time.Second, "after how long a ticket is taken out of its mouth")
	flags.IntVar(&s.baud, "baud", 0, "take data no faster than so many bits per second allow; 0 is at once")
	flags.StringVar(&s.pictures, "pictures", "", "`folder` for a PNG of every ticket")
	return cmd
}

// faultHelp lists the faults over several lines.
func faultHelp() string {
	var b strings.Builder
	width := 0
	for _, f := range append(printertest.AllFaults(), unpluggedFault) {
		if width += len(f) + 1; width > 84 {
			b.WriteString("\n")
			width = len(f) + 1
		} else if b.Len() > 0 {
			b.WriteString(" ")
		}
		b.WriteString(string(f))
	}
	return b.String()
}

// options are those of the printer to be played.
func (s printerSettings) options() (printertest.Options, error) {
	o, known := printerKinds()[s.kind]
	if !known {
		return o, &usageError{fmt.Errorf("--kind: %q is none of %s", s.kind, kindNames())}
	}
	o.LineTime, o.Hand = s.line, s.hand
	if s.baud > 0 {
		o.ByteTime = 10 * time.Second / time.Duration(s.baud)
	}
	return o, nil
}

// run plays the printer until ctx ends.
func (s printerSettings) run(ctx context.Context, in io.Reader, out, errors io.Writer) error {
	o, err := s.options()
	if err != nil {
		return err
	}
	var listener net.Listener
	if s.listen != "" {
		if host, _, err := net.SplitHostPort(s.listen); err != nil || !loopback(host) {
			return &usageError{fmt.Errorf("--listen: %q is not a loopback address such as 127.0.0.1:9100", s.listen)}
		}
		if listener, err = net.Listen("tcp", s.listen); err != nil {
			return fmt.Errorf("listening: %w", err)
		}
	}
	t, err := newTicketPrinter(o, s.link)
	if err != nil {
		return err
	}
	for _, f := range s.faults {
		if err := t.order("+" + f); err != nil {
			return &usageError{fmt.Errorf("--fault: %w", err)}
		}
	}
	fmt.Fprintf(out, "printer at %s\n", t.cable.Path())
	group, ctx := errgroup.WithContext(ctx)
	if listener != nil {
		fmt.Fprintf(out, "and at %s\n", listener.Addr())
		group.Go(func() error { return t.printer.ServeListener(ctx, listener) })
	}
	go t.obey(in, errors) // it ends with its input, which nothing else ends
	group.Go(func() error { return s.showPapers(ctx, out, t) })
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return t.Close()
}

// obey does what the lines of in say.
func (t *ticketPrinter) obey(in io.Reader, errors io.Writer) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if err := t.order(strings.TrimSpace(lines.Text())); err != nil {
			fmt.Fprintf(errors, "kiosksim: %v\n", err)
		}
	}
}

// order sets or mends a fault: +paper-end, +paper-end@300, -paper-end.
func (t *ticketPrinter) order(line string) error {
	name, at, later := strings.Cut(line, "@")
	sign, fault := name[:min(1, len(name))], printer.Fault(name[min(1, len(name)):])
	n, err := strconv.Atoi(at)
	switch {
	case line == "":
		return nil
	case sign != "+" && sign != "-" || later && (sign == "-" || err != nil || n < 0):
		return fmt.Errorf("%q is not like +paper-end, +paper-end@300 or -paper-end", line)
	case !later:
		return t.set(fault, sign == "+")
	case !slices.Contains(printertest.AllFaults(), fault):
		return fmt.Errorf("%q comes at no byte", fault)
	}
	t.printer.FaultAt(n, fault)
	return nil
}

// showPapers writes every paper that comes out, and what becomes of it, until ctx ends.
func (s printerSettings) showPapers(ctx context.Context, out io.Writer, t *ticketPrinter) error {
	fates := []string{}
	for {
		changed := t.printer.Changed()
		for i, sheet := range t.printer.Papers() {
			p := newPaper(i+1, sheet)
			if i == len(fates) {
				fates = append(fates, "")
				fmt.Fprintf(out, "── ticket %d ──\n%s── %s ──\n", p.Number, p.Text, sheet.Cut)
				if err := s.keep(p); err != nil {
					return err
				}
			}
			if sheet.Fate != fates[i] {
				fates[i] = sheet.Fate
				fmt.Fprintf(out, "── ticket %d is %s ──\n", p.Number, sheet.Fate)
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// keep writes a picture of a paper where a folder is given for it.
func (s printerSettings) keep(p paper) error {
	if s.pictures == "" {
		return nil
	}
	picture, err := p.sheet.PNG()
	if err != nil {
		return fmt.Errorf("drawing ticket %d: %w", p.Number, err)
	}
	if err := os.WriteFile(filepath.Join(s.pictures, fmt.Sprintf("ticket-%d.png", p.Number)), picture, 0o600); err != nil {
		return fmt.Errorf("keeping a picture of ticket %d: %w", p.Number, err)
	}
	return nil
}
