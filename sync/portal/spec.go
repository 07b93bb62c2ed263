package portal

import _ "embed"

//go:embed openapi.yaml
var spec string

// Spec is openapi.yaml: what a portal is held against.
func Spec() []byte { return []byte(spec) }
