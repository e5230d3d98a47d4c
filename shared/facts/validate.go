package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/catalogue"
)

// ErrUnknownType says that the catalogue has no such fact type.
var ErrUnknownType = errors.New("facts: no such type in the catalogue")

// checks are the compiled schemas of one fact type, made when first needed.
type checks struct {
	data           catalogue.Data
	closed, opened func() judgement
}

var known = sync.OnceValue(func() map[string]*checks {
	all := map[string]*checks{}
	for _, d := range catalogue.All() {
		all[d.Kind().Type] = &checks{
			data:   d,
			closed: sync.OnceValue(func() judgement { return judge(d, false) }),
			opened: sync.OnceValue(func() judgement { return judge(d, true) }),
		}
	}
	return all
})

// Validate checks the data of a fact as a producer must: the type is known, and
// the data fits its schema and holds no field that the schema lacks.
func Validate(eventType string, data []byte) error {
	strict := valid.key(eventType, data, true)
	if valid.has(strict) {
		return nil
	}
	c, ok := known()[eventType]
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownType, eventType)
	}
	if err := c.check(c.closed, data); err != nil {
		return err
	}
	valid.add(strict, valid.key(eventType, data, false)) // what a producer may write a consumer may read
	return nil
}

// ValidateRead checks the data of a fact as a consumer must: fields that the
// schema lacks pass, because types grow and the producer may be newer.
func ValidateRead(eventType string, data []byte) error {
	lenient := valid.key(eventType, data, false)
	if valid.has(lenient) {
		return nil
	}
	c, ok := known()[eventType]
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownType, eventType)
	}
	if err := c.check(c.opened, data); err != nil {
		return err
	}
	valid.add(lenient)
	return nil
}

// check takes a glance, and where that is not enough the checker of the schema's
// own library, which takes a twelfth of the time of one that knows all of JSON
// Schema; a test holds the three against each other.
func (c *checks) check(schema func() judgement, data []byte) error {
	judged := schema()
	if judged.glance.fits(data) {
		return nil
	}
	var v any // numbers as float64: the only bounds are those of money, which it holds exactly
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %w", c.data.Kind().Type, err)
	}
	if err := judged.verdict(v); err != nil {
		return fmt.Errorf("%s: %w", c.data.Kind().Type, err)
	}
	return nil
}

// Names of fields are spelled as the schema has them, which JSON says and the
// library leaves to its user.
func init() { huma.ValidateStrictCasing = true }

// judgement is how data of a type are judged: at a glance, and in full.
type judgement struct {
	glance  *glance
	verdict verdict
}

// verdict says what of a value does not fit a schema.
type verdict func(v any) error

// judge gives the judgement of a fact type's schema, open or closed as schemaOf has it.
func judge(d catalogue.Data, open bool) judgement {
	r := registry("#/$defs/")
	root := r.Schema(reflect.TypeOf(d), false, "")
	if open {
		for _, s := range append(slices.Collect(maps.Values(r.Map())), root) {
			if closed, ok := s.AdditionalProperties.(bool); ok && !closed {
				s.AdditionalProperties = nil
			}
		}
	}
	return judgement{glanceOf(r, root, map[*huma.Schema]*glance{}), func(v any) error {
		var found huma.ValidateResult
		huma.Validate(r, root, huma.NewPathBuffer(make([]byte, 0, 128), 0), huma.ModeWriteToServer, v, &found)
		return errors.Join(found.Errors...)
	}}
}
