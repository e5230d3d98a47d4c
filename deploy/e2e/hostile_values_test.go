package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
)

// valid makes a value that the schema allows, with ids that exist where the name says so.
func (a *attacker) valid(schema object, name string, depth int) any {
	schema = a.told.resolve(schema)
	if e, ok := schema["enum"].([]any); ok && len(e) > 0 {
		return e[a.rand.IntN(len(e))]
	}
	switch kind(schema) {
	case "object":
		out := object{}
		properties, _ := schema["properties"].(object)
		required, _ := schema["required"].([]any)
		for p, s := range sorted(properties) {
			if slices.Contains(required, any(p)) || depth < 2 {
				out[p] = a.valid(s.(object), p, depth+1)
			}
		}
		return out
	case "array":
		items, _ := schema["items"].(object)
		if items == nil || depth > 3 {
			return []any{}
		}
		return []any{a.valid(items, strings.TrimSuffix(name, "s"), depth+1)}
	case "integer", "number":
		return 5
	case "boolean":
		return true
	case "string":
		return a.validText(schema, name)
	}
	return "x"
}

func (a *attacker) validText(schema object, name string) string {
	if id := a.ids[name]; id != "" {
		return id
	}
	if id := a.ids[map[string]string{"owner": "seller", "to": "other", "delegate": "other", "assignee": "seller", "person": "seller", "supervisor": "boss"}[name]]; id != "" {
		return id
	}
	switch {
	case schema["format"] == "date-time":
		return "2027-03-01T09:00:00+08:00"
	case schema["format"] == "email" || name == "email":
		return "someone@office.example"
	case schema["pattern"] == "^[A-Z]{3}$":
		return "CNY"
	case name == "phone":
		return "13700137000"
	}
	return strings.Repeat("text ", 4)
}

func kind(schema object) string {
	switch t := schema["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if s, _ := one.(string); s != "null" {
				return s
			}
		}
	}
	return ""
}

// place is a spot in a body: the body with another value there is a new body.
type place struct {
	schema object
	path   []any // of keys and indexes
}

func (a *attacker) places(schema object, value any, path []any, out *[]place) {
	schema = a.told.resolve(schema)
	*out = append(*out, place{schema, slices.Clone(path)})
	switch v := value.(type) {
	case object:
		properties, _ := schema["properties"].(object)
		for p, s := range sorted(properties) {
			if inner, ok := v[p]; ok {
				a.places(s.(object), inner, append(path, p), out)
			}
		}
	case []any:
		if items, ok := schema["items"].(object); ok && len(v) > 0 {
			a.places(items, v[0], append(path, 0), out)
		}
	}
}

// with gives a copy of a value with something else in one place.
func with(value any, path []any, put any) any {
	if len(path) == 0 {
		return put
	}
	switch v := value.(type) {
	case object:
		out := object{}
		for k, inner := range v {
			out[k] = inner
		}
		key := path[0].(string)
		out[key] = with(v[key], path[1:], put)
		return out
	case []any:
		out := slices.Clone(v)
		out[path[0].(int)] = with(out[path[0].(int)], path[1:], put)
		return out
	}
	return put
}

// wrong gives a value for a place, and whether it has to be refused there.
func (a *attacker) wrong(p place) (any, bool) {
	switch kind(p.schema) {
	case "string":
		if p.schema["format"] == "date-time" {
			return a.either(hostileTimes, strangeTimes)
		}
		if a.rand.IntN(4) == 0 {
			return pick(a.rand, []any{7, true, object{"a": 1}, []any{"x"}, 1.5}), true
		}
		text := pick(a.rand, hostileTexts)
		most, bounded := p.schema["maxLength"].(json.Number)
		n, _ := most.Int64()
		return text, bounded && int64(len([]rune(text))) > n || p.schema["enum"] != nil
	case "integer", "number":
		if kind(p.schema) == "number" {
			return "x", true
		}
		v, must := a.either(hostileNumbers, strangeNumbers)
		return v, must || v == -1 && p.schema["minimum"] != nil
	case "boolean":
		return pick(a.rand, []any{"true", 1, object{}, "x"}), true
	case "array":
		if a.rand.IntN(3) == 0 {
			return slices.Repeat([]any{"x"}, 20_000), false
		}
		return pick(a.rand, []any{"x", 7, object{"a": 1}}), true
	case "object":
		if p.schema["additionalProperties"] == false && a.rand.IntN(2) == 0 {
			return object{"unknown_" + string(rune('a'+a.rand.IntN(26))): 1}, true
		}
		return pick(a.rand, []any{"x", 7, []any{}, true}), true
	}
	return pick(a.rand, []any{nil, "x", -1, []any{nil}, object{"a": nil}}), false
}

func (a *attacker) either(hostile, strange []any) (any, bool) {
	if a.rand.IntN(3) == 0 {
		return pick(a.rand, strange), false
	}
	return pick(a.rand, hostile), true
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func sorted(m object) func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		names := make([]string, 0, len(m))
		for name := range m {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}
