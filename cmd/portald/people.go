package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"balie/internal/secret"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

const peopleHelp = "`FILE` (JSON) of people whom the hospital knows, and their appointments: [{\"national_number\": \"…\", \"appointments\": […]}], each as openapi.yaml has it"

// person is one of a file of people.
type person struct {
	NationalNumber string            `json:"national_number"`
	Appointments   []api.Appointment `json:"appointments"`
}

// admit puts in the people of a file. The error holds nothing of the file.
func admit(ctx context.Context, portal *reference.Server, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return usage("--people: %v", err)
	}
	defer func() { _ = f.Close() }() // only read
	var list []person
	decoder := json.NewDecoder(f)
	decoder.DisallowUnknownFields()
	if decoder.Decode(&list) != nil {
		return usage("--people: %s is not a list of people as --help has it", path)
	}
	var people []secret.Text
	var visits []reference.Visit
	for i, p := range list {
		if p.NationalNumber == "" {
			return usage("--people: person %d has no national_number", i+1)
		}
		number := secret.NewText(p.NationalNumber)
		people = append(people, number)
		for _, a := range p.Appointments {
			visits = append(visits, reference.Visit{Number: number, Appointment: a})
		}
	}
	if err := portal.Admit(ctx, people, visits); err != nil {
		return advise(fmt.Errorf("admitting people: %w", err))
	}
	return nil
}
