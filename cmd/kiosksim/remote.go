package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// The bench as the commands card insert and card pull call it.

const defaultBench = "http://127.0.0.1:8620/"

func cardInsert() *cobra.Command {
	var bench string
	var reader int
	cmd := &cobra.Command{
		Use: "insert ID", Short: "Put a card of a running bench into one of its readers", Args: cobra.ExactArgs(1),
		Example: "  kiosksim card insert an\n  kiosksim card insert lucas --reader 1",
		RunE: func(cmd *cobra.Command, given []string) error {
			return post(cmd.Context(), bench, fmt.Sprintf("readers/%d/insert", reader), map[string]string{"card": given[0]})
		},
	}
	cmd.Flags().StringVar(&bench, "bench", defaultBench, "`URL` of the bench")
	cmd.Flags().IntVar(&reader, "reader", 0, "which reader, from 0")
	return cmd
}

func cardPull() *cobra.Command {
	var bench string
	var reader int
	cmd := &cobra.Command{
		Use: "pull", Short: "Take the card out of a reader of a running bench", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return post(cmd.Context(), bench, fmt.Sprintf("readers/%d/pull", reader), struct{}{})
		},
	}
	cmd.Flags().StringVar(&bench, "bench", defaultBench, "`URL` of the bench")
	cmd.Flags().IntVar(&reader, "reader", 0, "which reader, from 0")
	return cmd
}

// post asks a running bench for something.
func post(ctx context.Context, bench, path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("asking the bench: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(bench, "/")+"/"+path, bytes.NewReader(body))
	if err != nil {
		return &usageError{fmt.Errorf("--bench: %w", err)}
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking the bench: %w: does kiosksim bench run there?", err)
	}
	defer func() { _ = resp.Body.Close() }() // read as far as it is used
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Error string `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || said.Error == "" {
		return fmt.Errorf("asking the bench: it answers %s", resp.Status)
	}
	return errors.New(said.Error)
}
