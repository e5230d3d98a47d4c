package httpx_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
)

// Parts of one service may name their types alike: each has its own schema, and
// operations lead to the right one.
func TestTypesOfOneNameHaveSchemasOfTheirOwn(t *testing.T) {
	p, handler := start(t)
	type one struct {
		Body struct {
			Item struct {
				First string `json:"first"`
			} `json:"item"`
		}
	}
	type two struct {
		Body struct {
			Item struct {
				Second string `json:"second"`
			} `json:"item"`
		}
	}
	httpx.Handle(p.server, httpx.Op{Method: "POST", Path: "/v1/notes/one", ID: "one"}, func(context.Context, *one) (*httpx.None, error) { return httpx.NoContent(), nil })
	httpx.Handle(p.server, httpx.Op{Method: "POST", Path: "/v1/notes/two", ID: "two"}, func(context.Context, *two) (*httpx.None, error) { return httpx.NoContent(), nil })
	httpx.Handle(p.server, httpx.Op{Method: "GET", Path: "/v1/notes/lists", ID: "lists"}, func(context.Context, *struct{}) (*httpx.List[kafka.Message], error) { return nil, nil })
	httpx.Handle(p.server, httpx.Op{Method: "GET", Path: "/v1/notes/facts", ID: "facts"}, func(context.Context, *struct{}) (*httpx.List[store.Fact], error) { return nil, nil })
	raw, err := json.Marshal(p.server.API.OpenAPI().Components.Schemas)
	if err != nil {
		t.Fatal(err)
	}
	var schemas map[string]json.RawMessage
	if err := json.Unmarshal(raw, &schemas); err != nil {
		t.Fatal(err)
	}
	var items []string
	for name, s := range schemas {
		if strings.HasPrefix(name, "NotesItem") && (strings.Contains(string(s), `"first"`) || strings.Contains(string(s), `"second"`)) {
			items = append(items, name)
		}
	}
	if slices.Sort(items); len(items) != 2 {
		t.Errorf("schemas of the items: %v", items)
	}
	for body, want := range map[string]int{`{"item":{"first":"a"}}`: http.StatusNoContent, `{"item":{"second":"a"}}`: http.StatusUnprocessableEntity} {
		if got := send(t, handler, "/v1/notes/one", body); got != want {
			t.Errorf("one takes %s: %d, want %d", body, got, want)
		}
	}
}

func send(t *testing.T, handler http.Handler, path, body string) int {
	t.Helper()
	return httpxtest.Serve(t, handler, "wang", "POST", path, body).Code
}
