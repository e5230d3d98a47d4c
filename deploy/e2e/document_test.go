package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"liuke.dev/shared/programtest"
)

// The documents that the program serves are what their standards ask for, and
// those of the facts are those in the documentation.
func TestTheProgramDescribesItself(t *testing.T) {
	ctx := bounded(t, 2*time.Minute)
	o := open(ctx, t)
	d := describe(ctx, t, o.URL())
	official, err := os.ReadFile(filepath.Join("testdata", "openapi-3.1.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkOpenAPI(t, d, official)
	for _, op := range d.operations {
		if op.content == "application/json" {
			boundless(t, d, op.id, op.body, 0)
		}
	}
	root, err := programtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(root, "docs", "events", "asyncapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	served := read(ctx, t, o.URL()+"/asyncapi.json")
	if !strings.Contains(served, o.Broker()) {
		t.Errorf("/asyncapi.json does not name the broker %s", o.Broker())
	}
	if a, b := withoutServers(t, []byte(served)), withoutServers(t, written); a != b {
		t.Errorf("/asyncapi.json is not docs/events/asyncapi.json:\n%.2000s\n%.2000s", a, b)
	}
}

// boundless names the lists of a body that may be of any length: what is looked
// up for each of ten thousand entries holds up everybody.
func boundless(t *testing.T, d *describedInterface, at string, schema object, depth int) {
	t.Helper()
	if depth > 12 {
		return // a schema that holds itself
	}
	schema = d.resolve(schema)
	if items, ok := schema["items"].(object); ok {
		if _, bounded := schema["maxItems"]; !bounded {
			t.Errorf("%s may be of any length", at)
		}
		boundless(t, d, at+"[]", items, depth+1)
	}
	properties, _ := schema["properties"].(object)
	for name, s := range properties {
		boundless(t, d, at+"."+name, s.(object), depth+1)
	}
	if each, ok := schema["additionalProperties"].(object); ok {
		boundless(t, d, at+"{}", each, depth+1)
	}
}

func checkOpenAPI(t *testing.T, d *describedInterface, official []byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	said, err := jsonschema.UnmarshalJSON(bytes.NewReader(official))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("http://liuke.example/official.json", said); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("http://liuke.example/official.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(d.document); err != nil {
		t.Errorf("not an OpenAPI 3.1 document: %v", err)
	}
	for name := range d.document["components"].(object)["schemas"].(object) {
		if _, err := d.schema("/components/schemas/" + pointerEscape.Replace(name)); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
	ids := map[string]bool{}
	for _, o := range d.operations {
		if o.id == "" || ids[o.id] {
			t.Errorf("%s %s has no id of its own: %q", o.method, o.path, o.id)
		}
		ids[o.id] = true
		for _, p := range o.parameters {
			if p.in == "path" && !strings.Contains(o.path, "{"+p.name+"}") {
				t.Errorf("%s describes a parameter %s that its path does not have", o.id, p.name)
			}
		}
		if in := strings.Count(o.path, "{"); in != len(slices.DeleteFunc(slices.Clone(o.parameters), func(p parameter) bool { return p.in != "path" })) {
			t.Errorf("%s does not describe all of its %d path parameters", o.id, in)
		}
	}
	if len(d.operations) < 120 {
		t.Errorf("only %d operations described", len(d.operations))
	}
}

func withoutServers(t *testing.T, text []byte) string {
	t.Helper()
	var d object
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	delete(d, "servers")
	out, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
