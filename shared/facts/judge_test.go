package facts

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
)

func compile(d catalogue.Data, open bool) (*jsonschema.Schema, error) {
	doc, err := schemaOf(d, open)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	id := doc["$id"].(string)
	if err := c.AddResource(id, doc); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", d.Kind().Type, err)
	}
	return c.Compile(id)
}

// The checker that runs and the published schemas judge alike, whatever became
// of a fact on its way.
func TestTheCheckerAgreesWithThePublishedSchema(t *testing.T) {
	for _, open := range []bool{false, true} {
		published, err := compile(lead(), open)
		if err != nil {
			t.Fatal(err)
		}
		ours := judge(lead(), open)
		refused := 0
		rapid.Check(t, func(t *rapid.T) {
			var v any
			if err := json.Unmarshal(raw(t, lead()), &v); err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				v = spoil(t, v)
			}
			want, got := published.Validate(v), ours.verdict(v)
			if glanced := ours.glance.fits(raw(t, v)); glanced != (got == nil) {
				t.Fatalf("open %v: the checker says %v, a glance %v: %s", open, got, glanced, raw(t, v))
			}
			if got != nil {
				refused++
			}
			if (want == nil) != (got == nil) {
				text, _ := json.Marshal(v)
				t.Fatalf("open %v: the schema says %v, the checker %v: %s", open, want, got, text)
			}
		})
		if refused == 0 {
			t.Error("nothing was refused")
		}
	}
}

// A glance is enough for what every schema of the catalogue says.
func TestAGlanceKnowsTheSchemasOfAllFacts(t *testing.T) {
	for _, d := range catalogue.All() {
		for _, open := range []bool{false, true} {
			known := map[*huma.Schema]*glance{}
			r := registry("#/$defs/")
			glanceOf(r, r.Schema(reflect.TypeOf(d), false, ""), known)
			for s, g := range known {
				if g == nil {
					t.Errorf("%s, open %v: no glance at %s %v", d.Kind().Type, open, s.Type, s.Properties)
				}
			}
		}
	}
}

// spoil changes a value somewhere within.
func spoil(t *rapid.T, v any) any {
	switch in := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(in))
		if len(names) == 0 {
			break
		}
		name := rapid.SampledFrom(names).Draw(t, "field")
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			delete(in, name)
		case 1:
			in[strings.ToUpper(name)] = in[name]
		default:
			in[name] = spoil(t, in[name])
		}
		return in
	case []any:
		if len(in) > 0 && rapid.Bool().Draw(t, "within") {
			n := rapid.IntRange(0, len(in)-1).Draw(t, "place")
			in[n] = spoil(t, in[n])
			return in
		}
	}
	return rapid.SampledFrom([]any{"", "x", "new", "CNY", "2026-01-02T03:04:05Z", "2026-01-02", -1.0, 0.0, 1.0, 1.5, 1e6, true, false, []any{}, []any{"x"}, []any{7.0},
		map[string]any{}, map[string]any{"minor": 1.0, "currency": "CNY"}}).Draw(t, "value")
}
