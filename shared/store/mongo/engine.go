// Package mongo keeps documents and facts in a MongoDB database: standalone,
// replica set or sharded cluster, 6.0 and later.
//
// It relies on the atomicity of a single document only. A commit is one
// compare-and-set that also appends the new facts to the document's outbox; a
// relay copies them to the collection facts, publishes them and takes them out
// of the outbox. A crash between two steps repeats a harmless one. Whoever
// reads facts reads both places.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"liuke.dev/shared/store"
)

// factsName is the append-only collection of facts.
const factsName = "facts"

// namesFor is how long the list of collections is believed.
const namesFor = time.Minute

type engine struct {
	client    *mongo.Client
	db        *mongo.Database
	committed chan struct{}

	mu       sync.RWMutex
	specs    map[string]store.Spec
	names    []string // of the collections of documents, sorted
	namesAt  time.Time
	rotation int // of the collections in Pending
}

// Open opens the database of the server at the address. Every write waits for
// the majority and its journal; the rest of the topology is the address's.
func Open(ctx context.Context, uri, database string) (store.Engine, error) {
	o := options.Client().SetServerSelectionTimeout(5 * time.Second).SetMonitor(monitor()).ApplyURI(uri)
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", database, err)
	}
	journal := true
	db := client.Database(database, options.Database().
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}).
		SetReadPreference(readpref.Primary()))
	e := &engine{client: client, db: db, committed: make(chan struct{}, 1), specs: map[string]store.Spec{}}
	if err := e.prepare(ctx); err != nil {
		_ = e.Close()
		return nil, fmt.Errorf("open store %s: %w", database, err)
	}
	return e, nil
}

func (e *engine) prepare(ctx context.Context) error {
	if err := e.Ping(ctx); err != nil {
		return err
	}
	return ensureIndexes(ctx, e.db.Collection(factsName), mongo.IndexModel{
		Keys: bson.D{{Key: "aggregate", Value: 1}, {Key: "version", Value: 1}, {Key: "n", Value: 1}},
	})
}

// Committed has a value whenever this process committed facts since it was last
// received; a relay's slow clock finds those of other processes.
func (e *engine) Committed() <-chan struct{} { return e.committed }

// Ping tells whether the server answers.
func (e *engine) Ping(ctx context.Context) error {
	return outcome(e.client.Ping(ctx, readpref.Primary()))
}

// Close ends the connections.
func (e *engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := e.client.Disconnect(ctx)
	if errors.Is(err, mongo.ErrClientDisconnected) {
		return nil
	}
	return err
}

func (e *engine) spec(collection string) (store.Spec, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s, ok := e.specs[collection]
	if !ok {
		return s, fmt.Errorf("store: collection %q was not declared", collection)
	}
	return s, nil
}

// collections gives the names of all collections of documents, sorted; they
// are the database's, since not all need be declared by this program.
func (e *engine) collections(ctx context.Context) ([]string, error) {
	e.mu.RLock()
	names, fresh := e.names, time.Since(e.namesAt) < namesFor
	e.mu.RUnlock()
	if fresh {
		return names, nil
	}
	all, err := e.db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, outcome(err)
	}
	names = slices.DeleteFunc(all, func(n string) bool { return n == factsName || len(n) > 6 && n[:7] == "system." })
	slices.Sort(names)
	e.mu.Lock()
	e.names, e.namesAt = names, time.Now()
	e.mu.Unlock()
	return names, nil
}

// outcome brings the driver's errors into the store's. What is not known to be
// final may pass: compatible servers use codes of their own.
func outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrNotFound
	case errors.Is(err, context.Canceled):
		return err
	case tooLarge(err):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, err)
	default:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
}

// tooLarge recognises the server's limit on a document: BSONObjectTooLarge and
// the code of an update whose result would be.
func tooLarge(err error) bool {
	var server mongo.ServerError
	return errors.As(err, &server) && (server.HasErrorCode(10334) || server.HasErrorCode(17419))
}
