package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"liuke.dev/shared/problem"
)

// SectionNames lists the sections in the order of the book.
var SectionNames = sectionNames()

func sectionNames() []string {
	t := reflect.TypeFor[Sections]()
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("json"))
	}
	return out
}

func (s *Sections) field(name string) (reflect.Value, bool) {
	for i, n := range SectionNames {
		if n == name {
			return reflect.ValueOf(s).Elem().Field(i), true
		}
	}
	return reflect.Value{}, false
}

// Section gives the JSON of one section.
func (s Sections) Section(name string) (json.RawMessage, error) {
	v, ok := s.field(name)
	if !ok {
		return nil, noSection(name)
	}
	return json.Marshal(v.Interface())
}

// UnmarshalJSON reads a book's sections. A section that a book does not have, because it was published before there
// was one, is the shipped one.
func (s *Sections) UnmarshalJSON(raw []byte) error {
	type plain Sections
	var told map[string]json.RawMessage
	if err := json.Unmarshal(raw, &told); err != nil {
		return err
	}
	var read plain
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	*s = Sections(read)
	shipped := Defaults()
	for _, name := range SectionNames {
		if _, ok := told[name]; ok {
			continue
		}
		to, _ := s.field(name)
		from, _ := shipped.field(name)
		to.Set(from)
	}
	return nil
}

// SetSection replaces one section by its JSON. What does not have the section's
// shape is refused with every field named; whether the content breaks rules is
// left to Validate, so that a draft may be unfinished.
func (s *Sections) SetSection(name string, raw json.RawMessage) error {
	v, ok := s.field(name)
	if !ok {
		return noSection(name)
	}
	if err := Readable(name, raw); err != nil {
		return err
	}
	fresh := reflect.New(v.Type())
	if err := json.Unmarshal(raw, fresh.Interface()); err != nil {
		return problem.InvalidFields(problem.FieldError(name, "malformed", "内容无法读取", fmt.Sprintf("cannot be read: %v", err)))
	}
	v.Set(fresh.Elem())
	return nil
}

// Readable names every place where the JSON of a section does not have the
// section's shape: unknown and missing fields, wrong types.
func Readable(name string, raw json.RawMessage) error {
	var s Sections
	v, ok := s.field(name)
	if !ok {
		return noSection(name)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return &problem.Error{Code: problem.Malformed, Text: textf("不是 JSON", "not JSON: %v", err)}
	}
	if dec.More() {
		return &problem.Error{Code: problem.Malformed, Text: textf("JSON 之后还有内容", "something follows the JSON")}
	}
	var c checker
	c.shape(name, v.Type(), doc, "")
	return problem.InvalidFields(c.fields...)
}

func noSection(name string) error {
	return &problem.Error{Code: problem.NotFound, Text: textf("没有这个策略分区："+name, "no such section: %s (there are %s)", name, strings.Join(SectionNames, ", "))}
}
