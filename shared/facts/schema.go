package facts

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// dialect is the JSON Schema that the generated schemas are written in.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// schemaBase is where the ids of the schemas hang; nothing is fetched from there.
const schemaBase = "https://liuke.dev/events/"

// instantSchema describes instant.Time, which knows nothing of schemas.
type instantSchema struct{}

// Schema implements huma.SchemaProvider.
func (instantSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
}

// registry makes an empty set of schemas whose references begin with prefix.
func registry(prefix string) huma.Registry {
	r := huma.NewMapRegistry(prefix, huma.DefaultSchemaNamer)
	r.RegisterTypeAlias(reflect.TypeFor[instant.Time](), reflect.TypeFor[instantSchema]())
	return r
}

// schemaOf gives the schema of one fact type with its definitions. An open
// schema lets fields pass that it does not know, as consumers must, since types
// grow; a closed one does not, as becomes producers.
func schemaOf(d catalogue.Data, open bool) (map[string]any, error) {
	kind := d.Kind()
	r := registry("#/$defs/")
	root := r.Schema(reflect.TypeOf(d), false, "")
	delete(r.Map(), huma.DefaultSchemaNamer(reflect.TypeOf(d), ""))
	tree, err := plain(root)
	if err != nil {
		return nil, err
	}
	out := tree.(map[string]any)
	if len(r.Map()) > 0 {
		if out["$defs"], err = plain(r.Map()); err != nil {
			return nil, err
		}
	}
	if open {
		unclose(out)
	}
	out["$schema"], out["$id"], out["title"], out["description"] = dialect, schemaBase+kind.Type+".schema.json", kind.Type, kind.Doc
	return out, nil
}

// plain turns a value into the maps and slices that its JSON stands for.
func plain(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(raw, &out)
}

// unclose drops every "additionalProperties": false.
func unclose(v any) {
	switch v := v.(type) {
	case map[string]any:
		if closed, ok := v["additionalProperties"].(bool); ok && !closed {
			delete(v, "additionalProperties")
		}
		for _, child := range v {
			unclose(child)
		}
	case []any:
		for _, child := range v {
			unclose(child)
		}
	}
}
