// Package api is generated from sync/portal/openapi.yaml: the messages, a client
// and the interface of a server. It adds nothing; package portal is the client for
// a kiosk, with deadlines and errors to act on, and package reference is a server.
//
// Values here are plain: a [Lookup] and a [CheckIn] hold personal data and must not
// be logged.
package api

//go:generate go tool oapi-codegen -config oapi-codegen.yaml ../openapi.yaml
//go:generate sed -i "s/fmt.Errorf(\"Header parameter/fmt.Errorf(\"header parameter/" api.gen.go
