package policy

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Schema gives the JSON Schema (2020-12) of a section.
func Schema(section string) (json.RawMessage, error) {
	var s Sections
	v, ok := s.field(section)
	if !ok {
		return nil, noSection(section)
	}
	doc := schemaOf(v.Type(), "")
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["$id"] = "https://liuke.dev/schemas/policy/" + section + ".json"
	doc["title"] = section
	return json.MarshalIndent(doc, "", "  ")
}

func schemaOf(t reflect.Type, tag reflect.StructTag) map[string]any {
	doc := map[string]any{}
	if d := tag.Get("doc"); d != "" {
		doc["description"] = d
	}
	if t == durationType {
		doc["type"], doc["pattern"] = "string", `^$|`+durationForm.String()
		doc["examples"] = []string{"10m", "24h", "7d", "3wd"}
		return doc
	}
	switch t.Kind() {
	case reflect.Struct:
		describeStruct(doc, t)
	case reflect.Slice, reflect.Array:
		doc["type"], doc["items"] = "array", schemaOf(t.Elem(), "")
		copyNumber(doc, tag, "minItems")
		if t.Kind() == reflect.Array {
			doc["minItems"], doc["maxItems"] = t.Len(), t.Len()
			doc["items"].(map[string]any)["type"] = []string{"array", "null"}
		} else {
			doc["type"] = []string{"array", "null"}
		}
	case reflect.Map:
		doc["type"], doc["additionalProperties"] = "object", schemaOf(t.Elem(), "")
	case reflect.String:
		doc["type"] = "string"
		describeText(doc, tag)
	case reflect.Bool:
		doc["type"] = "boolean"
	default:
		doc["type"] = "integer"
		copyNumber(doc, tag, "minimum")
		copyNumber(doc, tag, "maximum")
	}
	return doc
}

func describeStruct(doc map[string]any, t reflect.Type) {
	fields, required := map[string]any{}, []string{}
	for _, p := range properties(t) {
		fields[p.name] = schemaOf(p.field.Type, p.field.Tag)
		if p.required {
			required = append(required, p.name)
		}
	}
	doc["type"], doc["properties"], doc["additionalProperties"] = "object", fields, false
	if len(required) > 0 {
		doc["required"] = required
	}
}

func describeText(doc map[string]any, tag reflect.StructTag) {
	copyNumber(doc, tag, "maxLength")
	if p := tag.Get("pattern"); p != "" {
		doc["pattern"] = p
	}
	if f := tag.Get("format"); f != "" {
		doc["format"] = f
	}
	if e := tag.Get("enum"); e != "" {
		values := strings.Split(e, ",")
		if strings.Contains(tag.Get("json"), "omitempty") {
			values = append(values, "")
		}
		doc["enum"] = values
	}
}

func copyNumber(doc map[string]any, tag reflect.StructTag, name string) {
	if n, err := strconv.ParseInt(tag.Get(name), 10, 64); err == nil {
		doc[name] = n
	}
}
