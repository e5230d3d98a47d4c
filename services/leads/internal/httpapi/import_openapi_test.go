package httpapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"liuke.dev/shared/httpx"
)

// The OpenAPI document has every route of the service, streams included, and
// every reference in it leads somewhere.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	h := newHouse(t)
	raw, err := httpx.OpenAPI("Liuke", "1", h.server)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	parameter := regexp.MustCompile(`:([a-z_]+)`)
	routes := 0
	for _, route := range h.server.Engine.Routes() {
		path := parameter.ReplaceAllString(route.Path, "{$1}")
		if !strings.HasPrefix(path, "/v1/") || route.Method == "OPTIONS" { // a preflight is no operation
			continue
		}
		routes++
		if doc.Paths[path][strings.ToLower(route.Method)] == nil {
			t.Errorf("%s %s is not described", route.Method, path)
		}
	}
	if routes < 30 {
		t.Errorf("only %d routes", routes)
	}
	for _, m := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("no schema %s", m[1])
		}
	}
}
