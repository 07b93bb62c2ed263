package cardcmd

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// row is one line of a table. One without a value is left out.
type row struct{ label, value string }

// printTable prints rows for people.
func printTable(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		if r.value != "" {
			fmt.Fprintf(w, "%s\t%s\n", r.label, r.value)
		}
	}
	return w.Flush()
}

// testLine is over everything while a test root is trusted.
const testLine = "TEST: a test root is trusted; what is verified may be invented"

// table prints the report for people.
func (r report) table(out io.Writer, test bool) error {
	if test {
		fmt.Fprintln(out, testLine)
	}
	rows := r.Identity.rows()
	if a := r.Address; a != nil {
		rows = append(rows, row{"Address", a.String()})
	}
	if p := r.Photo; p != nil {
		rows = append(rows, row{"Photo", p.String()})
	}
	rows = append(rows, r.Certificates.rows()...)
	rows = append(rows, row{"Under 15 today", r.under15()})
	for _, c := range r.Checks.list() {
		rows = append(rows, row{c.label, strings.ReplaceAll(c.outcome, "_", " ")})
	}
	rows = append(rows,
		row{"Reader", r.Reader}, row{"Applet", r.Applet}, row{"ATR", r.ATR},
		row{"Cost", fmt.Sprintf("%d exchanges, %d bytes, %d ms", r.Exchanges, r.Bytes, r.Took)})
	return printTable(out, rows)
}

// String is the address on one line, as far as there is one.
func (a address) String() string {
	town := strings.TrimSpace(a.PostalCode + " " + a.Municipality)
	switch {
	case a.Street == "" && town == "":
		return "none"
	case a.Street == "" || town == "":
		return a.Street + town
	}
	return a.Street + ", " + town
}

// valid is from when to when the card is, as far as it says so.
func (i identity) valid() string {
	switch {
	case i.ValidFrom != "" && i.ValidTo != "":
		return i.ValidFrom + " to " + i.ValidTo
	case i.ValidFrom != "":
		return "from " + i.ValidFrom
	case i.ValidTo != "":
		return "to " + i.ValidTo
	}
	return ""
}

func (i identity) rows() []row {
	rows := []row{
		{"Family name", i.FamilyName}, {"Given names", strings.TrimSpace(i.GivenNames + " " + i.Initial)}, {"Title", i.Noble},
		{"National number", i.NationalNumber}, {"Born", strings.TrimSpace(i.born() + " " + i.BirthPlace)}, {"Sex", i.Sex}, {"Nationality", i.Nationality},
		{"Document", strings.TrimSpace(i.Document + " " + i.DocumentType)}, {"Card number", i.CardNumber}, {"Chip number", i.ChipNumber},
		{"Valid", i.valid()}, {"Issued by", i.Municipality},
	}
	for _, w := range i.Warnings {
		rows = append(rows, row{"Note", w})
	}
	return rows
}

// born is the birth date as far as it is known, or else what the card wrote.
func (i identity) born() string {
	if i.BirthDate == "" {
		return strings.TrimSpace(i.BirthDateRaw)
	}
	return i.BirthDate
}

func (c *certificates) rows() []row {
	if c == nil {
		return nil
	}
	var has []string
	for _, one := range []struct {
		name string
		der  []byte
	}{{"authentication", c.Authentication}, {"signature", c.Signature}, {"CA", c.CA}, {"root", c.Root}, {"RRN", c.RRN}} {
		if len(one.der) > 0 {
			has = append(has, fmt.Sprintf("%s %d bytes", one.name, len(one.der)))
		}
	}
	return []row{{"Certificates", strings.Join(has, ", ")}}
}

func (r report) under15() string {
	switch {
	case r.Under15 == nil:
		return "not known"
	case *r.Under15:
		return "yes"
	}
	return "no"
}
