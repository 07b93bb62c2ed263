// Package manual writes a program's man pages and shell completions from its own
// commands, so that they cannot say anything else than --help does. A package is
// built from them; a person reads --help.
package manual

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// Command is the hidden command that writes them. section is where the pages of the
// program belong: 1 for one of users, 8 for one of the machine.
func Command(section int) *cobra.Command {
	return &cobra.Command{
		Use: "manual FOLDER", Short: "Write man pages and shell completions to a folder", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, given []string) error { return write(cmd.Root(), section, given[0]) },
	}
}

func write(root *cobra.Command, section int, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	for _, cmd := range pages(root) {
		name := fmt.Sprintf("%s.%d", pageName(cmd), section)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(page(cmd, section)), 0o644); err != nil {
			return fmt.Errorf("writing a man page: %w", err)
		}
	}
	bash, fish, zsh := root.Name()+".bash", root.Name()+".fish", "_"+root.Name()
	for name, generate := range map[string]func(string) error{
		bash: func(path string) error { return root.GenBashCompletionFileV2(path, true) },
		fish: func(path string) error { return root.GenFishCompletionFile(path, true) },
		zsh:  root.GenZshCompletionFile,
	} {
		if err := generate(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("writing a shell completion: %w", err)
		}
	}
	return nil
}

// pages are the commands that get a page: all that --help shows.
func pages(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			all = append(all, pages(child)...)
		}
	}
	return all
}

// pageName is what man is asked for: kioskctl-card-read.
func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }
