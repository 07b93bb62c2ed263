package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer"
	"balie/printer/dialect"
	"balie/printer/escpos"
	"balie/printer/printertest"
)

const benchPrintHelp = `Encodes one code card with ours and with libraries of others, and says for each how
many bytes it takes and how long those take at 9600 baud, whether the euro and the
QR code are right, and what making them takes. Then it prints the card on a virtual
printer and counts what asking how the printer is adds to the wire.

It fails where ours is over its limit: 720 bytes in ESC/POS, 1000 in ZPL.`

func benchPrintCommand() *cobra.Command {
	var card, peers string
	var rounds int
	cmd := &cobra.Command{
		Use: "bench-print", Short: "What printing a code card takes, beside libraries of others", Long: benchPrintHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return benchPrint(cmd.Context(), cmd.OutOrStdout(), card, peers, rounds)
		},
	}
	cmd.Flags().StringVar(&card, "card", "kiosk/papers/testdata/code-card.json", "the card, as `FILE` of JSON")
	cmd.Flags().StringVar(&peers, "peers", "printer/peers", "`FOLDER` with the others; empty leaves them out")
	cmd.Flags().IntVar(&rounds, "rounds", 200, "how often each is made")
	return cmd
}

// made is a card as one library makes it.
type made struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	Stream  []byte  `json:"stream"`
	NS      float64 `json:"ns"`   // per card
	Heap    float64 `json:"heap"` // bytes per card
	most    int     // bytes; 0 is no limit
}

func benchPrint(ctx context.Context, out io.Writer, card, peers string, rounds int) error {
	doc, url, err := benchCardDocument(card)
	if err != nil {
		return err
	}
	var list []made
	for _, ours := range []struct {
		profile string
		most    int
	}{{"epson-tm", 720}, {"generic-escpos", 720}, {"zebra-zpl", 1000}, {"evolis-primacy", 0}} {
		m, err := makeOurs(doc, ours.profile, ours.most, rounds)
		if err != nil {
			return err
		}
		list = append(list, m)
	}
	if peers != "" {
		others, err := makePeers(ctx, card, peers, rounds)
		if err != nil {
			return err
		}
		list = append(list, others...)
	}
	if err := writeMade(out, list, url); err != nil {
		return err
	}
	if err := pollCost(ctx, out, doc); err != nil {
		return err
	}
	for _, m := range list {
		if m.most > 0 && len(m.Stream) > m.most {
			return fmt.Errorf("%s takes %d bytes, more than %d", m.Name, len(m.Stream), m.most)
		}
	}
	return nil
}

// benchCardDocument reads the card; url is what its QR code must give.
func benchCardDocument(card string) (doc printer.Document, url string, err error) {
	file, err := os.Open(card)
	if err != nil {
		return doc, "", err
	}
	defer func() { _ = file.Close() }() // read to its end
	paper, err := papers.Read("codecard", file)
	if err != nil {
		return doc, "", err
	}
	texts, err := text.Load()
	if err != nil {
		return doc, "", err
	}
	return paper.Document(texts, "nl"), paper.(papers.Slip).URL, nil
}

func makeOurs(doc printer.Document, name string, most, rounds int) (made, error) {
	p, err := dialect.Load(name)
	if err != nil {
		return made{}, err
	}
	stream, err := p.Encode(doc)
	if err != nil {
		return made{}, err
	}
	var before, after runtime.MemStats
	var took time.Duration
	for range 2 { // the first time warms up, as it does for the others
		runtime.ReadMemStats(&before)
		start := time.Now()
		for range rounds {
			if _, err := p.Encode(doc); err != nil {
				return made{}, err
			}
		}
		took = time.Since(start)
		runtime.ReadMemStats(&after)
	}
	n := float64(rounds)
	return made{
		Name: "balie " + name, Stream: stream, NS: float64(took.Nanoseconds()) / n, Heap: float64(after.TotalAlloc-before.TotalAlloc) / n, most: most,
	}, nil
}

// makePeers has the libraries of others make the card, in Node.
func makePeers(ctx context.Context, card, peers string, rounds int) ([]made, error) {
	if _, err := os.Stat(filepath.Join(peers, "node_modules")); err != nil {
		return nil, fmt.Errorf("the others are missing: make peers: %w", err)
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(peers, "bench.mjs"), card, fmt.Sprint(rounds))
	var said bytes.Buffer
	cmd.Stderr = &said
	lines, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	var list []made
	d := json.NewDecoder(bytes.NewReader(lines))
	for {
		var m made
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading what the others made: %w", err)
		}
		list = append(list, m)
	}
}

func writeMade(out io.Writer, list []made, url string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CODE CARD\tBYTES\tAT MOST\tAT 9600\tEURO\tQR\tTIME\tALLOCATED")
	for _, m := range list {
		most := ""
		if m.most > 0 {
			most = fmt.Sprint(m.most)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%.2f s\t%s\t%s\t%.3f ms\t%.0f KB\n", strings.TrimSpace(m.Name+" "+m.Version), len(m.Stream), most,
			wireTime(len(m.Stream)).Seconds(), euroIn(m.Stream), codeIn(m.Stream, url), m.NS/1e6, m.Heap/1e3)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// wireTime is how long bytes take at 9600 baud, ten bits each.
func wireTime(n int) time.Duration { return time.Duration(n) * 10 * time.Second / 9600 }

// pollCost prints the card on a virtual printer and counts what goes over the wire
// besides it.
func pollCost(ctx context.Context, out io.Writer, doc printer.Document) error {
	profile, err := escpos.LoadProfile("epson-tm")
	if err != nil {
		return err
	}
	body, err := escpos.Encode(doc, profile)
	if err != nil {
		return err
	}
	count := &counted{}
	cable := printertest.NewCable(printertest.New(printertest.Options{}))
	open := func(ctx context.Context) (printer.Port, error) {
		port, err := cable.Open(ctx)
		count.Port = port
		return count, err
	}
	driver := escpos.New(open, profile, slog.New(slog.DiscardHandler))
	defer func() { _ = driver.Close() }() // a cable within this program
	// The first job finds a printer of which nothing is known, and clears it besides.
	if _, err := driver.Print(ctx, doc); err != nil {
		return err
	}
	count.out, count.in = 0, 0
	if _, err := driver.Print(ctx, doc); err != nil {
		return err
	}
	asked := count.out - len(body)
	_, err = fmt.Fprintf(out, "asking how the printer is, per ticket: %d bytes out (%.1f %% of the wire), %d in, on the other\n", asked, 100*float64(asked)/float64(count.out), count.in)
	return err
}

// counted is a port that counts what goes through it.
type counted struct {
	printer.Port
	out, in int
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Port.Write(b)
	c.out += n
	return n, err
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Port.Read(b)
	c.in += n
	return n, err
}
