package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"balie/internal/age"
	"balie/internal/secret"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

const peopleHelp = "`FILE` (JSON) of people whom the hospital knows, and their appointments: [{\"national_number\": \"…\", \"ead\": \"…\", \"birth\": \"1984-05-17\", \"appointments\": […]}], each as openapi.yaml has it"

// person is one of a file of people.
type person struct {
	NationalNumber string            `json:"national_number"`
	EAD            string            `json:"ead"`   // the hospital's own number
	Birth          string            `json:"birth"` // 1984-05-17
	Deceased       bool              `json:"deceased"`
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
	var people []reference.Patient
	var visits []reference.Visit
	for i, p := range list {
		if p.NationalNumber == "" && p.EAD == "" {
			return usage("--people: person %d has neither national_number nor ead", i+1)
		}
		if _, ok := age.ParseDate(p.Birth); !ok {
			return usage("--people: the birth of person %d is no date such as 1984-05-17", i+1)
		}
		patient := reference.Patient{
			Number: secret.NewText(p.NationalNumber), EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Deceased: p.Deceased,
		}
		people = append(people, patient)
		for _, a := range p.Appointments {
			visits = append(visits, reference.Visit{Patient: patient, Appointment: a})
		}
	}
	if err := portal.Admit(ctx, people, visits); err != nil {
		return advise(fmt.Errorf("admitting people: %w", err))
	}
	return nil
}
