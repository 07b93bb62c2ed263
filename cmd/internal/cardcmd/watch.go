package cardcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/exit"
	"balie/hw/eid"
	"balie/hw/pcsc"
)

func watchCommand() *cobra.Command {
	var name string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "watch", Short: "Print what happens at the readers, until Ctrl-C",
		Long: `Prints one line for each reader and card that comes or goes, and for pcscd itself,
from what is there now until Ctrl-C. Nothing is read from the cards.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return watch(cmd.Context(), cmd.OutOrStdout(), name, asJSON)
		},
	}
	cmd.Flags().StringVar(&name, "reader", "", "`NAME` of the reader, or a part of it in which * stands for anything; without it, all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// event is a line of card watch --json.
type event struct {
	Time   time.Time `json:"time"`
	Event  string    `json:"event"`
	Reader string    `json:"reader,omitempty"`
	Socket string    `json:"socket,omitempty"` // as cards.reader takes it: "usb:1-1.2"
	ATR    string    `json:"atr,omitempty"`
	Belgic bool      `json:"looks_belgian,omitempty"`
	Error  string    `json:"error,omitempty"`
}

// watch prints events until ctx ends or nobody reads them.
func watch(ctx context.Context, out io.Writer, name string, asJSON bool) error {
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	err := readersFor(name).Watch(watching, func(e pcsc.Event) {
		if e.Reader != "" && e.Role != asked || failed != nil {
			return
		}
		if failed = printEvent(out, newEvent(e, time.Now()), asJSON); failed != nil {
			cancel()
		}
	})
	switch {
	case failed != nil:
		return exit.Errorf(exit.Failed, "printing: %w", failed)
	case errors.Is(err, context.Canceled):
		return nil
	}
	return explain(err)
}

func newEvent(e pcsc.Event, now time.Time) event {
	out := event{Time: now, Event: e.Kind.String(), Reader: e.Reader, ATR: fmt.Sprintf("%X", e.ATR), Belgic: eid.LooksBelgian(e.ATR)}
	if e.Socket != "" {
		out.Socket = "usb:" + e.Socket
	}
	if e.Err != nil {
		out.Error = explain(e.Err).Error()
	}
	return out
}

func printEvent(out io.Writer, e event, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(e)
	}
	words := []string{e.Time.Format("15:04:05.000"), e.Event}
	if e.Reader != "" {
		words = append(words, "in "+e.Reader)
	}
	if e.Socket != "" && e.Event == pcsc.ReaderReady.String() {
		words = append(words, "("+e.Socket+")")
	}
	switch {
	case e.Belgic:
		words = append(words, e.ATR, "(looks Belgian)")
	case e.ATR != "":
		words = append(words, e.ATR)
	case e.Event == pcsc.CardMute.String():
		words = append(words, "(turn it round)")
	case e.Error != "":
		words = append(words, e.Error)
	}
	_, err := fmt.Fprintln(out, strings.Join(words, "  "))
	return err
}
