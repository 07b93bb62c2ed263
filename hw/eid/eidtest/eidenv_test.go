package eidtest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"balie/hw/eid/eidtest"
	"balie/hw/pcsc/pcsctest"
)

// desk is a pcscd of our own.
func desk(t *testing.T, readers int) *pcsctest.Daemon {
	t.Helper()
	d, err := pcsctest.Start(t.Context(), readers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// insert puts a card into a reader and takes it out at the end of the test. pcscd has
// noticed either when it returns: OpenSC's own --wait has no end where the card comes
// between its look and its wait.
func insert(t *testing.T, d *pcsctest.Daemon, reader int, c *eidtest.Card) {
	t.Helper()
	r := eidtest.NewReader(d.Addresses()[reader])
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Pull(); err != nil {
			t.Error(err)
		}
		noticed(context.Background(), t, d, reader, "No")
	})
	noticed(t.Context(), t, d, reader, "Yes")
}

// noticed waits until OpenSC says of a reader whether there is a card in it.
func noticed(ctx context.Context, t *testing.T, d *pcsctest.Daemon, reader int, card string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		cmd := exec.CommandContext(ctx, "opensc-tool", "--list-readers")
		cmd.Env = append(os.Environ(), d.Env())
		out, err := cmd.CombinedOutput()
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, d.Names()[reader]) && strings.Contains(line, " "+card+" ") {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%q does not become %q (package opensc): %v\n%s", d.Names()[reader], card, err, out)
		}
	}
}

// tool runs a program of Debian's opensc against our pcscd.
func tool(t *testing.T, d *pcsctest.Daemon, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), d.Env(), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil && (name != "eidenv" || cmd.ProcessState.ExitCode() != 1) { // eidenv 0.23 ends with 1 when all is well
		t.Fatalf("%s %s (package opensc): %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestEidenvReadsTheCards holds the cards against a program that was written for
// real ones. It cannot decode the tag 00 that opens a 1.8 identity file, and prints
// no street, so neither is asked of it.
func TestEidenvReadsTheCards(t *testing.T) {
	d := desk(t, 2)
	pki := newPKI(t)
	for _, applet := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17, eidtest.Applet17EC} {
		for _, person := range eidtest.Tray() {
			if person.Applet == applet {
				t.Run(person.ID, func(t *testing.T) {
					c := mint(t, pki, person)
					insert(t, d, 0, c)
					checkEidenv(t, tool(t, d, "eidenv", "--reader", "0"), c)
				})
			}
		}
	}
}

func checkEidenv(t *testing.T, out string, c *eidtest.Card) {
	t.Helper()
	said := map[string]string{}
	for line := range strings.Lines(out) {
		if key, value, found := strings.Cut(strings.TrimSpace(line), ": "); found {
			said[key] = value
		}
	}
	d := c.Description()
	for key, want := range map[string]string{
		"BELPIC_NAME": d.Family, "BELPIC_FIRSTNAMES": d.Given, "BELPIC_INITIAL": d.Initial, "BELPIC_NATIONALNUMBER": d.NationalNumber,
		"BELPIC_ZIPCODE": d.PostalCode, "BELPIC_MUNICIPALITY": d.Town, "BELPIC_BIRTHLOCATION": d.BirthPlace, "BELPIC_NATIONALITY": d.Nationality,
	} {
		if said[key] != want {
			t.Errorf("eidenv says %s is %q, not %q", key, said[key], want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// TestOpenSCUsesTheKeys lets OpenSC read the PKCS #15 files, verify the PIN and
// sign with the authentication key.
func TestOpenSCUsesTheKeys(t *testing.T) {
	d := desk(t, 2)
	pki := newPKI(t)
	for _, applet := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17} {
		t.Run(string(applet), func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Applet: applet, PIN: "2468"})
			insert(t, d, 0, c)
			list := tool(t, d, "pkcs15-tool", "--reader", "0", "--dump")
			for _, want := range []string{"Card [BELPIC]", "Private RSA Key [Authentication]", "X.509 Certificate [Signature]", "PIN [BASIC PIN]"} {
				if !strings.Contains(list, want) {
					t.Errorf("pkcs15-tool does not list %q:\n%s", want, list)
				}
			}
			tool(t, d, "pkcs15-tool", "--reader", "0", "--verify-pin", "--auth-id", "01", "--pin", "2468")
			if c.Tries() != 3 {
				t.Errorf("%d tries left after the right PIN", c.Tries())
			}
		})
	}
}

// TestCardsInEveryReader: readers of several driver entries do not share anything.
func TestCardsInEveryReader(t *testing.T) {
	d := desk(t, 6)
	pki := quickPKI(t)
	for i, name := range d.Names() {
		insert(t, d, i, mint(t, pki, eidtest.Description{ID: name, Applet: eidtest.Applets()[i%4]}))
		tool(t, d, "opensc-tool", "--reader", name, "--name")
	}
	for line := range strings.Lines(tool(t, d, "opensc-tool", "--list-readers")) {
		if strings.Contains(line, "Virtual PCD") && !strings.Contains(line, "Yes") {
			t.Errorf("no card in %s", line)
		}
	}
}
