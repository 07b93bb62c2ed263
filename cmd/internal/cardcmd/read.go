package cardcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/exit"
	"balie/hw/eid"
	"balie/internal/durable"
)

// readOptions are those of card read.
type readOptions struct {
	common
	with    []string
	genuine bool
	photo   string
}

func readCommand() *cobra.Command {
	var o readOptions
	cmd := &cobra.Command{
		Use: "read", Short: "Read the card that is in a reader, or is put in, and check it",
		Long: `Waits for a card, reads it and says what of it is proved. The checks are valid,
invalid, absent (the card has no such thing) or not_asked; chain is test where
only a test root vouches for the card.

` + exitHelp,
		Example: "  kioskctl card read\n  kioskctl card read --with address,photo --genuine --json\n  kioskctl card read --photo face.jpg --wait 1m",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	o.add(cmd.Flags())
	cmd.Flags().StringSliceVar(&o.with, "with", nil, "`what` to read besides the identity: address,photo,certs")
	cmd.Flags().BoolVar(&o.genuine, "genuine", false, "have the chip prove that it is no copy: applet 1.8, 5000 times in its life")
	cmd.Flags().StringVar(&o.photo, "photo", "", "write the photo to `FILE`")
	return cmd
}

// want is what is to be read.
func (o *readOptions) want() (eid.Want, error) {
	w := eid.Want{Genuine: o.genuine, Photo: o.photo != ""}
	for _, what := range o.with {
		switch strings.TrimSpace(what) {
		case "address":
			w.Address = true
		case "photo":
			w.Photo = true
		case "certs":
			w.Certificates = true
		default:
			return w, exit.Errorf(exit.Usage, "--with: %q is none of address, photo, certs", what)
		}
	}
	return w, nil
}

func (o *readOptions) run(ctx context.Context, out io.Writer) error {
	want, err := o.want()
	if err != nil {
		return err
	}
	trust, err := o.trust()
	if err != nil {
		return err
	}
	k, err := o.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = k.Close() }() // the card may be out
	reading, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	record, err := eid.Read(reading, k, trust, want, nil)
	if err != nil {
		return explain(err)
	}
	r := newReport(record, want, time.Now())
	r.Reader, r.ATR, r.Took = k.Reader(), fmt.Sprintf("%X", k.ATR()), time.Since(began).Milliseconds()
	if err := o.print(out, r, trust.Testing()); err != nil {
		return exit.Errorf(exit.Failed, "printing: %w", err)
	}
	if err := o.writePhoto(record.Photo); err != nil {
		return err
	}
	return r.Checks.verdict()
}

func (o *readOptions) print(out io.Writer, r report, test bool) error {
	if o.json {
		return printJSON(out, r)
	}
	return r.table(out, test)
}

func printJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

func (o *readOptions) writePhoto(photo []byte) error {
	if o.photo == "" {
		return nil
	}
	if len(photo) == 0 {
		return exit.Errorf(exitInvalid, "the card gave no photo: %s was not written", o.photo)
	}
	write := durable.WriteFile
	if info, err := os.Lstat(o.photo); err == nil && !info.Mode().IsRegular() {
		write = func(path string, data []byte) error { return os.WriteFile(path, data, 0o600) } // a device, a pipe, a link: not to be replaced
	}
	if err := write(o.photo, photo); err != nil {
		return exit.Errorf(exit.Failed, "writing the photo: %w", err)
	}
	return nil
}
