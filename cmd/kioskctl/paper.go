package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/version"
	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer"
	"balie/printer/dialect"
	"balie/printer/form"
	"balie/printer/preview"
)

const printHelp = `Prints a paper of the booth, with sample data or with those of a file: on a printer
of the running kioskd, or with --to into a file, for which no daemon is needed.

  kioskctl print ticket                                        on the ticket printer
  kioskctl print letter --lang fr                              on the desk's printer
  kioskctl print ticket --profile epson-tm --to ticket.bin     the very bytes that it would get
  kioskctl print codecard --profile zebra-zpl --as png --to card.png
  kioskctl print trusted-person --as pdf --to form.pdf

A sample that is printed says TEST. The code card that a file describes, with its
password on the same slip, is only ever written to a file.

` + printCodes

// paperOptions say which paper is to be made of what, and where it goes.
type paperOptions struct {
	kind, language, printer, profile, to, as, data string
	profiles                                       []string
}

// printPapers are the commands for each kind of paper.
func printPapers(d *door) []*cobra.Command {
	var list []*cobra.Command
	for _, kind := range papers.Kinds() {
		o := &paperOptions{kind: kind}
		cmd := &cobra.Command{Use: kind, Short: "Print " + paperName(kind), Args: cobra.NoArgs, Long: "Prints " + paperName(kind) + ".\n\n" + printHelp}
		if kind == "test" {
			cmd = printTest()
		}
		list = append(list, withPaper(d, o, cmd))
	}
	return list
}

func paperName(kind string) string {
	return map[string]string{
		"ticket": "a ticket", "codecard": "a code card", "password": "a slip with user name and password",
		"app": "how to get the app", "child-link": "the confirmation that a parent sees a child's record",
		"trusted-person": "the form to designate a trusted person", "representative": "the form to designate a representative",
		"revocation": "the form to revoke a designation", "letter": "the confirmation of an appointment",
		"instructions": "how to log in to the patient portal", "test": "the test page",
	}[kind]
}

// withPaper gives a command the options of a paper. Without --to it orders the paper
// of the daemon.
func withPaper(d *door, o *paperOptions, cmd *cobra.Command) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(cmd.Flags().Changed); err != nil {
			return exit.Errorf(exit.Usage, "%w", err)
		}
		if o.to != "" {
			return o.write(cmd.OutOrStdout())
		}
		return o.order(cmd, d)
	}
	f := cmd.Flags()
	f.StringVar(&o.language, "lang", "nl", "in `LANGUAGE`: nl, fr, de, en")
	f.StringVar(&o.data, "data", "", "of the data in `FILE.json`, - is standard input, instead of a sample")
	f.StringVar(&o.printer, "printer", "", "on the printer `NAME`, as kioskctl printers has it, or forms; without it, the one for such a paper")
	f.StringVar(&o.to, "to", "", "into `FILE`, - is standard output, instead of onto paper")
	f.StringVar(&o.profile, "profile", "", "as the printer of that profile would get it: `NAME`, or the path of a file")
	f.StringSliceVar(&o.profiles, "profiles", []string{"/etc/balie/profiles"}, "`FOLDERS` with profiles besides those of the program")
	f.StringVar(&o.as, "as", "bytes", "bytes, or a look at it as `FORM` text, png, svg, or pdf of A4")
	return cmd
}

func (o paperOptions) check(given func(string) bool) error {
	switch {
	case !slices.Contains(text.Languages(), o.language):
		return fmt.Errorf("--lang: %q is none of %s", o.language, strings.Join(text.Languages(), ", "))
	case !slices.Contains([]string{"bytes", "text", "png", "svg", "pdf"}, o.as):
		return fmt.Errorf("--as: %q is none of bytes, text, png, svg, pdf", o.as)
	case o.to != "" && o.printer != "":
		return errors.New("--to and --printer: either a file or a printer")
	case o.to == "" && (given("to") || given("profile") || given("as")):
		return errors.New("--profile and --as say how it is written to a file: name it with --to")
	case o.to != "" && o.as == "bytes" && o.profile == "":
		return fmt.Errorf("--profile: bytes for which printer? There are %s", strings.Join(dialect.Names(o.profiles...), ", "))
	case o.to == "" && o.data != "" && o.kind == "codecard":
		return errors.New("--data: a code card with its password is written to a file: name it with --to")
	}
	return nil
}

// read gives the data that --data names, nil where it names none.
func (o paperOptions) read() ([]byte, error) {
	switch o.data {
	case "":
		return nil, nil
	case "-":
		return io.ReadAll(io.LimitReader(os.Stdin, 1<<20))
	}
	file, err := os.Open(o.data)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, 1<<20))
	return data, errors.Join(err, file.Close())
}

// order has the daemon print.
func (o paperOptions) order(cmd *cobra.Command, d *door) error {
	data, err := o.read()
	if err != nil {
		return exit.Errorf(exit.Usage, "--data: %w", err)
	}
	if data != nil {
		if _, err := papers.Read(o.kind, bytes.NewReader(data)); err != nil {
			return exit.Errorf(exit.Usage, "--data: %w", err)
		}
	}
	p, err := d.client().Print(cmd.Context(), control.Order{Kind: o.kind, Language: o.language, Printer: o.printer, Data: json.RawMessage(data)})
	if err != nil {
		return unprinted(err)
	}
	write := writeOutcome
	if o.kind == "test" {
		write = writeProof
	}
	if err := write(cmd.OutOrStdout(), p); err != nil {
		return err
	}
	return outcomeError(paperName(o.kind), p)
}

// write makes the paper and writes it, without a daemon.
func (o paperOptions) write(out io.Writer) error {
	content, err := o.render()
	if err != nil {
		return err
	}
	if o.to == "-" {
		_, err := out.Write(content)
		return err
	}
	// It may hold a code or a password: nobody else may read it.
	file, err := os.OpenFile(o.to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return exit.Errorf(exit.Usage, "--to: %w", err)
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		if err := file.Chmod(0o600); err != nil { // it may have been there, for everybody
			return errors.Join(exit.Errorf(exit.Usage, "--to: %w", err), file.Close())
		}
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

func (o paperOptions) render() ([]byte, error) {
	profile, err := o.load()
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "--profile: %w", err)
	}
	paper, err := o.paper(profile)
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "--data: %w", err)
	}
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	doc := paper.Document(texts, o.language)
	switch {
	case o.as == "pdf":
		return form.PDF(doc, time.Now())
	case o.as == "bytes":
		return profile.Encode(doc)
	}
	return o.look(doc, profile)
}

// load gives the profile that is named, nil where none is.
func (o paperOptions) load() (*dialect.Profile, error) {
	if o.profile == "" {
		return nil, nil
	}
	p, err := dialect.Load(o.profile, o.profiles...)
	return &p, err
}

func (o paperOptions) paper(profile *dialect.Profile) (papers.Paper, error) {
	data, err := o.read()
	if err != nil {
		return nil, err
	}
	if data != nil {
		return papers.Read(o.kind, bytes.NewReader(data))
	}
	paper, err := papers.Sample(o.kind, papers.Booth{})
	if sample, ok := paper.(papers.Test); ok {
		return testPage(sample.Booth, profile), err
	}
	return paper, err
}

// testPage is the one that kioskd prints, but for what only a booth has: its printer
// and the port of that.
func testPage(of papers.Booth, profile *dialect.Profile) papers.Test {
	test := papers.Test{Booth: of, Version: version.String(), Printed: time.Now().Format(time.DateTime)}
	if profile != nil {
		test.Profile, test.Columns = profile.Name, profile.Columns
	}
	return test
}

// look is a picture or the text of a document.
func (o paperOptions) look(doc printer.Document, profile *dialect.Profile) ([]byte, error) {
	var sheet dialect.Sheet
	var err error
	if profile == nil {
		sheet, err = preview.Strip(doc, preview.Paper{})
	} else {
		sheet, err = profile.Preview(doc)
	}
	if err != nil {
		return nil, err
	}
	switch o.as {
	case "png":
		return sheet.PNG()
	case "svg":
		return sheet.SVG()
	}
	return []byte(sheet.Text()), nil
}
