package config

import "balie/hw/pcsc"

// What a reader is for.
const (
	PatientReader = "patient"
	DeskReader    = "desk"
)

// Readers are the settings as the readers take them: which are left out, and what the
// others are for.
func (c Cards) Readers() pcsc.Options {
	o := pcsc.Options{}
	for _, pattern := range c.Ignore {
		o.Ignore = append(o.Ignore, pcsc.Stable(pattern))
	}
	patient := c.Reader
	if patient == "" {
		patient = "*"
	}
	if c.DeskReader != "" {
		o.Roles = append(o.Roles, pcsc.Role{Name: DeskReader, Match: pcsc.Stable(c.DeskReader)})
	}
	o.Roles = append(o.Roles, pcsc.Role{Name: PatientReader, Match: pcsc.Stable(patient)})
	return o
}
