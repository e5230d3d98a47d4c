// Package store is the port through which every service keeps its documents.
//
// A document is an aggregate: a JSON body under an id, guarded by a version. A
// Commit writes one document together with the facts that tell what changed, in
// one atomic step, on every engine. There is no transaction over two documents:
// where a rule needs uniqueness across documents, the unique thing is an id.
//
// Engines: package sqlite (one file, one process) and package mongo (a MongoDB
// server, replica set or sharded cluster). Package storetest holds the contract
// that both pass.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"liuke.dev/shared/instant"
)

// MaxDocument is the largest body of a document in bytes (1 MiB).
const MaxDocument = 1 << 20

// MaxCommands is how many ids of the last commands a document remembers, so
// that a repeated command is recognised.
const MaxCommands = 64

// MaxID is the longest document id in bytes.
const MaxID = 512

// What a store answers when it cannot do what was asked. Test with errors.Is.
var (
	ErrNotFound    = errors.New("store: no such document")
	ErrExists      = errors.New("store: a document with this id exists")
	ErrConflict    = errors.New("store: the document has another version")
	ErrRepeated    = errors.New("store: this command was carried out before")
	ErrTooLarge    = errors.New("store: document larger than 1 MiB")
	ErrUnavailable = errors.New("store: not available")
	ErrBadCursor   = errors.New("store: not a cursor of this list")
	ErrBadID       = errors.New("store: not a document id")
	ErrBadQuery    = errors.New("store: the query does not fit a declared index")
	ErrRecorded    = errors.New("store: a document that recorded facts is never removed")
	ErrNewer       = errors.New("store: schema newer than the program")
)

// Index declares a list that can be asked for. Paths are dotted JSON paths into
// the body: first those compared for equality, then at most one that orders
// (the id always breaks ties). A document in which an equality path is missing,
// null, false, zero or empty is listed only when asked with the empty value
// (nil, "", 0 or false, which are one and the same). Documents that lack the
// ordering path come first in ascending order. An ordering path holds values of
// one kind, text or numbers.
type Index struct {
	// Name is unique within the collection, lower case with underscores.
	Name string
	// Equal are the paths that a query pins to one value each, in this order. A
	// page pins all of them; a count without a range may pin a leading part.
	Equal []string
	// Order is the path the list is sorted by; empty: by id.
	Order string
	// Sparse says that nobody asks for documents whose first Equal path is empty:
	// such a query is refused, and an engine may leave these documents out, which
	// saves every commit of one some time.
	Sparse bool
}

// Spec declares a collection.
type Spec struct {
	// Name of the collection, lower case with underscores; also the aggregate
	// type in fact ids: "lead" gives "lead/<id>".
	Name    string
	Indexes []Index
}

// Record is a document as the engines see it.
type Record struct {
	ID       string   // 1 to MaxID bytes of UTF-8
	Version  int64    // 1 after creation; 0: not stored yet
	Chain    string   // hash of the aggregate's newest fact, empty before the first
	Commands []string // ids of the newest commands, oldest first, at most MaxCommands
	Body     json.RawMessage
}

// Document is a record together with the collection it lies in.
type Document struct {
	Collection string
	Record
}

// Fact is a recorded fact as the store keeps it. The body is the CloudEvent in
// its JSON form without the chain.
type Fact struct {
	ID        string          `json:"id"`        // <aggregate>/<version>/<n>
	Aggregate string          `json:"aggregate"` // <collection>/<document id>
	Version   int64           `json:"version"`   // of the aggregate after the commit
	N         int             `json:"n"`         // position within the commit, from 0
	Type      string          `json:"type"`
	Topic     string          `json:"topic"`
	Key       string          `json:"key"` // partition key
	Time      instant.Time    `json:"time"`
	Body      json.RawMessage `json:"body"`
	Prev      string          `json:"prev"` // hash of the aggregate's fact before this one
	Hash      string          `json:"hash"` // of Prev and Body
}

// Range bounds the ordering path of a query. Values are strings, int64 or bool,
// as they stand in the body (instants as text).
type Range struct {
	From any // inclusive, nil: no bound
	To   any // exclusive, nil: no bound
}

// Query asks for a page of a declared index.
type Query struct {
	Index string
	Equal []any // one value per equality path
	Range Range
	Desc  bool
	Limit int    // 1 to 500; 0 means 50
	After string // cursor of the page before, empty for the first
}

// Page is part of a list.
type Page struct {
	Records []Record
	Next    string // cursor for the following page, empty at the end
}

// Write is one atomic step: a document and its facts.
type Write struct {
	Record  Record // Version is the one that was read, 0 to create
	Command string // id of the command, "" if it needs no memory
	Facts   []Fact // ID, Version, N, Prev and Hash are filled in by Seal
}

// Engine is what a database must do. Services use Collection, not this.
type Engine interface {
	// Declare makes collections and indexes, additively and repeatably.
	Declare(ctx context.Context, specs ...Spec) error
	Get(ctx context.Context, collection, id string) (Record, error)
	Page(ctx context.Context, collection string, q Query) (Page, error)
	Count(ctx context.Context, collection string, q Query) (int64, error)
	// Commit stores the sealed write or nothing. Errors: ErrExists (create),
	// ErrConflict (other version), ErrTooLarge, ErrUnavailable.
	Commit(ctx context.Context, collection string, w Write) error
	// Remove deletes a document that records no facts (claims, sessions). Errors:
	// ErrNotFound, ErrConflict (other version), ErrRecorded, ErrUnavailable.
	Remove(ctx context.Context, collection, id string, version int64) error
	// Explain tells in the database's words how it would answer the query.
	Explain(ctx context.Context, collection string, q Query) (string, error)

	// Pending gives up to limit facts not yet published, those of one aggregate in order.
	Pending(ctx context.Context, limit int) ([]Fact, error)
	// Published marks facts as published.
	Published(ctx context.Context, facts []Fact) error
	// Backlog counts the facts not yet published and gives the time of the oldest.
	Backlog(ctx context.Context) (count int64, oldest instant.Time, err error)
	// Committed has a value whenever facts were committed since it was last received.
	Committed() <-chan struct{}

	// History gives the facts of an aggregate in order, from those after version.
	History(ctx context.Context, aggregate string, afterVersion int64, limit int) ([]Fact, error)
	// Facts gives all facts, page by page, each aggregate's in order.
	Facts(ctx context.Context, cursor string, limit int) ([]Fact, string, error)

	// Documents gives the documents of all collections, page by page, for
	// verification and for moving to another engine.
	Documents(ctx context.Context, cursor string, limit int) ([]Document, string, error)

	Ping(ctx context.Context) error
	Close() error
}

// Outcome wraps an engine's error with what was being done.
func Outcome(doing, collection, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s/%s: %w", doing, collection, id, err)
}
