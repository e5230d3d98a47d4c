package mongo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// pendingKeys is the key pattern of the partial index of documents with facts
// to publish.
var pendingKeys = bson.D{{Key: "pending", Value: 1}, {Key: "_id", Value: 1}}

// Declare makes collections and indexes. A changed index is a further one: the
// old one stays until an operator drops it.
func (e *engine) Declare(ctx context.Context, specs ...store.Spec) error {
	for _, s := range specs {
		if err := list.Check(s); err != nil {
			return err
		}
		models := []mongo.IndexModel{{
			Keys:    pendingKeys,
			Options: options.Index().SetPartialFilterExpression(bson.D{{Key: "pending", Value: true}}),
		}}
		for _, i := range s.Indexes {
			if len(list.Paths(i)) > 0 {
				models = append(models, mongo.IndexModel{Keys: keys(i)})
			}
		}
		if err := ensureIndexes(ctx, e.db.Collection(s.Name), models...); err != nil {
			return fmt.Errorf("declare %s: %w", s.Name, err)
		}
		e.mu.Lock()
		e.specs[s.Name] = s
		e.namesAt = time.Time{}
		e.mu.Unlock()
	}
	return nil
}

// keys gives the key pattern of a declared index: equality paths, order, id.
func keys(i store.Index) bson.D {
	var out bson.D
	for _, p := range list.Paths(i) {
		out = append(out, bson.E{Key: field(p), Value: 1})
	}
	return append(out, bson.E{Key: "_id", Value: 1})
}

// field gives the place of a body's path in the stored document.
func field(path string) string { return "body." + path }

// ensureIndexes makes the indexes whose key patterns are not there yet, under
// any name: a server keeps one definition per key pattern.
func ensureIndexes(ctx context.Context, c *mongo.Collection, models ...mongo.IndexModel) error {
	have, err := patterns(ctx, c)
	if err != nil {
		return err
	}
	var missing []mongo.IndexModel
	for _, m := range models {
		name := patternName(m.Keys.(bson.D))
		if have[name] {
			continue
		}
		have[name] = true
		if m.Options == nil {
			m.Options = options.Index()
		}
		m.Options.SetName(name)
		missing = append(missing, m)
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.Indexes().CreateMany(ctx, missing)
	return outcome(err)
}

// patterns gives the key patterns of a collection's indexes.
func patterns(ctx context.Context, c *mongo.Collection) (map[string]bool, error) {
	out := map[string]bool{}
	cursor, err := c.Indexes().List(ctx)
	if err != nil {
		var server mongo.ServerError
		if ok := asServer(err, &server); ok && server.HasErrorCode(26) { // no such collection
			return out, nil
		}
		return nil, outcome(err)
	}
	var found []struct {
		Key bson.D `bson:"key"`
	}
	if err := cursor.All(ctx, &found); err != nil {
		return nil, outcome(err)
	}
	for _, f := range found {
		out[patternName(f.Key)] = true
	}
	return out, nil
}

// patternName names an index for its key pattern, as MongoDB itself does.
func patternName(keys bson.D) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s_%v", k.Key, k.Value))
	}
	return strings.Join(parts, "_")
}
