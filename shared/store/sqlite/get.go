package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"liuke.dev/shared/store"
)

// Get reads a document.
func (e *engine) Get(ctx context.Context, collection, id string) (store.Record, error) {
	f, err := e.form(collection)
	if err != nil {
		return store.Record{}, err
	}
	c, err := e.getters.take(ctx)
	if err != nil {
		return store.Record{}, err
	}
	defer e.getters.give(c)
	r := store.Record{ID: id}
	err = c.each(f.get, func(row []driver.Value) error {
		r.Version, r.Chain, r.Body = row[0].(int64), row[1].(string), row[3].([]byte)
		var err error
		r.Commands, err = decodeCommands(row[2].(string))
		return err
	}, id)
	if err != nil {
		return store.Record{}, e.outcome(fmt.Errorf("%s: %w", id, err))
	}
	if r.Version == 0 {
		return store.Record{}, store.ErrNotFound
	}
	return r, nil
}
