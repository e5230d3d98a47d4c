package mongo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// entry is a fact as it lies in an outbox and in the collection facts. The body
// is text, since its hash is over its bytes.
type entry struct {
	ID        string        `bson:"_id"`
	Aggregate string        `bson:"aggregate"`
	Version   int64         `bson:"version"`
	N         int64         `bson:"n"`
	Type      string        `bson:"type"`
	Topic     string        `bson:"topic"`
	Key       string        `bson:"key"`
	Time      bson.DateTime `bson:"time"`
	Body      string        `bson:"body"`
	Prev      string        `bson:"prev"`
	Hash      string        `bson:"hash"`
	Commit    string        `bson:"commit"`
}

func entryOf(f store.Fact, commit string) entry {
	return entry{ID: f.ID, Aggregate: f.Aggregate, Version: f.Version, N: int64(f.N), Type: f.Type, Topic: f.Topic, Key: f.Key,
		Time: bson.DateTime(f.Time), Body: string(f.Body), Prev: f.Prev, Hash: f.Hash, Commit: commit}
}

func (x entry) fact() store.Fact {
	return store.Fact{ID: x.ID, Aggregate: x.Aggregate, Version: x.Version, N: int(x.N), Type: x.Type, Topic: x.Topic, Key: x.Key,
		Time: instant.Time(x.Time), Body: json.RawMessage(x.Body), Prev: x.Prev, Hash: x.Hash}
}

// Pending gives facts not yet published, having copied them to the collection
// facts. It gives whole outboxes, so it may exceed the limit by one of them.
func (e *engine) Pending(ctx context.Context, limit int) ([]store.Fact, error) {
	names, err := e.collections(ctx)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.rotation++ // no collection's backlog may hold up the others'
	first := e.rotation
	e.mu.Unlock()
	var entries []entry
	for i := range names {
		if len(entries) >= limit {
			break
		}
		more, err := e.outboxes(ctx, names[(first+i)%len(names)], limit-len(entries))
		if err != nil {
			return nil, err
		}
		entries = append(entries, more...)
	}
	if err := e.copyFacts(ctx, entries); err != nil {
		return nil, err
	}
	facts := make([]store.Fact, len(entries))
	for i, x := range entries {
		facts[i] = x.fact()
	}
	return facts, nil
}

// outboxes reads whole outboxes of a collection until they hold so many facts.
func (e *engine) outboxes(ctx context.Context, collection string, limit int) ([]entry, error) {
	cursor, err := e.db.Collection(collection).Find(ctx, bson.D{{Key: "pending", Value: true}}, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)).SetProjection(bson.D{{Key: "outbox", Value: 1}}))
	if err != nil {
		return nil, outcome(err)
	}
	var out []entry
	for len(out) < limit && cursor.Next(ctx) {
		var d stored
		if err := cursor.Decode(&d); err != nil {
			_ = cursor.Close(ctx)
			return nil, fmt.Errorf("outbox in %s: %w", collection, err)
		}
		out = append(out, d.Outbox...)
	}
	err = cursor.Err()
	_ = cursor.Close(ctx)
	return out, outcome(err)
}

// copyFacts copies outbox entries to the collection facts; those that are there
// already stay as they are.
func (e *engine) copyFacts(ctx context.Context, entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	_, err := e.db.Collection(factsName).InsertMany(ctx, entries, options.InsertMany().SetOrdered(false))
	if err == nil || onlyDuplicates(err) {
		return nil
	}
	return outcome(err)
}

// Published takes facts out of their outboxes.
func (e *engine) Published(ctx context.Context, facts []store.Fact) error {
	byCollection := map[string]map[string][]store.Fact{}
	for _, f := range facts {
		collection, id, _ := strings.Cut(f.Aggregate, "/")
		if byCollection[collection] == nil {
			byCollection[collection] = map[string][]store.Fact{}
		}
		byCollection[collection][id] = append(byCollection[collection][id], f)
	}
	for collection, documents := range byCollection {
		if err := e.clear(ctx, e.db.Collection(collection), documents); err != nil {
			return err
		}
	}
	return nil
}

// clear empties the outboxes that hold exactly the published facts, and where
// one holds others pulls them out one by one.
func (e *engine) clear(ctx context.Context, c *mongo.Collection, documents map[string][]store.Fact) error {
	ids := make([]string, 0, len(documents))
	for id := range documents {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var whole, pull, unset []mongo.WriteModel
	for _, id := range ids {
		facts := sorted(documents[id])
		names := make([]string, len(facts))
		for i, f := range facts {
			names[i] = f.ID
		}
		// An outbox only grows at its end and with the version, and loses only
		// leading parts: version, length and first entry say that nothing else is in it.
		whole = append(whole, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: id}, {Key: "version", Value: facts[len(facts)-1].Version},
				{Key: "outbox", Value: bson.D{{Key: "$size", Value: len(facts)}}}, {Key: "outbox.0._id", Value: names[0]}}).
			SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "outbox", Value: bson.A{}}}}, {Key: "$unset", Value: bson.D{{Key: "pending", Value: ""}}}}))
		pull = append(pull, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: id}}).
			SetUpdate(bson.D{{Key: "$pull", Value: bson.D{{Key: "outbox", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: names}}}}}}}}))
		unset = append(unset, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: id}, {Key: "outbox", Value: bson.D{{Key: "$size", Value: 0}}}}).
			SetUpdate(bson.D{{Key: "$unset", Value: bson.D{{Key: "pending", Value: ""}}}}))
	}
	r, err := c.BulkWrite(ctx, whole, options.BulkWrite().SetOrdered(false))
	if err == nil && int(r.MatchedCount) == len(whole) {
		return nil
	}
	for _, models := range [][]mongo.WriteModel{pull, unset} {
		if _, err := c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false)); err != nil {
			return outcome(err)
		}
	}
	return nil
}

// Backlog counts the facts not yet published and gives the time of the oldest.
func (e *engine) Backlog(ctx context.Context) (int64, instant.Time, error) {
	names, err := e.collections(ctx)
	if err != nil {
		return 0, 0, err
	}
	var count int64
	var oldest instant.Time
	for _, name := range names {
		cursor, err := e.db.Collection(name).Aggregate(ctx, mongo.Pipeline{
			{{Key: "$match", Value: bson.D{{Key: "pending", Value: true}}}},
			{{Key: "$project", Value: bson.D{{Key: "n", Value: bson.D{{Key: "$size", Value: "$outbox"}}}, {Key: "oldest", Value: bson.D{{Key: "$min", Value: "$outbox.time"}}}}}},
			{{Key: "$group", Value: bson.D{{Key: "_id", Value: nil}, {Key: "n", Value: bson.D{{Key: "$sum", Value: "$n"}}}, {Key: "oldest", Value: bson.D{{Key: "$min", Value: "$oldest"}}}}}},
		})
		if err != nil {
			return 0, 0, outcome(err)
		}
		var found []struct {
			N      int64         `bson:"n"`
			Oldest bson.DateTime `bson:"oldest"`
		}
		if err := cursor.All(ctx, &found); err != nil {
			return 0, 0, outcome(err)
		}
		for _, f := range found {
			count += f.N
			if at := instant.Time(f.Oldest); oldest == 0 || at < oldest {
				oldest = at
			}
		}
	}
	return count, oldest, nil
}
