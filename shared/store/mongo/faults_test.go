//go:build engines

package mongo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/mongo"
	"liuke.dev/shared/store/storetest"
)

// line is a connection to the server that can be cut at every n-th write:
// before it reaches the server, or after it was carried out and before the answer.
type line struct {
	uri    string
	every  atomic.Int64
	writes atomic.Int64
	cuts   atomic.Int64
}

func newLine(t *testing.T) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	// One server, named directly: a replica set would tell its own addresses.
	x := &line{uri: "mongodb://" + l.Addr().String() + "/?directConnection=true&retryWrites=false"}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(c, u.Host)
		}
	}()
	return x
}

func (x *line) carry(client net.Conn, host string) {
	defer func() { _ = client.Close() }()
	s, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	for {
		request, err := message(client)
		if err != nil {
			return
		}
		cut := int64(0)
		if every := x.every.Load(); every > 0 && isWrite(request) && x.writes.Add(1)%every == 0 {
			cut = x.cuts.Add(1)
		}
		if cut%2 == 1 {
			return // never reached the server
		}
		if _, err := s.Write(request); err != nil {
			return
		}
		answer, err := message(s)
		if err != nil || cut > 0 {
			return // carried out, and nobody hears of it
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

func message(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	m := make([]byte, binary.LittleEndian.Uint32(length[:]))
	copy(m, length[:])
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

func isWrite(m []byte) bool {
	const body = 25 // of a message's first section, at its first element
	return len(m) > body && (bytes.HasPrefix(m[body:], []byte("\x02update\x00")) || bytes.HasPrefix(m[body:], []byte("\x02insert\x00")))
}

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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := mongo.Open(t.Context(), "mongodb://"+address+"/?serverSelectionTimeoutMS=300", "x"); !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
}
