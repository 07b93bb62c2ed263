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

// desk is a pcscd of our own with two readers.
func desk(t *testing.T) (*pcsctest.Daemon, *eidtest.Reader) {
	t.Helper()
	d, err := pcsctest.Start(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, eidtest.NewReader(d.Addresses()[0])
}

// insert puts a card in and takes it out at the end of the test.
func insert(t *testing.T, r *eidtest.Reader, c *eidtest.Card) {
	t.Helper()
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Pull(); err != nil {
			t.Error(err)
		}
	})
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
	d, reader := desk(t)
	pki := newPKI(t)
	for _, applet := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17, eidtest.Applet17EC} {
		for _, person := range eidtest.Tray() {
			if person.Applet == applet {
				t.Run(person.ID, func(t *testing.T) {
					c := mint(t, pki, person)
					insert(t, reader, c)
					checkEidenv(t, tool(t, d, "eidenv", "--wait", "--reader", "0"), c)
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
	d, reader := desk(t)
	pki := newPKI(t)
	for _, applet := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17} {
		t.Run(string(applet), func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Applet: applet, PIN: "2468"})
			insert(t, reader, c)
			list := tool(t, d, "pkcs15-tool", "--wait", "--reader", "0", "--dump")
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
	d, err := pcsctest.Start(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	pki := quickPKI(t)
	for i, address := range d.Addresses() {
		applet := eidtest.Applets()[i%4]
		c := mint(t, pki, eidtest.Description{ID: d.Names()[i], Applet: applet})
		insert(t, eidtest.NewReader(address), c)
		tool(t, d, "opensc-tool", "--wait", "--reader", d.Names()[i], "--name")
	}
	for line := range strings.Lines(tool(t, d, "opensc-tool", "--list-readers")) {
		if strings.Contains(line, "Virtual PCD") && !strings.Contains(line, "Yes") {
			t.Errorf("no card in %s", line)
		}
	}
}
