package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"liuke.dev/shared/catalogue"
)

// ErrUnknownType says that the catalogue has no such fact type.
var ErrUnknownType = errors.New("facts: no such type in the catalogue")

// checks are the compiled schemas of one fact type, made when first needed.
type checks struct {
	data           catalogue.Data
	closed, opened func() (*jsonschema.Schema, error)
}

var known = sync.OnceValue(func() map[string]*checks {
	all := map[string]*checks{}
	for _, d := range catalogue.All() {
		all[d.Kind().Type] = &checks{
			data:   d,
			closed: sync.OnceValues(func() (*jsonschema.Schema, error) { return compile(d, false) }),
			opened: sync.OnceValues(func() (*jsonschema.Schema, error) { return compile(d, true) }),
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

func (c *checks) check(schema func() (*jsonschema.Schema, error), data []byte) error {
	s, err := schema()
	if err != nil {
		return err
	}
	var v any // numbers as float64: the only bounds are those of money, which it holds exactly
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %w", c.data.Kind().Type, err)
	}
	return s.Validate(v)
}

func compile(d catalogue.Data, open bool) (*jsonschema.Schema, error) {
	doc, err := schemaOf(d, open)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	id := doc["$id"].(string)
	if err := c.AddResource(id, doc); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", d.Kind().Type, err)
	}
	return c.Compile(id)
}
