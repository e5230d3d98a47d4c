package policy

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schema(t *testing.T, section string) *jsonschema.Schema {
	t.Helper()
	raw, err := Schema(section)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:"+section, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:" + section)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The published schemas and the program's own checks agree.
func TestSchemas(t *testing.T) {
	for _, name := range SectionNames {
		raw, err := Defaults().Section(name)
		if err != nil {
			t.Fatal(err)
		}
		s := schema(t, name)
		if err := s.Validate(instance(t, raw)); err != nil {
			t.Errorf("%s: the defaults: %v", name, err)
		}
		var doc map[string]json.RawMessage
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		doc["colour"] = []byte(`"red"`)
		odd, _ := json.Marshal(doc)
		if s.Validate(instance(t, odd)) == nil {
			t.Errorf("%s: an unknown field passes", name)
		}
	}
	tasks := schema(t, "tasks")
	for _, bad := range []string{`{"overdue":[{"after":"3 weeks","action":"remind"}]}`, `{"overdue":[{"after":"3d","action":"shout"}]}`, `{"overdue":[{"action":"remind"}]}`} {
		if tasks.Validate(instance(t, []byte(bad))) == nil {
			t.Errorf("passes: %s", bad)
		}
	}
	if _, err := Schema("weather"); err == nil {
		t.Error("a schema of no section")
	}
}

// docs/policy is what the program says; LIUKE_UPDATE=1 writes it anew.
func TestDocumentationIsCurrent(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "policy")
	files, err := Documentation()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join(dir, name)
		if os.Getenv("LIUKE_UPDATE") != "" {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/policy/%s is not current (%v); run LIUKE_UPDATE=1 go test ./policy", name, err)
		}
	}
	if page := string(files["README.md"]); !strings.Contains(page, "| `intake.entry_within` | `24h` |") {
		t.Error("the page does not show the defaults")
	}
}
