package mongo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/moment"
	"liuke.dev/shared/store"
)

// MaxOutbox is how many facts a document holds for a relay that does not come;
// beyond it the document takes no further facts. It keeps a document well
// below the server's 16 MiB.
const MaxOutbox = 512

// attempts of a commit whose outcome is unknown, and the time to find out.
const (
	attempts   = 3
	settleTime = 3 * time.Second
)

// stored is a document as it lies in the database.
type stored struct {
	ID       string        `bson:"_id"`
	Version  int64         `bson:"version"`
	Chain    string        `bson:"chain"`
	Commands []string      `bson:"commands"`
	Body     bson.RawValue `bson:"body"`
	Commit   string        `bson:"commit"` // names the newest commit, to recognise it when its outcome is unknown
	Outbox   []entry       `bson:"outbox"`
	Pending  bool          `bson:"pending,omitempty"` // true while the outbox holds facts, else absent
}

// Commit stores the sealed write or nothing.
func (e *engine) Commit(ctx context.Context, collection string, w store.Write) error {
	if _, err := e.spec(collection); err != nil {
		return err
	}
	if len(w.Record.Body) > store.MaxDocument {
		return store.ErrTooLarge
	}
	d, err := document(w)
	if err != nil {
		return err
	}
	a := attempt{c: e.db.Collection(collection), facts: e.db.Collection(factsName), w: w, d: d}
	if err := a.run(ctx); err != nil {
		return err
	}
	if len(w.Facts) > 0 {
		select {
		case e.committed <- struct{}{}:
		default:
		}
	}
	return nil
}

func document(w store.Write) (stored, error) {
	body, err := encodeBody(w.Record.Body)
	if err != nil {
		return stored{}, err
	}
	var token [12]byte
	if _, err := rand.Read(token[:]); err != nil {
		return stored{}, err
	}
	d := stored{ID: w.Record.ID, Version: w.Record.Version + 1, Chain: w.Record.Chain, Commands: w.Record.Commands,
		Body: body, Commit: hex.EncodeToString(token[:]), Outbox: []entry{}, Pending: len(w.Facts) > 0}
	if d.Commands == nil {
		d.Commands = []string{}
	}
	for _, f := range w.Facts {
		d.Outbox = append(d.Outbox, entryOf(f, d.Commit))
	}
	return d, nil
}

// attempt is one commit, which may have to be tried again.
type attempt struct {
	c, facts *mongo.Collection
	w        store.Write
	d        stored
}

// errUnsettled says that the write was not carried out and may be tried again.
var errUnsettled = errors.New("not carried out")

func (a attempt) run(ctx context.Context) error {
	var unknown error
	for range attempts {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, unknown)
		}
		matched, err := a.writeAtMoment(ctx)
		switch {
		case err == nil && matched:
			return nil
		case err != nil && tooLarge(err):
			return outcome(err)
		case err != nil && !onlyDuplicates(err):
			unknown = err
		}
		if err := a.settle(ctx, unknown); !errors.Is(err, errUnsettled) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, unknown)
}

// writeAtMoment is write, passing the moments at which a process can be tried. An
// error after it is an answer that got lost.
func (a attempt) writeAtMoment(ctx context.Context) (bool, error) {
	if err := moment.Reached(moment.BeforeCommit); err != nil {
		return false, err
	}
	matched, err := a.write(ctx)
	if err == nil {
		err = moment.Reached(moment.AfterCommit)
	}
	return matched, err
}

func (a attempt) write(ctx context.Context) (bool, error) {
	if a.w.Record.Version == 0 {
		_, err := a.c.InsertOne(ctx, a.d)
		return err == nil, err
	}
	set := bson.D{{Key: "version", Value: a.d.Version}, {Key: "chain", Value: a.d.Chain}, {Key: "commands", Value: a.d.Commands},
		{Key: "body", Value: a.d.Body}, {Key: "commit", Value: a.d.Commit}}
	filter := bson.D{{Key: "_id", Value: a.d.ID}, {Key: "version", Value: a.w.Record.Version}}
	var update bson.D
	if len(a.d.Outbox) > 0 {
		set = append(set, bson.E{Key: "pending", Value: true})
		update = bson.D{{Key: "$push", Value: bson.D{{Key: "outbox", Value: bson.D{{Key: "$each", Value: a.d.Outbox}}}}}}
		filter = append(filter, bson.E{Key: fmt.Sprintf("outbox.%d", MaxOutbox-1), Value: bson.D{{Key: "$exists", Value: false}}})
	}
	r, err := a.c.UpdateOne(ctx, filter, append(update, bson.E{Key: "$set", Value: set}))
	if err != nil {
		return false, err
	}
	return r.MatchedCount == 1, nil
}

// settle reads again to find out what became of the write: nil if it was
// carried out, errUnsettled if it was not and may be tried again.
func (a attempt) settle(ctx context.Context, unknown error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	var now stored
	err := persist(ctx, func() error {
		return a.c.FindOne(ctx, bson.D{{Key: "_id", Value: a.d.ID}}, options.FindOne().SetProjection(bson.D{{Key: "body", Value: 0}})).Decode(&now)
	})
	switch {
	case errors.Is(err, mongo.ErrNoDocuments) && a.w.Record.Version == 0 && unknown != nil:
		return errUnsettled
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrConflict
	case err != nil:
		return fmt.Errorf("%w: outcome unknown: %w", store.ErrUnavailable, errors.Join(unknown, err))
	case now.Commit == a.d.Commit || a.w.Command != "" && slices.Contains(now.Commands, a.w.Command):
		return nil
	case now.Version == a.w.Record.Version && unknown != nil:
		return errUnsettled
	case now.Version == a.w.Record.Version:
		return fmt.Errorf("%w: %d facts of the document wait to be published", store.ErrUnavailable, len(now.Outbox))
	}
	return a.overtaken(ctx, now, unknown)
}

// overtaken judges a document that another commit wrote: ours came before it if
// our facts are there.
func (a attempt) overtaken(ctx context.Context, now stored, unknown error) error {
	refusal := store.ErrConflict
	if a.w.Record.Version == 0 {
		refusal = store.ErrExists
	}
	if unknown == nil {
		return refusal
	}
	if len(a.d.Outbox) == 0 {
		return fmt.Errorf("%w: outcome unknown: %w", store.ErrUnavailable, unknown)
	}
	first := a.d.Outbox[0].ID
	for _, f := range now.Outbox {
		if f.ID == first && f.Commit == a.d.Commit {
			return nil
		}
	}
	err := persist(ctx, func() error {
		return a.facts.FindOne(ctx, bson.D{{Key: "_id", Value: first}, {Key: "commit", Value: a.d.Commit}}).Err()
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mongo.ErrNoDocuments):
		return refusal
	default:
		return fmt.Errorf("%w: outcome unknown: %w", store.ErrUnavailable, errors.Join(unknown, err))
	}
}

// persist reads until the server answers: what broke the write may still be
// breaking connections.
func persist(ctx context.Context, read func() error) error {
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		err := read()
		if err == nil || errors.Is(err, mongo.ErrNoDocuments) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// Remove deletes a document that records no facts.
func (e *engine) Remove(ctx context.Context, collection, id string, version int64) error {
	if _, err := e.spec(collection); err != nil {
		return err
	}
	c := e.db.Collection(collection)
	r, err := c.DeleteOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "version", Value: version}, {Key: "chain", Value: ""}})
	if err != nil || r.DeletedCount == 1 {
		return outcome(err)
	}
	var now stored
	err = c.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(bson.D{{Key: "version", Value: 1}})).Decode(&now)
	switch {
	case err != nil:
		return outcome(err)
	case now.Version == version:
		return store.ErrRecorded
	default:
		return store.ErrConflict
	}
}

// onlyDuplicates tells whether nothing but duplicate keys went wrong.
func onlyDuplicates(err error) bool {
	var many mongo.BulkWriteException
	if errors.As(err, &many) {
		return many.WriteConcernError == nil && len(many.WriteErrors) > 0 &&
			!slices.ContainsFunc(many.WriteErrors, func(w mongo.BulkWriteError) bool { return w.Code != 11000 })
	}
	var one mongo.WriteException
	if errors.As(err, &one) {
		return one.WriteConcernError == nil && len(one.WriteErrors) > 0 &&
			!slices.ContainsFunc(one.WriteErrors, func(w mongo.WriteError) bool { return w.Code != 11000 })
	}
	return false
}

func asServer(err error, into *mongo.ServerError) bool { return errors.As(err, into) }
