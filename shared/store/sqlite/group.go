package sqlite

import (
	"context"
	"fmt"

	"github.com/tidwall/gjson"

	"liuke.dev/shared/store"
)

// CommitAll implements store.Grouped: one turn of the writer for all of them.
func (e *engine) CommitAll(ctx context.Context, collection string, writes []store.Write) []error {
	answers := make([]error, len(writes))
	f, err := e.form(collection)
	ready, facts := make([]func(*conn) error, len(writes)), false
	for i, w := range writes {
		if err == nil {
			ready[i], answers[i] = f.prepared(w)
			facts = facts || len(w.Facts) > 0
		}
	}
	if err == nil {
		err = e.writer.do(ctx, facts, func(c *conn) error {
			for i, run := range ready {
				if run == nil {
					continue // refused before
				}
				answers[i] = run(c)
				if answers[i] != nil && !isAnswer(answers[i]) {
					return answers[i] // nothing of all is stored
				}
			}
			return nil
		})
	}
	for i := range answers {
		switch {
		case err != nil && ready[i] != nil || ready[i] == nil && answers[i] == nil:
			answers[i] = err
		case isAnswer(answers[i]):
			answers[i] = answers[i].(answer).error
		}
	}
	return answers
}

// prepared makes of a write what the writer has to do, so that the writer need not
// look into the document.
func (f form) prepared(w store.Write) (func(*conn) error, error) {
	if len(w.Record.Body) > store.MaxDocument {
		return nil, store.ErrTooLarge
	}
	if !gjson.ValidBytes(w.Record.Body) {
		return nil, fmt.Errorf("store: the body of %s is no JSON", w.Record.ID)
	}
	commands, err := encodeCommands(w.Record.Commands)
	if err != nil {
		return nil, err
	}
	values := f.values(w.Record.Body)
	return func(c *conn) error {
		if err := f.write(c, w.Record, commands, values); err != nil {
			return err
		}
		return writeFacts(c, w.Facts)
	}, nil
}
