package facts

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/tidwall/gjson"
)

// glance says of JSON text that it fits a schema, without taking it apart into
// maps first. What it does not say yes to is judged by the verdict, which also
// knows what is wrong: so it may leave out whatever the schemas of facts do not use.
type glance struct {
	any      bool // fits whatever it is
	kind     string
	fields   map[string]glanced
	required uint64 // the bits of all fields that must be there
	closed   bool   // no others
	rest     *glance
	items    *glance

	enum             map[string]bool
	dateTime         bool
	pattern          *regexp.Regexp
	shortest         int
	longest          int // runes; -1: no bound
	minimum, maximum *float64
	nullable         bool
}

// glanced is a field of an object; its bit is set if it must be there.
type glanced struct {
	of  *glance
	bit uint64
}

// glanceOf gives the glance of a schema, nil if it uses what glances do not know.
func glanceOf(r huma.Registry, s *huma.Schema, known map[*huma.Schema]*glance) *glance {
	if s == nil {
		return nil
	}
	for s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	if g, ok := known[s]; ok {
		return g
	}
	if s.OneOf != nil || s.AnyOf != nil || s.AllOf != nil || s.Not != nil || s.MultipleOf != nil || s.ExclusiveMinimum != nil || s.ExclusiveMaximum != nil || s.UniqueItems ||
		s.MinItems != nil || s.MaxItems != nil || s.MinProperties != nil || s.MaxProperties != nil || len(s.DependentRequired) > 0 || s.ContentEncoding != "" {
		return nil
	}
	g := &glance{kind: s.Type, nullable: s.Nullable, longest: -1, minimum: s.Minimum, maximum: s.Maximum}
	known[s] = g
	ok := true
	switch s.Type {
	case "":
		g.any, ok = true, len(s.Enum) == 0
	case huma.TypeObject:
		ok = g.object(r, s, known)
	case huma.TypeArray:
		g.items = glanceOf(r, s.Items, known)
		ok = g.items != nil && len(s.Enum) == 0
	case huma.TypeString:
		ok = g.text(s)
	default:
		ok = len(s.Enum) == 0
	}
	if !ok {
		known[s] = nil
		return nil
	}
	return g
}

func (g *glance) object(r huma.Registry, s *huma.Schema, known map[*huma.Schema]*glance) bool {
	g.fields = map[string]glanced{}
	for name, of := range s.Properties {
		g.fields[name] = glanced{of: glanceOf(r, of, known)}
	}
	for i, name := range s.Required {
		bit := uint64(1) << i
		g.required |= bit
		g.fields[name] = glanced{g.fields[name].of, bit}
	}
	switch more := s.AdditionalProperties.(type) {
	case bool:
		g.closed = !more
	case *huma.Schema:
		g.rest = glanceOf(r, more, known)
		g.closed = g.rest == nil // what is not known is left to the verdict
	}
	return len(s.Required) <= 64 && len(s.Enum) == 0
}

func (g *glance) text(s *huma.Schema) bool {
	if s.MinLength != nil {
		g.shortest = *s.MinLength
	}
	if s.MaxLength != nil {
		g.longest = *s.MaxLength
	}
	if s.Pattern != "" {
		g.pattern = regexp.MustCompile(s.Pattern) // the schema's own library compiled it already
	}
	if len(s.Enum) > 0 {
		g.enum = map[string]bool{}
		for _, v := range s.Enum {
			text, ok := v.(string)
			if !ok {
				return false
			}
			g.enum[text] = true
		}
	}
	g.dateTime = s.Format == "date-time"
	return s.Format == "" || g.dateTime
}

// fits says yes only of what the schema's own library has nothing against.
func (g *glance) fits(data []byte) bool {
	return g != nil && gjson.ValidBytes(data) && g.holds(gjson.ParseBytes(data))
}

func (g *glance) holds(v gjson.Result) bool {
	switch {
	case g == nil:
		return false
	case g.any || g.nullable && v.Type == gjson.Null:
		return true
	}
	switch g.kind {
	case huma.TypeBoolean:
		return v.IsBool()
	case huma.TypeString:
		return v.Type == gjson.String && g.holdsText(v.Str)
	case huma.TypeNumber, huma.TypeInteger:
		return v.Type == gjson.Number && g.holdsNumber(v)
	case huma.TypeArray:
		ok := v.IsArray()
		v.ForEach(func(_, item gjson.Result) bool {
			ok = ok && g.items.holds(item)
			return ok
		})
		return ok
	case huma.TypeObject:
		return v.IsObject() && g.holdsFields(v)
	}
	return false
}

func (g *glance) holdsFields(v gjson.Result) bool {
	ok, found := true, uint64(0)
	v.ForEach(func(name, value gjson.Result) bool {
		f, known := g.fields[name.Str]
		switch {
		case known && value.Type == gjson.Null && f.bit == 0: // as if it were not there
		case known:
			found |= f.bit
			ok = f.of.holds(value)
		case g.rest != nil:
			ok = g.rest.holds(value)
		default:
			ok = !g.closed
		}
		return ok
	})
	return ok && found == g.required
}

func (g *glance) holdsText(s string) bool {
	if g.shortest > 0 || g.longest >= 0 {
		if n := utf8.RuneCountInString(s); n < g.shortest || g.longest >= 0 && n > g.longest {
			return false
		}
	}
	if g.enum != nil && !g.enum[s] || g.pattern != nil && !g.pattern.MatchString(s) {
		return false
	}
	if g.dateTime {
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	}
	return true
}

// exactDigits is how many digits a number certainly holds exactly.
const exactDigits = 15

func (g *glance) holdsNumber(v gjson.Result) bool {
	if len(v.Raw) > exactDigits+1 || strings.ContainsAny(v.Raw, "eE") || g.kind == huma.TypeInteger && strings.Contains(v.Raw, ".") {
		return false
	}
	return (g.minimum == nil || v.Num >= *g.minimum) && (g.maximum == nil || v.Num <= *g.maximum)
}
