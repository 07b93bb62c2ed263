package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// page is a command's page, in the macros of man(7).
func page(cmd *cobra.Command, section int) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s %d \"\" Balie \"Balie\"\n", roff(strings.ToUpper(pageName(cmd))), section)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	b.WriteString(".SH DESCRIPTION\n" + prose(text))
	if cmd.Example != "" {
		b.WriteString(".SH EXAMPLES\n" + prose(cmd.Example))
	}
	// The help that cobra adds is an option of the program too.
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	b.WriteString(options("OPTIONS", cmd.LocalFlags()))
	b.WriteString(options("OPTIONS OF ALL COMMANDS", cmd.InheritedFlags()))
	b.WriteString(seeAlso(cmd, section))
	return b.String()
}

// prose sets text: lines that are indented as they stand, the others as paragraphs.
func prose(text string) string {
	var b strings.Builder
	kept := false
	for line := range strings.SplitSeq(text, "\n") {
		indented := strings.HasPrefix(line, "  ")
		switch {
		case indented && !kept:
			b.WriteString(".RS\n.nf\n")
		case !indented && kept:
			b.WriteString(".fi\n.RE\n")
		}
		kept = indented
		switch {
		case line == "":
			b.WriteString(".PP\n")
		case indented:
			b.WriteString(roff(strings.TrimPrefix(line, "  ")) + "\n")
		default:
			b.WriteString(roff(line) + "\n")
		}
	}
	if kept {
		b.WriteString(".fi\n.RE\n")
	}
	return b.String()
}

func options(title string, flags *pflag.FlagSet) string {
	if !flags.HasAvailableFlags() {
		return ""
	}
	var b strings.Builder
	b.WriteString(".SH " + title + "\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fP", roff(name))
		if value != "" {
			fmt.Fprintf(&b, " \\fI%s\\fP", roff(value))
		}
		b.WriteString("\n" + roff(usage))
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" && d != "0s" {
			b.WriteString(" (default " + roff(d) + ")")
		}
		b.WriteString("\n")
	})
	return b.String()
}

// seeAlso names the pages of the command above and of those below.
func seeAlso(cmd *cobra.Command, section int) string {
	var names []string
	if cmd.HasParent() {
		names = append(names, pageName(cmd.Parent()))
	}
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, pageName(child))
		}
	}
	if len(names) == 0 {
		return ""
	}
	for i, name := range names {
		names[i] = fmt.Sprintf(".BR %s (%d)", roff(name), section)
	}
	return ".SH SEE ALSO\n" + strings.Join(names, ",\n") + "\n"
}

// roff makes text that troff sets as it stands: no escape, no request, and hyphens
// that can be copied as the minus of an option.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
