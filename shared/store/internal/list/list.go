// Package list resolves a query against the declared indexes of a collection,
// the same for every engine: it checks the query, brings its values into the
// few forms that engines compare, and reads and writes cursors.
package list

import (
	"encoding"
	"fmt"
	"reflect"

	"liuke.dev/shared/store"
)

// Bounds of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Plan is a query that fits its index.
type Plan struct {
	Index store.Index
	Equal []any // string, int64, float64, true, or nil for the empty value
	From  any   // string, int64 or float64; nil: no bound
	To    any
	Desc  bool
	Limit int
	After *Position // nil on the first page

	mark string // what the cursor must have been made for
}

// Position is a place in a list, just behind a document.
type Position struct {
	Value any // of the ordering path; nil where the document lacks it
	ID    string
}

// Part is a stretch of a list. A list ordered by a path has two: the documents
// that lack the path, and those that have it; one index range cannot span both.
type Part int

// The parts of a list.
const (
	Whole   Part = iota // ordered by id alone
	Lacking             // those without the ordering path, by id
	Having              // those with it, by path and id
)

// ForPage resolves a query for a page.
func ForPage(spec store.Spec, q store.Query) (Plan, error) {
	p, err := resolve(spec, q)
	if err != nil {
		return Plan{}, err
	}
	if len(p.Equal) != len(p.Index.Equal) {
		return Plan{}, fmt.Errorf("%w: %s.%s takes %d values, not %d", store.ErrBadQuery, spec.Name, q.Index, len(p.Index.Equal), len(p.Equal))
	}
	switch {
	case q.Limit == 0:
		p.Limit = DefaultLimit
	case q.Limit < 0 || q.Limit > MaxLimit:
		return Plan{}, fmt.Errorf("%w: limit %d is not between 1 and %d", store.ErrBadQuery, q.Limit, MaxLimit)
	default:
		p.Limit = q.Limit
	}
	if p.mark, err = mark(spec.Name, p); err != nil {
		return Plan{}, err
	}
	if q.After != "" {
		if p.After, err = p.read(q.After); err != nil {
			return Plan{}, err
		}
	}
	return p, nil
}

// ForCount resolves a query for a count.
func ForCount(spec store.Spec, q store.Query) (Plan, error) {
	p, err := resolve(spec, q)
	if err != nil {
		return Plan{}, err
	}
	short := len(p.Equal) < len(p.Index.Equal)
	if len(p.Equal) > len(p.Index.Equal) || (short && (p.From != nil || p.To != nil)) {
		return Plan{}, fmt.Errorf("%w: %s.%s takes %d values, not %d", store.ErrBadQuery, spec.Name, q.Index, len(p.Index.Equal), len(p.Equal))
	}
	return p, nil
}

// Parts gives the stretches that remain to be read, in the order of the list.
func (p Plan) Parts() []Part {
	switch {
	case p.Index.Order == "":
		return []Part{Whole}
	case p.From != nil || p.To != nil:
		return []Part{Having}
	case p.Desc && p.After != nil && p.After.Value == nil:
		return []Part{Lacking}
	case p.Desc:
		return []Part{Having, Lacking}
	case p.After != nil && p.After.Value != nil:
		return []Part{Having}
	default:
		return []Part{Lacking, Having}
	}
}

// AfterIn gives the position to continue from if it lies in the part.
func (p Plan) AfterIn(part Part) *Position {
	if p.After == nil || (part == Lacking) != (p.After.Value == nil && p.Index.Order != "") {
		return nil
	}
	return p.After
}

func resolve(spec store.Spec, q store.Query) (Plan, error) {
	p := Plan{Desc: q.Desc}
	found := false
	for _, i := range spec.Indexes {
		if i.Name == q.Index {
			p.Index, found = i, true
		}
	}
	if !found {
		return Plan{}, fmt.Errorf("%w: %s has no index %q", store.ErrBadQuery, spec.Name, q.Index)
	}
	for _, v := range q.Equal {
		n, err := plain(v)
		if err != nil {
			return Plan{}, err
		}
		p.Equal = append(p.Equal, emptied(n))
	}
	if p.Index.Sparse && (len(p.Equal) == 0 || p.Equal[0] == nil) {
		return Plan{}, fmt.Errorf("%w: %s.%s is sparse: it has no documents with an empty %s", store.ErrBadQuery, spec.Name, q.Index, p.Index.Equal[0])
	}
	var err error
	if p.From, err = bound(q.Range.From); err != nil {
		return Plan{}, err
	}
	if p.To, err = bound(q.Range.To); err != nil {
		return Plan{}, err
	}
	if p.Index.Order == "" && (p.From != nil || p.To != nil) {
		return Plan{}, fmt.Errorf("%w: %s.%s has no order to take a range of", store.ErrBadQuery, spec.Name, q.Index)
	}
	return p, nil
}

func bound(v any) (any, error) {
	n, err := plain(v)
	if _, is := n.(bool); is {
		return nil, fmt.Errorf("%w: a range of bools", store.ErrBadQuery)
	}
	return n, err
}

// plain brings a value into the form it has in a body.
func plain(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		return string(b), err
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String(), nil
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return r.Float(), nil
	default:
		return nil, fmt.Errorf("%w: a value of type %T", store.ErrBadQuery, v)
	}
}

// emptied makes the empty values one.
func emptied(v any) any {
	switch v {
	case "", int64(0), float64(0), false:
		return nil
	}
	return v
}
