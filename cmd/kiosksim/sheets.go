package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"balie/printer"
	"balie/printer/evolis/evolistest"
	"balie/printer/printertest"
	"balie/printer/zpl/zpltest"
)

// sheetPrinter is a virtual printer of cards or labels.
type sheetPrinter interface {
	printertest.Server
	Set(fault printer.Fault, on bool)
	Papers(ctx context.Context, n int) ([]string, error)
}

// sheetKinds are the printers of cards and labels that are played, by the name that
// --kind takes.
func sheetKinds() []string { return []string{"evolis", "zpl"} }

// sheetFaults are those that a printer of cards or labels can have.
func sheetFaults() []string {
	return []string{"cover-open", "paper-end", "ribbon-end", "paper-jam", "hopper-full", "cleaning", "head-hot", "offline", "unrecoverable", "mute", "power-off"}
}

// playSheets plays a printer of cards or labels on a pseudo-terminal until ctx ends,
// and shows what comes out as text.
func playSheets(ctx context.Context, out io.Writer, kind, link string, faults []string) error {
	var p sheetPrinter = evolistest.New(evolistest.Options{})
	if kind == "zpl" {
		p = zpltest.New(zpltest.Options{Slow: true})
	}
	for _, f := range faults {
		if !slices.Contains(sheetFaults(), f) {
			return &usageError{fmt.Errorf("--fault: %q is none of %s", f, strings.Join(sheetFaults(), ", "))}
		}
		p.Set(printer.Fault(f), true)
	}
	cable, err := printertest.StartPTY(p, link)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "printer at %s\n", cable.Path())
	for shown := 0; ; {
		papers, err := p.Papers(ctx, shown+1)
		if err != nil {
			return cable.Close()
		}
		for ; shown < len(papers); shown++ {
			fmt.Fprintf(out, "── %d ──\n%s", shown+1, papers[shown])
		}
	}
}
