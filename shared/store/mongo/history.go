package mongo

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// readings bounds how often facts are read anew because a relay was copying
// some of them meanwhile.
const readings = 3

// History gives the facts of an aggregate in order.
func (e *engine) History(ctx context.Context, aggregate string, afterVersion int64, limit int) ([]store.Fact, error) {
	collection, id, _ := strings.Cut(aggregate, "/")
	after := place{aggregate, afterVersion, math.MaxInt64}
	facts, _, err := e.reread(func() (merge, error) {
		var m merge
		// The outbox first: what leaves it meanwhile is in facts by then.
		if err := e.mergeOutboxes(ctx, &m, collection, bson.D{{Key: "_id", Value: id}, {Key: "pending", Value: true}}, after, 1); err != nil {
			return m, err
		}
		m.bound = nil // there is no second document of this id
		filter := bson.D{{Key: "aggregate", Value: aggregate}, {Key: "version", Value: bson.D{{Key: "$gt", Value: afterVersion}}}}
		return m, e.mergeFacts(ctx, &m, filter, limit)
	}, limit)
	return facts, err
}

// Facts gives all facts, ordered by aggregate.
func (e *engine) Facts(ctx context.Context, cursor string, limit int) ([]store.Fact, string, error) {
	var kind string
	var after place
	if cursor != "" && (!list.Decode(cursor, &kind, &after.aggregate, &after.version, &after.n) || kind != "facts") {
		return nil, "", store.ErrBadCursor
	}
	names, err := e.collections(ctx)
	if err != nil {
		return nil, "", err
	}
	// Aggregates sort as "lead/…" does, not as "lead" does.
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(a+"/", b+"/") })
	for {
		facts, end, err := e.factsAfter(ctx, names, after, limit)
		switch {
		case err != nil || end == nil:
			return facts, "", err
		case len(facts) > 0:
			return facts, list.Encode("facts", end.aggregate, end.version, end.n), nil
		}
		after = *end // outboxes that hold nothing beyond the cursor
	}
}

// factsAfter gives a page of facts, and its end if more follow.
func (e *engine) factsAfter(ctx context.Context, names []string, after place, limit int) ([]store.Fact, *place, error) {
	return e.reread(func() (merge, error) {
		var m merge
		for _, name := range names {
			filter, ok := fromPlace(name, after)
			if !ok {
				continue
			}
			if err := e.mergeOutboxes(ctx, &m, name, filter, after, limit); err != nil {
				return m, err
			}
			if m.bound != nil {
				break
			}
		}
		return m, e.mergeFacts(ctx, &m, beyond(after), limit)
	}, limit)
}

// Documents gives the documents of all collections, collection by collection.
func (e *engine) Documents(ctx context.Context, cursor string, limit int) ([]store.Document, string, error) {
	var kind, collection, after string
	if cursor != "" && (!list.Decode(cursor, &kind, &collection, &after) || kind != "documents") {
		return nil, "", store.ErrBadCursor
	}
	names, err := e.collections(ctx)
	if err != nil {
		return nil, "", err
	}
	from, _ := slices.BinarySearch(names, collection)
	var out []store.Document
	for _, name := range names[from:] {
		if name != collection {
			after = ""
		}
		found, err := e.db.Collection(name).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}}, options.Find().
			SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit-len(out))).SetProjection(withoutOutbox))
		if err != nil {
			return nil, "", outcome(err)
		}
		var ds []stored
		if err := found.All(ctx, &ds); err != nil {
			return nil, "", outcome(err)
		}
		for _, d := range ds {
			r, err := d.record()
			if err != nil {
				return nil, "", err
			}
			out = append(out, store.Document{Collection: name, Record: r})
		}
		if len(out) == limit {
			return out, list.Encode("documents", name, out[limit-1].ID), nil
		}
	}
	return out, "", nil
}

// place is where a fact stands in the order of all facts.
type place struct {
	aggregate  string
	version, n int64
}

func placeOf(f store.Fact) place { return place{f.Aggregate, f.Version, int64(f.N)} }

func compare(a, b place) int {
	return cmp.Or(strings.Compare(a.aggregate, b.aggregate), cmp.Compare(a.version, b.version), cmp.Compare(a.n, b.n))
}

// beyond is the condition on the collection facts for what comes after a place.
func beyond(p place) bson.D {
	if p.aggregate == "" {
		return bson.D{}
	}
	gt := func(v any) bson.D { return bson.D{{Key: "$gt", Value: v}} }
	return bson.D{{Key: "aggregate", Value: bson.D{{Key: "$gte", Value: p.aggregate}}}, {Key: "$or", Value: bson.A{
		bson.D{{Key: "aggregate", Value: gt(p.aggregate)}},
		bson.D{{Key: "aggregate", Value: p.aggregate}, {Key: "version", Value: gt(p.version)}},
		bson.D{{Key: "aggregate", Value: p.aggregate}, {Key: "version", Value: p.version}, {Key: "n", Value: gt(p.n)}},
	}}}
}

// fromPlace is the condition on a collection for documents whose facts may come
// after a place; false if none does.
func fromPlace(collection string, p place) (bson.D, bool) {
	filter := bson.D{{Key: "pending", Value: true}}
	at, id, _ := strings.Cut(p.aggregate, "/")
	switch order := strings.Compare(collection+"/", at+"/"); {
	case p.aggregate == "" || order > 0:
		return filter, true
	case order == 0 && p.version == math.MaxInt64: // behind all of the document's
		return append(filter, bson.E{Key: "_id", Value: bson.D{{Key: "$gt", Value: id}}}), true
	case order == 0:
		return append(filter, bson.E{Key: "_id", Value: bson.D{{Key: "$gte", Value: id}}}), true
	default:
		return nil, false
	}
}

// merge brings facts of several places together. Where a place was not read to
// its end, nothing beyond the bound is known.
type merge struct {
	facts []store.Fact
	bound *place
}

func (m *merge) until(p place) {
	if m.bound == nil || compare(p, *m.bound) < 0 {
		m.bound = &p
	}
}

func (e *engine) mergeOutboxes(ctx context.Context, m *merge, collection string, filter bson.D, after place, limit int) error {
	cursor, err := e.db.Collection(collection).Find(ctx, filter, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)).SetProjection(bson.D{{Key: "outbox", Value: 1}}))
	if err != nil {
		return outcome(err)
	}
	var found []stored
	if err := cursor.All(ctx, &found); err != nil {
		return outcome(err)
	}
	for _, d := range found {
		for _, x := range d.Outbox {
			if f := x.fact(); compare(placeOf(f), after) > 0 {
				m.facts = append(m.facts, f)
			}
		}
	}
	if len(found) == limit {
		m.until(place{collection + "/" + found[limit-1].ID, math.MaxInt64, math.MaxInt64})
	}
	return nil
}

func (e *engine) mergeFacts(ctx context.Context, m *merge, filter bson.D, limit int) error {
	cursor, err := e.db.Collection(factsName).Find(ctx, filter, options.Find().SetLimit(int64(limit)).
		SetSort(bson.D{{Key: "aggregate", Value: 1}, {Key: "version", Value: 1}, {Key: "n", Value: 1}}))
	if err != nil {
		return outcome(err)
	}
	var found []entry
	if err := cursor.All(ctx, &found); err != nil {
		return outcome(err)
	}
	for _, x := range found {
		m.facts = append(m.facts, x.fact())
	}
	if len(found) == limit {
		m.until(placeOf(found[limit-1].fact()))
	}
	return nil
}

// reread reads until the facts hang together: a relay that copies facts while
// they are read can hide one for a moment. It also gives the end of what was
// read if more follow.
func (e *engine) reread(read func() (merge, error), limit int) ([]store.Fact, *place, error) {
	for try := 1; ; try++ {
		m, err := read()
		if err != nil {
			return nil, nil, err
		}
		facts, end := sorted(m.facts), m.bound
		if end != nil {
			facts = slices.DeleteFunc(facts, func(f store.Fact) bool { return compare(placeOf(f), *end) > 0 })
		}
		if len(facts) > limit {
			last := placeOf(facts[limit-1])
			facts, end = facts[:limit], &last
		}
		if linked(facts) || try == readings {
			return facts, end, nil
		}
	}
}

// sorted orders facts and drops those that stand twice.
func sorted(facts []store.Fact) []store.Fact {
	out := slices.Clone(facts)
	slices.SortStableFunc(out, func(a, b store.Fact) int { return compare(placeOf(a), placeOf(b)) })
	return slices.CompactFunc(out, func(a, b store.Fact) bool { return a.ID == b.ID })
}

func linked(facts []store.Fact) bool {
	for i := 1; i < len(facts); i++ {
		if facts[i].Aggregate == facts[i-1].Aggregate && facts[i].Prev != facts[i-1].Hash {
			return false
		}
	}
	return true
}
