package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// Grouped is an engine that stores many commits in one step. Each is judged by
// itself, as Engine.Commit would; those that are refused leave nothing behind.
type Grouped interface {
	// CommitAll gives an outcome for each sealed write, in order.
	CommitAll(ctx context.Context, collection string, writes []Write) []error
}

// Change is one commit of several.
type Change[T any] struct {
	Doc   *Doc[T]
	Facts []Fact
}

// CommitAll commits documents with their facts, each by itself as Commit would,
// together where the engine can: background work over many documents then costs
// the store one step and one sync for all of them. It gives an outcome for each.
func (c Collection[T]) CommitAll(ctx context.Context, list []Change[T]) []error {
	outcome := make([]error, len(list))
	engine, can := c.engine.(Grouped)
	if !can {
		for i, one := range list {
			outcome[i] = c.Commit(ctx, one.Doc, "", one.Facts...)
		}
		return outcome
	}
	writes, at := make([]Write, 0, len(list)), make([]int, 0, len(list))
	for i, one := range list {
		w, err := c.sealed(one)
		if err != nil {
			outcome[i] = err
			continue
		}
		writes, at = append(writes, w), append(at, i)
	}
	for n, err := range engine.CommitAll(ctx, c.name, writes) {
		d := list[at[n]].Doc
		if err != nil {
			outcome[at[n]] = Outcome("commit", c.name, d.ID, err)
			continue
		}
		d.Version, d.chain = d.Version+1, writes[n].Record.Chain
	}
	return outcome
}

func (c Collection[T]) sealed(one Change[T]) (Write, error) {
	d := one.Doc
	body, err := json.Marshal(d.Body)
	if err != nil {
		return Write{}, fmt.Errorf("commit %s/%s: %w", c.name, d.ID, err)
	}
	w := Write{Record: Record{ID: d.ID, Version: d.Version, Chain: d.chain, Commands: d.commands, Body: body}, Facts: one.Facts}
	return w, Outcome("commit", c.name, d.ID, Seal(c.name, &w))
}
