package facts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
)

var (
	published = filepath.Join("..", "..", "docs", "events")
	baseline  = filepath.Join("testdata", "baseline.json")
)

func TestTheCatalogueInDocsIsTheOneInTheCode(t *testing.T) {
	files, err := Generated()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(published, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not what the code says (%v); run: go generate ./shared/facts", name, err)
		}
	}
	have, err := os.ReadDir(published)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range have {
		if _, ok := files[f.Name()]; !ok {
			t.Errorf("%s is left over; run: go generate ./shared/facts", f.Name())
		}
	}
}

// shapes gives the shape of every field of every fact type: type → path → shape.
func shapes(t *testing.T) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, d := range catalogue.All() {
		doc, err := schemaOf(d, true)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]string{}
		walk(doc, doc, "", fields, 0)
		all[d.Kind().Type] = fields
	}
	return all
}

// walk notes type, format and obligation of everything below a schema.
func walk(root, s map[string]any, path string, fields map[string]string, depth int) {
	if to, ok := s["$ref"].(string); ok {
		s = root["$defs"].(map[string]any)[strings.TrimPrefix(to, "#/$defs/")].(map[string]any)
	}
	if depth > 12 {
		return
	}
	fields[path] = strings.TrimSpace(fmt.Sprint(s["type"], " ", or(s["format"])))
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		at := path + "." + name
		walk(root, p.(map[string]any), at, fields, depth+1)
		if slices.Contains(required, any(name)) {
			fields[at] += " required"
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if child, ok := s[key].(map[string]any); ok {
			walk(root, child, path+"[]", fields, depth+1)
		}
	}
}

func or(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// breaks tells what of the old shapes the new ones no longer keep. New types and
// new fields are growth, a field that is no longer required is not: consumers rely on it.
func breaks(old, now map[string]map[string]string) []string {
	var broken []string
	for kind, fields := range old {
		for path, shape := range fields {
			if got, ok := now[kind][path]; !ok {
				broken = append(broken, kind+path+" was removed")
			} else if got != shape && got != shape+" required" {
				broken = append(broken, kind+path+" was "+shape+" and is "+got)
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// The baseline is what the world may rely on. It is written anew only to take
// growth in: LIUKE_BASELINE=write go test ./facts -run Grow
func TestFactTypesOnlyGrow(t *testing.T) {
	now := shapes(t)
	raw, err := os.ReadFile(baseline)
	var old map[string]map[string]string
	if err == nil {
		err = json.Unmarshal(raw, &old)
	}
	write := os.Getenv("LIUKE_BASELINE") == "write"
	if err != nil && !write {
		t.Fatal(err)
	}
	if broken := breaks(old, now); len(broken) > 0 && os.Getenv("LIUKE_BASELINE") != "write" {
		t.Errorf("consumers would break:\n%s", strings.Join(broken, "\n"))
	}
	if write {
		out, err := json.MarshalIndent(now, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(baseline, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheGuardOfGrowthSeesWhatBreaks(t *testing.T) {
	const kind = "liuke.leads.lead_recorded.v1"
	old := shapes(t)
	cases := []struct {
		name   string
		change func(map[string]string)
		breaks bool
	}{
		{"a field added", func(f map[string]string) { f[".after.mood"] = "string" }, false},
		{"an optional field made required", func(f map[string]string) { f[".after.owner"] += " required" }, false},
		{"a field removed", func(f map[string]string) { delete(f, ".after.owner") }, true},
		{"a field renamed", func(f map[string]string) { f[".after.who"] = f[".after.owner"]; delete(f, ".after.owner") }, true},
		{"a field retyped", func(f map[string]string) { f[".after.follow_ups"] = "string required" }, true},
		{"a field no longer required", func(f map[string]string) { f[".after.company"] = "string" }, true},
		{"another format", func(f map[string]string) { f[".after.arrived_at"] = "string required" }, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			now := maps.Clone(old)
			now[kind] = maps.Clone(old[kind])
			c.change(now[kind])
			if got := breaks(old, now); (len(got) > 0) != c.breaks {
				t.Error(got)
			}
		})
	}
	now := maps.Clone(old)
	delete(now, kind)
	if len(breaks(old, now)) == 0 {
		t.Error("a type that is gone was not seen")
	}
}

func TestAsyncAPINamesEveryFactAndResolves(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(AsyncAPI("kafka.example:9092"), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["asyncapi"] != "3.0.0" || doc["servers"].(map[string]any)["kafka"].(map[string]any)["host"] != "kafka.example:9092" {
		t.Error(doc["asyncapi"], doc["servers"])
	}
	for _, d := range catalogue.All() {
		k := d.Kind()
		message := doc["channels"].(map[string]any)[k.Topic].(map[string]any)["messages"].(map[string]any)[k.Type]
		if message == nil {
			t.Errorf("%s is not in channel %s", k.Type, k.Topic)
		}
	}
	var resolve func(v any)
	resolve = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if to, ok := v["$ref"].(string); ok && lookup(doc, to) == nil {
				t.Errorf("%s leads nowhere", to)
			}
			for _, child := range v {
				resolve(child)
			}
		case []any:
			for _, child := range v {
				resolve(child)
			}
		}
	}
	resolve(doc)
}

func lookup(doc any, to string) any {
	for _, step := range strings.Split(strings.TrimPrefix(to, "#/"), "/") {
		m, ok := doc.(map[string]any)
		if !ok {
			return nil
		}
		doc = m[step]
	}
	return doc
}

func TestTypesAreNamedAsTheCatalogueSays(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range catalogue.All() {
		k := d.Kind()
		parts := strings.Split(k.Type, ".")
		if len(parts) != 4 || parts[0] != "liuke" || parts[3] != "v1" || k.Doc == "" || k.Topic == "" || seen[k.Type] || reflect.TypeOf(d).Kind() != reflect.Pointer {
			t.Errorf("%+v", k)
		}
		seen[k.Type] = true
	}
}
