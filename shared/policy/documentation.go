package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Documentation gives the files of docs/policy: the JSON Schema of each section
// and a page with every setting, its default and its meaning.
func Documentation() (map[string][]byte, error) {
	files := map[string][]byte{}
	var page bytes.Buffer
	page.WriteString("# The policy book / 策略手册\n\nEvery setting with its shipped default. Generated from `shared/policy`; do not edit.\n\n" +
		"Durations: `10m`, `24h`, `7d` are elapsed time (自然时间); `4wh`, `3wd` are working time (工作时间). An empty duration switches a rule off.\n")
	defaults := Defaults()
	for _, name := range SectionNames {
		schema, err := Schema(name)
		if err != nil {
			return nil, err
		}
		files[name+".schema.json"] = append(schema, '\n')
		v, _ := defaults.field(name)
		fmt.Fprintf(&page, "\n## %s\n\n[JSON Schema](%s.schema.json)\n\n| setting | default | meaning |\n|---|---|---|\n", name, name)
		for i := range v.NumField() {
			f := v.Type().Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fmt.Fprintf(&page, "| `%s.%s` | %s | %s |\n", name, key, brief(v.Field(i)), f.Tag.Get("doc"))
		}
	}
	files["README.md"] = page.Bytes()
	return files, nil
}

// brief writes a default in one table cell.
func brief(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case Duration:
		if x.IsZero() {
			return "off"
		}
	case []Option:
		return joined(x, func(o Option) string { return "`" + o.ID + "` " + o.Name.Zh })
	case []Step:
		return joined(x, func(s Step) string { return fmt.Sprintf("`%s` %s", s.After, s.Action) })
	case []Link:
		return joined(x, func(l Link) string { return fmt.Sprintf("%s ← `%s`", l.Name.Zh, l.Trigger) })
	case []Pipeline:
		return joined(x, func(p Pipeline) string {
			return "`" + p.ID + "`: " + joined(p.Stages, func(s Stage) string { return s.Name.Zh })
		})
	case []string:
		return joined(x, func(s string) string { return "`" + s + "`" })
	case map[string]int:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		return joined(keys, func(k string) string { return fmt.Sprintf("`%s` %d", k, x[k]) })
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 && v.Index(0).Kind() == reflect.Struct {
		return fmt.Sprintf("%d shipped", v.Len())
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return "?"
	}
	return "`" + strings.Trim(string(raw), `"`) + "`"
}

func joined[T any](list []T, f func(T) string) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return strings.Join(out, ", ")
}
