package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// withoutOutbox is what readers of documents need not fetch.
var withoutOutbox = bson.D{{Key: "outbox", Value: 0}}

// Get reads a document.
func (e *engine) Get(ctx context.Context, collection, id string) (store.Record, error) {
	if _, err := e.spec(collection); err != nil {
		return store.Record{}, err
	}
	var d stored
	err := e.db.Collection(collection).FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(withoutOutbox)).Decode(&d)
	if err != nil {
		return store.Record{}, outcome(err)
	}
	return d.record()
}

func (d stored) record() (store.Record, error) {
	body, err := decodeBody(d.Body)
	r := store.Record{ID: d.ID, Version: d.Version, Chain: d.Chain, Body: body}
	if len(d.Commands) > 0 {
		r.Commands = d.Commands
	}
	return r, err
}

// Page reads a page of a declared index.
func (e *engine) Page(ctx context.Context, collection string, q store.Query) (store.Page, error) {
	p, err := e.plan(collection, q, list.ForPage)
	if err != nil {
		return store.Page{}, err
	}
	var found []stored
	for _, part := range p.Parts() {
		missing := p.Limit + 1 - len(found) // one more tells whether a page follows
		if missing <= 0 {
			break
		}
		o := options.Find().SetSort(sortOf(p, part)).SetLimit(int64(missing)).SetProjection(withoutOutbox)
		if hint := hintOf(p); hint != nil {
			o.SetHint(hint)
		}
		cursor, err := e.db.Collection(collection).Find(ctx, filterOf(p, part), o)
		if err != nil {
			return store.Page{}, outcome(err)
		}
		var more []stored
		if err := cursor.All(ctx, &more); err != nil {
			return store.Page{}, outcome(err)
		}
		found = append(found, more...)
	}
	var page store.Page
	if len(found) > p.Limit {
		found = found[:p.Limit]
		last := found[p.Limit-1]
		if page.Next, err = p.Cursor(list.Position{Value: valueAt(last.Body, p.Index.Order), ID: last.ID}); err != nil {
			return store.Page{}, err
		}
	}
	for _, d := range found {
		r, err := d.record()
		if err != nil {
			return store.Page{}, err
		}
		page.Records = append(page.Records, r)
	}
	return page, nil
}

// Count counts what a query would list.
func (e *engine) Count(ctx context.Context, collection string, q store.Query) (int64, error) {
	p, err := e.plan(collection, q, list.ForCount)
	if err != nil {
		return 0, err
	}
	part := list.Whole
	if p.From != nil || p.To != nil {
		part = list.Having
	}
	o := options.Count()
	if hint := hintOf(p); hint != nil {
		o.SetHint(hint)
	}
	n, err := e.db.Collection(collection).CountDocuments(ctx, filterOf(p, part), o)
	return n, outcome(err)
}

// Explain gives the server's query plans as JSON, one per line. Not every
// compatible server has them.
func (e *engine) Explain(ctx context.Context, collection string, q store.Query) (string, error) {
	p, err := e.plan(collection, q, list.ForPage)
	if err != nil {
		return "", err
	}
	var out []string
	for _, part := range p.Parts() {
		find := bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: filterOf(p, part)}, {Key: "sort", Value: sortOf(p, part)}, {Key: "limit", Value: p.Limit}}
		if hint := hintOf(p); hint != nil {
			find = append(find, bson.E{Key: "hint", Value: hint})
		}
		var plan bson.Raw
		plan, err := e.db.RunCommand(ctx, bson.D{{Key: "explain", Value: find}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
		if err != nil {
			return "", outcome(err)
		}
		out = append(out, plan.String())
	}
	return strings.Join(out, "\n"), nil
}

func (e *engine) plan(collection string, q store.Query, resolve func(store.Spec, store.Query) (list.Plan, error)) (list.Plan, error) {
	s, err := e.spec(collection)
	if err != nil {
		return list.Plan{}, err
	}
	return resolve(s, q)
}

// hintOf names the declared index by its key pattern; lists by id need none.
func hintOf(p list.Plan) bson.D {
	if len(list.Paths(p.Index)) == 0 {
		return nil
	}
	return keys(p.Index)
}

func sortOf(p list.Plan, part list.Part) bson.D {
	direction := 1
	if p.Desc {
		direction = -1
	}
	if part != list.Having {
		return bson.D{{Key: "_id", Value: direction}}
	}
	return bson.D{{Key: field(p.Index.Order), Value: direction}, {Key: "_id", Value: direction}}
}

// filterOf gives the conditions of a part of a list.
func filterOf(p list.Plan, part list.Part) bson.D {
	out := bson.D{}
	for i, v := range p.Equal {
		if v == nil { // all forms of the empty value
			v = bson.D{{Key: "$in", Value: bson.A{nil, "", false, int64(0)}}}
		}
		out = append(out, bson.E{Key: field(p.Index.Equal[i]), Value: v})
	}
	after, behind := p.AfterIn(part), "$gt"
	if p.Desc {
		behind = "$lt"
	}
	switch {
	case part == list.Having:
		return append(out, having(p, after, behind)...)
	case part == list.Lacking:
		out = append(out, bson.E{Key: field(p.Index.Order), Value: nil})
	}
	if after != nil {
		out = append(out, bson.E{Key: "_id", Value: bson.D{{Key: behind, Value: after.ID}}})
	}
	return out
}

// having bounds the ordering path. Beside the keyset condition stands a bound
// that follows from it, so that the index range begins at the position.
func having(p list.Plan, after *list.Position, behind string) (out bson.D) {
	order := field(p.Index.Order)
	var bounds bson.D
	from, to := p.From, p.To
	if after != nil {
		bounds = append(bounds, bson.E{Key: behind + "e", Value: after.Value})
		if p.Desc {
			to = nil
		} else {
			from = nil
		}
		out = append(out, bson.E{Key: "$or", Value: bson.A{
			bson.D{{Key: order, Value: bson.D{{Key: behind, Value: after.Value}}}},
			bson.D{{Key: order, Value: after.Value}, {Key: "_id", Value: bson.D{{Key: behind, Value: after.ID}}}},
		}})
	}
	if from != nil {
		bounds = append(bounds, bson.E{Key: "$gte", Value: from})
	}
	if to != nil {
		bounds = append(bounds, bson.E{Key: "$lt", Value: to})
	}
	if len(bounds) == 0 {
		bounds = bson.D{{Key: "$ne", Value: nil}}
	}
	return append(bson.D{{Key: order, Value: bounds}}, out...)
}

// valueAt gives the value of the ordering path in a body, nil if it lacks it.
func valueAt(body bson.RawValue, path string) any {
	raw, ok := body.DocumentOK()
	if path == "" || !ok {
		return nil
	}
	v, err := raw.LookupErr(strings.Split(path, ".")...)
	if err != nil {
		return nil
	}
	switch v.Type {
	case bson.TypeString:
		return v.StringValue()
	case bson.TypeInt64:
		return v.Int64()
	case bson.TypeInt32:
		return int64(v.Int32())
	case bson.TypeDouble:
		return v.Double()
	default:
		return nil
	}
}
