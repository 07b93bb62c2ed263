package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"balie/hw/eid/eidtest"
	"balie/internal/durable"
)

const cardHelp = `Looks at, mints and plays virtual identity cards. All of them are of people who
never existed, and signed by a test PKI that nothing trusts unless told to.

A card description is TOML (or JSON), and says only what is special:

  id = "rosa"
  given = "Rosa Maria"
  family = "Janssens"
  birth = "1948-02-29"
  national_number = "48022999826"
  type = "citizen"               # kiosksim card show an: all about a card
  applet = "1.7"                 # 1.1, 1.7, 1.7-ec, 1.8
  [flaws]
  expired = true                 # since yesterday
  [faults]
  pull_at = 20                   # taken out during the 20th exchange`

func cardCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "card", Short: "Look at, mint and play virtual identity cards", Long: cardHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(cardList(), cardShow(), cardMint(), cardPlay(), cardInsert(), cardPull())
	return cmd
}

func cardList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "The cards of the tray", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tNAME\tNATIONAL NUMBER\tKIND\tAPPLET\tNOTE")
			for _, d := range eidtest.Tray() {
				fmt.Fprintf(w, "%s\t%s %s\t%s\t%s\t%s\t%s\n", d.ID, d.Given, d.Family, d.NationalNumber, kindLabel(d.Type), d.Applet, d.Note)
			}
			return w.Flush()
		},
	}
}

func cardShow() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "show ID", Short: "The description of a card of the tray, as mint and play take it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, given []string) error {
			d, err := fromTray(given[0])
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(d)
			}
			return toml.NewEncoder(cmd.OutOrStdout()).Encode(d)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON instead of TOML")
	return cmd
}

func fromTray(id string) (eidtest.Description, error) {
	var ids []string
	for _, d := range eidtest.Tray() {
		if d.ID == id {
			return d, nil
		}
		ids = append(ids, d.ID)
	}
	return eidtest.Description{}, &usageError{fmt.Errorf("no card %q in the tray: there are %s", id, strings.Join(ids, ", "))}
}

func readDescription(path string) (eidtest.Description, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return eidtest.Description{}, &usageError{fmt.Errorf("reading the card description: %w", err)}
	}
	d, err := eidtest.Decode(text)
	if err != nil {
		return d, &usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return d, nil
}

// chosen is the card that a command is about: a file, or one of the tray.
func chosen(file string, given []string) (eidtest.Description, error) {
	switch {
	case file != "" && len(given) == 0:
		return readDescription(file)
	case file == "" && len(given) == 1:
		return fromTray(given[0])
	}
	return eidtest.Description{}, &usageError{errors.New("either a card of the tray or --description is needed")}
}

// pkiOf is the PKI of a folder, or one that is forgotten where that is empty.
func pkiOf(dir string) (*eidtest.PKI, error) {
	if dir == "" {
		return eidtest.NewPKI()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	return loadPKI(dir)
}

func cardMint() *cobra.Command {
	var description, out, state string
	cmd := &cobra.Command{
		Use: "mint [ID]", Short: "Write a card's files to a folder, as they lie on the card",
		Long: `Mints a card and writes each of its files, the answer to reset, the card data and the
roots that it is signed under to a folder, for tools that read such files; card play
--image is one.`,
		Example: "  kiosksim card mint an --out /tmp/an\n  kiosksim card mint --description rosa.toml --out rosa --state-dir build/bench",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, given []string) error {
			if out == "" {
				return &usageError{errors.New("--out: a folder is needed")}
			}
			d, err := chosen(description, given)
			if err != nil {
				return err
			}
			pki, err := pkiOf(state)
			if err != nil {
				return err
			}
			c, err := pki.Mint(d)
			if err != nil {
				return err
			}
			return writeCard(cmd.OutOrStdout(), out, pki, c)
		},
	}
	cmd.Flags().StringVar(&description, "description", "", "`FILE` with a card description, TOML or JSON")
	cmd.Flags().StringVar(&out, "out", "", "`folder` to write to")
	cmd.Flags().StringVar(&state, "state-dir", "", "`folder` of a bench, for a card of its PKI; else of one that is forgotten")
	return cmd
}

// cardFiles are the files that a card may have.
func cardFiles() []eidtest.Path {
	return []eidtest.Path{
		eidtest.FileDirectory, eidtest.FileObjects, eidtest.FileToken, eidtest.FileAuthObjects, eidtest.FilePrivateKeys,
		eidtest.FileCertificates, eidtest.FileAuthentication, eidtest.FileSignature, eidtest.FileCA, eidtest.FileRoot, eidtest.FileRRN,
		eidtest.FileIdentity, eidtest.FileIdentitySignature, eidtest.FileAddress, eidtest.FileAddressSignature, eidtest.FilePhoto,
		eidtest.FileRole, eidtest.FilePreferences, eidtest.FilePublicKey,
	}
}

func writeCard(report io.Writer, dir string, pki *eidtest.PKI, c *eidtest.Card) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("writing the card: %w", err)
	}
	files := map[string][]byte{"atr.bin": c.ATR(), "card_data.bin": c.Data(), "test-root.pem": pki.RootPEM()}
	for _, path := range cardFiles() {
		if content := c.File(path); content != nil {
			files[path.String()+".bin"] = content
		}
	}
	for name, content := range files {
		if err := durable.WriteFile(filepath.Join(dir, name), content); err != nil {
			return fmt.Errorf("writing the card: %w", err)
		}
	}
	fmt.Fprintf(report, "%d files in %s\n", len(files), dir)
	return nil
}

func cardPlay() *cobra.Command {
	var description, image, vpcd, state string
	cmd := &cobra.Command{
		Use: "play [ID]", Short: "Put a card into a virtual reader until Ctrl-C",
		Long: `Puts a card into a reader of vpcd and keeps it in until Ctrl-C, or until the card's
own faults take it out. Debian's vpcd waits at 127.0.0.1:35963 for the card of its
first reader. With --state-dir, the card is signed by that bench's PKI.

--image plays a card that someone else made, from its files as they lie on it: a folder
with a file for each ("3F00DF014031.bin", "identity.bin", "4031", and atr.bin and
card_data.bin if need be); a JSON file {"atr": …, "card_data": …, "files": {"DF01/4031":
…}} in hexadecimal or base64; or an XML card of Fedict/eid-test-cards. Without a private
key it proves no PIN, and not that it is no copy.`,
		Example: "  kiosksim card play jef\n  kiosksim card play --image specimen/\n  kiosksim card play --description rosa.toml --vpcd 127.0.0.1:35964",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, given []string) error {
			c, err := toPlay(image, description, state, given)
			if err != nil {
				return err
			}
			return play(cmd.Context(), cmd.OutOrStdout(), vpcd, c)
		},
	}
	cmd.Flags().StringVar(&description, "description", "", "`FILE` with a card description, TOML or JSON")
	cmd.Flags().StringVar(&image, "image", "", "`PATH` of a card's files: a folder, JSON or XML")
	cmd.Flags().StringVar(&vpcd, "vpcd", debianVPCD, "`address` at which the virtual reader waits")
	cmd.Flags().StringVar(&state, "state-dir", "", "`folder` of a bench, for a card of its PKI; else of one that is forgotten")
	return cmd
}

// toPlay is the card that a command is about: an image, or one that is minted.
func toPlay(image, description, state string, given []string) (*eidtest.Card, error) {
	if image != "" {
		if description != "" || len(given) > 0 {
			return nil, &usageError{errors.New("--image: without a card of the tray, and without --description")}
		}
		i, err := eidtest.ReadImage(image)
		if err != nil {
			return nil, &usageError{err}
		}
		c, err := i.Card(filepath.Base(image))
		if err != nil {
			return nil, &usageError{err}
		}
		return c, nil
	}
	d, err := chosen(description, given)
	if err != nil {
		return nil, err
	}
	pki, err := pkiOf(state)
	if err != nil {
		return nil, err
	}
	return pki.Mint(d)
}

// play keeps a card in a reader until ctx ends or it falls out.
func play(ctx context.Context, report io.Writer, vpcd string, c *eidtest.Card) error {
	reader := eidtest.NewReader(vpcd)
	putting, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := reader.Insert(putting, c); err != nil {
		return fmt.Errorf("%w: does pcscd run, with vsmartcard-vpcd?", err)
	}
	fmt.Fprintf(report, "%s is in the reader at %s\n", c.Description().ID, vpcd)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := reader.Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
				return err
			}
			return nil
		case <-tick.C:
			if reader.Card() == nil {
				fmt.Fprintf(report, "it is out after %d exchanges\n", c.Exchanges())
				return nil
			}
		}
	}
}
