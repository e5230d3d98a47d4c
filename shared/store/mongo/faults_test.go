//go:build engines

package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/freeport"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/mongo"
	"liuke.dev/shared/store/storetest"
)

// A commit whose answer is lost is settled by reading again: none is lost, none
// is doubled, and whoever commits learns the truth.
func TestLostAnswersAreSettled(t *testing.T) {
	x := newLine(t)
	e, err := mongo.Open(t.Context(), x.uri, newDatabase())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if err := e.Declare(t.Context(), storetest.ItemSpec); err != nil {
		t.Fatal(err)
	}
	c := store.Of[storetest.Item](e, storetest.ItemSpec)
	if err := c.Commit(t.Context(), store.New("shared", storetest.Item{}), ""); err != nil {
		t.Fatal(err)
	}
	x.every.Store(8)
	const writers, commits = 4, 12
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			own := store.New(fmt.Sprint("own", w), storetest.Item{})
			for i := range commits {
				if err := c.Commit(t.Context(), own, "", note(i), note(i)); err != nil {
					t.Errorf("own: %v", err)
					return
				}
			}
			for done := 0; done < commits; {
				d, err := c.Get(t.Context(), "shared")
				if errors.Is(err, store.ErrUnavailable) {
					continue // its connection went with another's
				}
				if err != nil {
					t.Error(err)
					return
				}
				d.Body.Score++
				switch err := c.Commit(t.Context(), d, "", note(done)); {
				case err == nil:
					done++
				case !errors.Is(err, store.ErrConflict):
					t.Errorf("shared: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	x.every.Store(0)
	if x.cuts.Load() < 8 {
		t.Errorf("only %d answers were lost", x.cuts.Load())
	}
	d, err := c.Get(t.Context(), "shared")
	if err != nil || d.Body.Score != writers*commits {
		t.Errorf("counted %d of %d, %v", d.Body.Score, writers*commits, err)
	}
	r, err := store.Verify(t.Context(), e)
	if err != nil || r.Broken != nil || r.Facts != writers*commits*3 {
		t.Errorf("%+v %v", r, err)
	}
}

func note(n int) store.Fact {
	return store.Fact{Type: "t", Topic: "p", Time: 1, Body: fmt.Appendf(nil, `{"n":%d}`, n)}
}

// A relay that loses answers publishes some facts twice and loses none.
func TestARelayThatLosesAnswers(t *testing.T) {
	x := newLine(t)
	e, err := mongo.Open(t.Context(), x.uri, newDatabase())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if err := e.Declare(t.Context(), storetest.ItemSpec); err != nil {
		t.Fatal(err)
	}
	c := store.Of[storetest.Item](e, storetest.ItemSpec)
	for i := range 20 {
		if err := c.Commit(t.Context(), store.New(fmt.Sprint("d", i), storetest.Item{}), "", note(1), note(2)); err != nil {
			t.Fatal(err)
		}
	}
	x.every.Store(3)
	published := map[string]bool{}
	for empty := 0; empty < 1; {
		facts, err := e.Pending(t.Context(), 6)
		if err != nil {
			continue
		}
		for _, f := range facts {
			published[f.ID] = true
		}
		if len(facts) == 0 {
			empty++
		}
		_ = e.Published(t.Context(), facts)
	}
	x.every.Store(0)
	r, err := store.Verify(t.Context(), e)
	if err != nil || r.Broken != nil || r.Facts != 40 || len(published) != 40 {
		t.Errorf("%+v %v, published %d", r, err, len(published))
	}
}

// Without a relay an outbox grows to its bound, and then the document takes no
// more facts until they are published.
func TestAFullOutboxIsSaid(t *testing.T) {
	e := open(t)
	if err := e.Declare(t.Context(), storetest.ItemSpec); err != nil {
		t.Fatal(err)
	}
	c := store.Of[storetest.Item](e, storetest.ItemSpec)
	d := store.New("d", storetest.Item{})
	many := make([]store.Fact, mongo.MaxOutbox/4)
	for i := range many {
		many[i] = note(i)
	}
	for range 4 {
		if err := c.Commit(t.Context(), d, "", many...); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Commit(t.Context(), d, "", note(0)); !errors.Is(err, store.ErrUnavailable) {
		t.Fatal(err)
	}
	if err := c.Commit(t.Context(), d, ""); err != nil {
		t.Error("a commit without facts has room", err)
	}
	facts, err := e.Pending(t.Context(), 1)
	if err != nil || len(facts) != mongo.MaxOutbox {
		t.Fatal(len(facts), err)
	}
	if err := e.Published(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	if err := c.Commit(t.Context(), d, "", note(0)); err != nil {
		t.Error(err)
	}
}

// Facts lie in two places, and tampering is found in both.
func TestVerifyFindsTampering(t *testing.T) {
	client, err := driver.Connect(options.Client().ApplyURI(server))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(context.Background()) }()
	set := func(field string, v any) bson.D {
		return bson.D{{Key: "$set", Value: bson.D{{Key: field, Value: v}}}}
	}
	for _, c := range []struct {
		collection, id string
		update         bson.D
		fact           string
	}{
		{"facts", "item/published/2/0", set("body", `{"n":9}`), "item/published/2/0"},
		{"facts", "item/published/1/0", set("prev", "x"), "item/published/1/0"},
		{"item", "waiting", set("outbox.1.body", `{"n":9}`), "item/waiting/2/0"},
		{"item", "waiting", set("outbox.0.hash", "x"), "item/waiting/1/0"},
		{"item", "waiting", set("outbox", bson.A{}), "item/waiting"},
		{"item", "published", set("chain", "x"), "item/published"},
		{"item", "published", set("version", int64(1)), "item/published"},
	} {
		name := newDatabase()
		e, err := mongo.Open(t.Context(), server, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Declare(t.Context(), storetest.ItemSpec); err != nil {
			t.Fatal(err)
		}
		items := store.Of[storetest.Item](e, storetest.ItemSpec)
		for _, id := range []string{"published", "waiting"} {
			d := store.New(id, storetest.Item{})
			for n := range 2 {
				if err := items.Commit(t.Context(), d, "", note(n)); err != nil {
					t.Fatal(err)
				}
			}
			if id == "published" {
				facts, err := e.Pending(t.Context(), 10)
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Published(t.Context(), facts); err != nil {
					t.Fatal(err)
				}
			}
		}
		if r, err := store.Verify(t.Context(), e); err != nil || r.Broken != nil || r.Facts != 4 {
			t.Fatalf("%+v %v", r, err)
		}
		if r, err := client.Database(name).Collection(c.collection).UpdateByID(t.Context(), c.id, c.update); err != nil || r.MatchedCount != 1 {
			t.Fatal(err)
		}
		r, err := store.Verify(t.Context(), e)
		if err != nil || r.Broken == nil || r.Broken.Fact != c.fact {
			t.Errorf("%s %s: %+v %v", c.collection, c.id, r.Broken, err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A server that is away is said to be.
func TestAServerThatIsAway(t *testing.T) {
	address, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mongo.Open(t.Context(), "mongodb://"+address[0]+"/?serverSelectionTimeoutMS=300", "x"); !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
}
