package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Change is one difference between two versions of the book.
type Change struct {
	// Path names the place; entries with an id or date are named by it: pipelines.pipelines[p7].stages[quoted].revisit_within
	Path   string `json:"path"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}

// Diff lists what differs between two sets of sections, in the order of paths.
func Diff(a, b Sections) []Change {
	var out []Change
	for _, name := range SectionNames {
		x, y := plain(a, name), plain(b, name)
		out = compare(out, name, x, y)
	}
	return out
}

func plain(s Sections, name string) any {
	raw, err := s.Section(name)
	if err != nil {
		panic(err) // sections are plain data and name is one of SectionNames
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		panic(err)
	}
	return v
}

func compare(out []Change, path string, a, b any) []Change {
	if reflect.DeepEqual(a, b) || empty(a) && empty(b) {
		return out
	}
	if x, ok := a.(map[string]any); ok {
		if y, ok := b.(map[string]any); ok {
			return compareObjects(out, path, x, y)
		}
	}
	x, okA := a.([]any)
	y, okB := b.([]any)
	if okA && okB {
		return compareLists(out, path, x, y)
	}
	return append(out, Change{path, a, b})
}

func empty(v any) bool {
	l, isList := v.([]any)
	return v == nil || v == "" || isList && len(l) == 0
}

func compareObjects(out []Change, path string, a, b map[string]any) []Change {
	keys := make([]string, 0, len(a)+len(b))
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		out = compare(out, path+"."+k, a[k], b[k])
	}
	return out
}

// compareLists matches entries that carry an id or date by it, others by place.
func compareLists(out []Change, path string, a, b []any) []Change {
	namesA, okA := names(a)
	namesB, okB := names(b)
	if !okA || !okB {
		for i := range max(len(a), len(b)) {
			out = compare(out, fmt.Sprintf("%s[%d]", path, i), entry(a, i), entry(b, i))
		}
		return out
	}
	for i, n := range namesA {
		if j := slices.Index(namesB, n); j >= 0 {
			out = compare(out, path+"["+n+"]", a[i], b[j])
		} else {
			out = append(out, Change{Path: path + "[" + n + "]", Before: a[i]})
		}
	}
	for j, n := range namesB {
		if !slices.Contains(namesA, n) {
			out = append(out, Change{Path: path + "[" + n + "]", After: b[j]})
		}
	}
	keptA := slices.DeleteFunc(slices.Clone(namesA), func(n string) bool { return !slices.Contains(namesB, n) })
	keptB := slices.DeleteFunc(slices.Clone(namesB), func(n string) bool { return !slices.Contains(namesA, n) })
	if !slices.Equal(keptA, keptB) {
		out = append(out, Change{path + " (order)", strings.Join(namesA, ", "), strings.Join(namesB, ", ")})
	}
	return out
}

func entry(l []any, i int) any {
	if i < len(l) {
		return l[i]
	}
	return nil
}

// names gives what the entries of a list are called, if each has a name of its own.
func names(l []any) ([]string, bool) {
	var out []string
	for _, e := range l {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, false
		}
		n, ok := m["id"].(string)
		if !ok {
			n, ok = m["date"].(string)
		}
		if !ok || slices.Contains(out, n) {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}
