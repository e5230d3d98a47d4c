package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

var durationType = reflect.TypeFor[Duration]()

// checker collects what is wrong with a document.
type checker struct {
	fields []problem.Field
	limits bool // also what the tags of the types demand: patterns, bounds, choices
}

func textf(zh, en string, args ...any) lang.Text { return lang.T(zh, fmt.Sprintf(en, args...)) }

func (c *checker) add(field, rule, zh, en string) {
	c.fields = append(c.fields, problem.FieldError(field, rule, zh, en))
}

// property is a field of a struct as JSON sees it.
type property struct {
	name     string
	required bool
	field    reflect.StructField
}

func properties(t reflect.Type) []property {
	var out []property
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		kind := f.Type.Kind()
		optional := strings.Contains(options, "omitempty") || kind == reflect.Slice || kind == reflect.Map || kind == reflect.Bool
		out = append(out, property{name, !optional, f})
	}
	return out
}

// shape compares a JSON value with the type that it is meant for.
func (c *checker) shape(at string, t reflect.Type, v any, tag reflect.StructTag) {
	if t == durationType {
		c.duration(at, v)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		c.object(at, t, v)
	case reflect.Slice, reflect.Array:
		c.list(at, t, v, tag)
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok && v != nil {
			c.wrong(at, "对象", "an object")
			return
		}
		for k, e := range m {
			c.shape(at+"."+k, t.Elem(), e, "")
		}
	case reflect.String:
		c.text(at, v, tag)
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			c.wrong(at, "true 或 false", "true or false")
		}
	case reflect.Int, reflect.Int64:
		c.number(at, v, tag)
	}
}

func (c *checker) wrong(at, zh, en string) { c.add(at, "type", "必须是"+zh, "must be "+en) }

func (c *checker) object(at string, t reflect.Type, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.wrong(at, "对象", "an object")
		return
	}
	known := properties(t)
	for _, p := range known {
		e, present := m[p.name]
		switch {
		case present:
			c.shape(at+"."+p.name, p.field.Type, e, p.field.Tag)
		case p.required:
			c.fields = append(c.fields, problem.Required(at+"."+p.name))
		}
	}
	var unknown []string
	for k := range m {
		if !slices.ContainsFunc(known, func(p property) bool { return p.name == k }) {
			unknown = append(unknown, k)
		}
	}
	slices.Sort(unknown)
	for _, k := range unknown {
		c.add(at+"."+k, "unknown_field", "未知的字段", "is not a field of this section")
	}
}

func (c *checker) list(at string, t reflect.Type, v any, tag reflect.StructTag) {
	l, ok := v.([]any)
	if !ok && v != nil {
		c.wrong(at, "列表", "a list")
		return
	}
	if t.Kind() == reflect.Array && len(l) != t.Len() {
		c.add(at, "length", fmt.Sprintf("必须正好有 %d 项", t.Len()), fmt.Sprintf("must have exactly %d entries", t.Len()))
		return
	}
	if n, err := strconv.Atoi(tag.Get("minItems")); c.limits && err == nil && len(l) < n {
		c.add(at, "min_items", fmt.Sprintf("至少要有 %d 项", n), fmt.Sprintf("needs at least %d entries", n))
	}
	for i, e := range l {
		c.shape(fmt.Sprintf("%s[%d]", at, i), t.Elem(), e, "")
	}
}

func (c *checker) text(at string, v any, tag reflect.StructTag) {
	s, ok := v.(string)
	if !ok {
		c.wrong(at, "文本", "text")
		return
	}
	if !c.limits {
		return
	}
	if n, err := strconv.Atoi(tag.Get("maxLength")); err == nil && utf8.RuneCountInString(s) > n {
		c.add(at, "max_length", fmt.Sprintf("最多 %d 个字符", n), fmt.Sprintf("may have at most %d characters", n))
	}
	if p := tag.Get("pattern"); p != "" && !pattern(p).MatchString(s) {
		c.add(at, "pattern", "格式不符："+p, "must match "+p)
	}
	if e := tag.Get("enum"); e != "" && s != "" && !slices.Contains(strings.Split(e, ","), s) {
		c.add(at, "one_of", "只能是："+e, "must be one of "+e)
	}
}

var patterns sync.Map

func pattern(p string) *regexp.Regexp {
	if re, ok := patterns.Load(p); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(p)
	patterns.Store(p, re)
	return re
}

func (c *checker) number(at string, v any, tag reflect.StructTag) {
	n, ok := v.(json.Number)
	if !ok {
		c.wrong(at, "整数", "a whole number")
		return
	}
	i, err := n.Int64()
	if err != nil {
		c.wrong(at, "整数", "a whole number")
		return
	}
	if !c.limits {
		return
	}
	if m, err := strconv.ParseInt(tag.Get("minimum"), 10, 64); err == nil && i < m {
		c.add(at, "minimum", fmt.Sprintf("不能小于 %d", m), fmt.Sprintf("must be at least %d", m))
	}
	if m, err := strconv.ParseInt(tag.Get("maximum"), 10, 64); err == nil && i > m {
		c.add(at, "maximum", fmt.Sprintf("不能大于 %d", m), fmt.Sprintf("must be at most %d", m))
	}
}

func (c *checker) duration(at string, v any) {
	s, ok := v.(string)
	if !ok {
		c.wrong(at, "时长文本，如 7d", "a duration such as 7d")
		return
	}
	if _, err := ParseDuration(s); err != nil {
		c.add(at, "duration", "不是时长：用 10m、24h、7d（自然时间）或 4wh、3wd（工作时间）", "is not a duration: 10m, 24h, 7d are elapsed time, 4wh, 3wd working time")
	}
}
