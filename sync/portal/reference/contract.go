package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"balie/sync/portal"
)

// contract is openapi.yaml, that requests are held against. What it says of a fault
// repeats what was sent, so only that there is one is passed on.
type contract struct{ doc *openapi3.T }

// newContract reads the file once: it is the same for ever, and takes longer to read
// than most calls.
var newContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(portal.Spec())
	if err != nil {
		return nil, fmt.Errorf("reading openapi.yaml: %w", err)
	}
	// As of a document of 3.1 kin-openapi compiles each schema anew at each request, fails
	// at the first $ref, and goes on with what it begins with for one of 3.0.
	doc.OpenAPI = "3.0.3"
	openapi3.DefineStringFormatValidator("byte", openapi3.NewCallbackValidator(base64Text))
	return &contract{doc: doc}, nil
})

// errNotBase64 repeats nothing of what was not.
var errNotBase64 = errors.New("not base64")

// base64Text does what kin-openapi does by a regular expression, which takes longer
// over a sealed body than opening it.
func base64Text(text string) error {
	for _, c := range []byte(strings.TrimRight(text, "=")) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' && c != '-' && c != '_' {
			return errNotBase64
		}
	}
	return nil
}

// route finds the operation of a pattern such as "POST /v1/actions".
func (c *contract) route(pattern string) *routers.Route {
	method, path, _ := strings.Cut(pattern, " ")
	item := c.doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		return nil
	}
	return &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)}
}

// holds tells whether a request is what the API says.
func (c *contract) holds(r *http.Request) bool {
	route := c.route(r.Pattern)
	return route != nil && openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, Route: route, PathParams: pathParams(route, r), Options: &openapi3filter.Options{
			AuthenticationFunc: func(context.Context, *openapi3filter.AuthenticationInput) error { return nil }, // admit does
		},
	}) == nil
}

func pathParams(route *routers.Route, r *http.Request) map[string]string {
	params := map[string]string{}
	for _, p := range route.Operation.Parameters {
		if p.Value.In == "path" {
			params[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	}
	return params
}

// once tells whether the operation of a pattern changes something once for a key.
func (c *contract) once(pattern string) bool {
	route := c.route(pattern)
	return route != nil && route.Operation.Parameters.GetByInAndName("header", "Idempotency-Key") != nil
}

// decode reads a body that is what the API calls name.
func (s *Server) decode(name string, body []byte, into any) bool {
	return s.contract.fits(name, body) && json.Unmarshal(body, into) == nil
}

// fits tells whether a JSON text is what the API calls name.
func (c *contract) fits(name string, text []byte) bool {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return false
	}
	schema := c.doc.Components.Schemas[name]
	return schema != nil && schema.Value.VisitJSON(value) == nil
}

// check refuses requests that are not what the API says.
func (s *Server) check(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.contract.holds(r) {
			badRequest().write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}
