package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"liuke.dev/shared/store"
)

// Commit stores the sealed write or nothing.
func (e *engine) Commit(ctx context.Context, collection string, w store.Write) error {
	f, err := e.form(collection)
	if err != nil {
		return err
	}
	run, err := f.prepared(w)
	if err != nil {
		return err
	}
	return e.writer.do(ctx, len(w.Facts) > 0, run)
}

// factsPerStatement bounds the prepared forms of the insert.
const factsPerStatement = 8

func writeFacts(c *conn, facts []store.Fact) error {
	for len(facts) > 0 {
		n := min(len(facts), factsPerStatement)
		args := make([]driver.Value, 0, n*10)
		for _, f := range facts[:n] {
			args = append(args, f.Aggregate, f.Version, int64(f.N), f.Type, f.Topic, f.Key, int64(f.Time), string(f.Body), f.Prev, f.Hash)
		}
		if _, err := c.exec(insertFacts[n], args...); err != nil {
			return err
		}
		facts = facts[n:]
	}
	return nil
}

// insertFacts holds the insert of n facts at place n.
var insertFacts = func() (texts [factsPerStatement + 1]string) {
	for n := range texts {
		texts[n] = "INSERT OR FAIL INTO facts (aggregate, version, n, type, topic, key, time, body, prev, hash) VALUES " +
			strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?), ", n), ", ")
	}
	return texts
}()

// Remove deletes a document that records no facts.
func (e *engine) Remove(ctx context.Context, collection, id string, version int64) error {
	if _, err := e.spec(collection); err != nil {
		return err
	}
	return e.writer.do(ctx, false, func(c *conn) error {
		n, err := c.exec("DELETE FROM "+quote(collection)+" WHERE id = ? AND version = ? AND chain = ''", id, version)
		if err != nil || n == 1 {
			return err
		}
		refusal := store.ErrNotFound
		err = c.each("SELECT version FROM "+quote(collection)+" WHERE id = ?", func(row []driver.Value) error {
			if refusal = store.ErrConflict; row[0].(int64) == version {
				refusal = store.ErrRecorded
			}
			return nil
		}, id)
		if err != nil {
			return err
		}
		return answer{refusal}
	})
}

func encodeCommands(commands []string) (string, error) {
	if len(commands) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(commands)
	return string(b), err
}

func decodeCommands(text string) ([]string, error) {
	if text == "[]" {
		return nil, nil
	}
	var out []string
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fmt.Errorf("commands: %w", err)
	}
	return out, nil
}
