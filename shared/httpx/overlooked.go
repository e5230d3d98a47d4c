package httpx

import "reflect"

// overlooked finds an embedded struct that huma leaves out without a word,
// because its type is not exported: parameters in it would never be read, and
// fields of a body in it are missing from the document.
func overlooked(t reflect.Type, seen map[reflect.Type]bool) (string, bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return "", false
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && !f.IsExported() && speaks(f.Type) {
			return f.Type.String(), true
		}
		if !f.Anonymous && !f.IsExported() {
			continue
		}
		if name, lost := overlooked(f.Type, seen); lost {
			return name, true
		}
	}
	return "", false
}

// speaks tells whether a struct has fields that are read or written over HTTP.
func speaks(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		for _, in := range []string{"path", "query", "header", "cookie", "json"} {
			if name := f.Tag.Get(in); name != "" && name != "-" {
				return true
			}
		}
		if f.Anonymous && speaks(f.Type) {
			return true
		}
	}
	return false
}
