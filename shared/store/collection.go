package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"liuke.dev/shared/telemetry"
)

// Doc is a document with a typed body. Read it with Get, change Body, Commit it.
type Doc[T any] struct {
	ID      string
	Version int64
	Body    T

	chain    string
	commands []string
}

// New gives a document that is not stored yet.
func New[T any](id string, body T) *Doc[T] { return &Doc[T]{ID: id, Body: body} }

// Did tells whether the document remembers having carried out the command.
func (d *Doc[T]) Did(command string) bool {
	return command != "" && slices.Contains(d.commands, command)
}

// Collection is a typed view of one collection of an engine.
type Collection[T any] struct {
	engine Engine
	name   string
}

// Of gives the typed view of the collection that spec declares.
func Of[T any](e Engine, spec Spec) Collection[T] { return Collection[T]{engine: e, name: spec.Name} }

// Engine gives the engine beneath.
func (c Collection[T]) Engine() Engine { return c.engine }

// Aggregate names a document of this collection in facts.
func (c Collection[T]) Aggregate(id string) string { return c.name + "/" + id }

// Get reads a document. Errors: ErrNotFound, ErrUnavailable.
func (c Collection[T]) Get(ctx context.Context, id string) (*Doc[T], error) {
	r, err := c.engine.Get(ctx, c.name, id)
	if err != nil {
		return nil, Outcome("get", c.name, id, err)
	}
	return decode[T](r)
}

// List is a typed page.
type List[T any] struct {
	Docs []*Doc[T]
	Next string
}

// Page reads a page of a declared index.
func (c Collection[T]) Page(ctx context.Context, q Query) (List[T], error) {
	p, err := c.engine.Page(ctx, c.name, q)
	if err != nil {
		return List[T]{}, Outcome("page", c.name, q.Index, err)
	}
	out := List[T]{Docs: make([]*Doc[T], 0, len(p.Records)), Next: p.Next}
	for _, r := range p.Records {
		d, err := decode[T](r)
		if err != nil {
			return List[T]{}, err
		}
		out.Docs = append(out.Docs, d)
	}
	return out, nil
}

// Count counts the documents that a query would list, its cursor and limit aside.
func (c Collection[T]) Count(ctx context.Context, q Query) (int64, error) {
	n, err := c.engine.Count(ctx, c.name, q)
	return n, Outcome("count", c.name, q.Index, err)
}

// Commit stores the document with its facts, or nothing. On success the
// document carries its new version. A command id that the document remembers
// gives ErrRepeated and changes nothing.
func (c Collection[T]) Commit(ctx context.Context, d *Doc[T], command string, facts ...Fact) error {
	if d.Did(command) {
		return Outcome("commit", c.name, d.ID, ErrRepeated)
	}
	body, err := json.Marshal(d.Body)
	if err != nil {
		return fmt.Errorf("commit %s/%s: %w", c.name, d.ID, err)
	}
	if len(body) > MaxDocument {
		return Outcome("commit", c.name, d.ID, ErrTooLarge)
	}
	w := Write{Record: Record{ID: d.ID, Version: d.Version, Chain: d.chain, Commands: d.commands, Body: body}, Command: command, Facts: facts}
	if err := Seal(c.name, &w); err != nil {
		return Outcome("commit", c.name, d.ID, err)
	}
	ctx, step := telemetry.Begin(ctx, telemetry.Inside, "commit", c.name)
	err = c.engine.Commit(ctx, c.name, w)
	step.Count("liuke.facts", len(facts)).End(err)
	if err != nil {
		return Outcome("commit", c.name, d.ID, err)
	}
	d.Version, d.chain, d.commands = d.Version+1, w.Record.Chain, w.Record.Commands
	return nil
}

// Remove deletes a document that records no facts.
func (c Collection[T]) Remove(ctx context.Context, d *Doc[T]) error {
	return Outcome("remove", c.name, d.ID, c.engine.Remove(ctx, c.name, d.ID, d.Version))
}

func decode[T any](r Record) (*Doc[T], error) {
	d := &Doc[T]{ID: r.ID, Version: r.Version, chain: r.Chain, commands: r.Commands}
	if err := json.Unmarshal(r.Body, &d.Body); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.ID, err)
	}
	return d, nil
}
