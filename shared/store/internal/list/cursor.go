package list

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"

	"liuke.dev/shared/store"
)

// mark fingerprints everything of a query that its cursors depend on.
func mark(collection string, p Plan) (string, error) {
	b, err := json.Marshal([]any{collection, p.Index, p.Equal, p.From, p.To, p.Desc})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6]), nil
}

// Cursor writes the position behind a document as text.
func (p Plan) Cursor(at Position) (string, error) {
	b, err := json.Marshal([]any{p.mark, at.Value, at.ID})
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (p Plan) read(cursor string) (*Position, error) {
	var mark, id string
	var value any
	if !Decode(cursor, &mark, &value, &id) || mark != p.mark || id == "" {
		return nil, store.ErrBadCursor
	}
	switch x := value.(type) {
	case json.Number:
		if n, err := x.Int64(); err == nil {
			value = n
		} else if f, err := x.Float64(); err == nil {
			value = f
		} else {
			return nil, store.ErrBadCursor
		}
	case string, nil:
	default:
		return nil, store.ErrBadCursor
	}
	if value != nil && p.Index.Order == "" {
		return nil, store.ErrBadCursor
	}
	return &Position{Value: value, ID: id}, nil
}

// Encode writes the parts of a cursor as opaque text.
func Encode(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads a cursor written by Encode into pointers, one per part.
func Decode(cursor string, into ...any) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return false
	}
	var parts []json.RawMessage
	if json.Unmarshal(b, &parts) != nil || len(parts) != len(into) {
		return false
	}
	for i, part := range parts {
		d := json.NewDecoder(bytes.NewReader(part))
		d.UseNumber()
		if d.Decode(into[i]) != nil {
			return false
		}
		if _, err := d.Token(); err != io.EOF {
			return false
		}
	}
	return true
}
