//go:build engines

package mongo_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/deploy/engines/mongo"
)

// What was acknowledged while the server was killed again and again is there,
// also when the last change was half written.
func TestAcknowledgedChangesSurviveKills(t *testing.T) {
	dir := t.TempDir()
	s, err := mongo.Start(t.Context(), dir, mongo.Options{})
	must(t, err)
	t.Cleanup(func() { _ = s.Kill() })
	documents := dial(t, s).Database("test").Collection("documents")
	_, err = documents.Indexes().CreateOne(t.Context(), driver.IndexModel{Keys: bson.D{{Key: "claim", Value: 1}}, Options: options.Index().SetUnique(true)})
	must(t, err)

	var mu sync.Mutex
	acknowledged, stop := 0, false
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ; i++ {
			_, err := documents.InsertOne(t.Context(), bson.D{{Key: "_id", Value: i}, {Key: "claim", Value: i}, {Key: "n", Value: 0}})
			if err == nil {
				_, err = documents.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: i}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}})
			}
			mu.Lock()
			if err != nil {
				i-- // not known whether it is there: the same again
			} else {
				acknowledged = i + 1
			}
			done := stop
			mu.Unlock()
			if done {
				return
			}
			if err != nil {
				_, _ = documents.DeleteOne(t.Context(), bson.D{{Key: "_id", Value: i + 1}})
			}
		}
	})
	for range 2 {
		time.Sleep(200 * time.Millisecond)
		must(t, s.Kill())
		half(t, filepath.Join(dir, "mongo-changes.bson"))
		must(t, s.Restart(t.Context()))
	}
	mu.Lock()
	stop = true
	mu.Unlock()
	writing.Wait()

	n, err := documents.CountDocuments(t.Context(), bson.D{{Key: "n", Value: 1}})
	must(t, err)
	if int(n) < acknowledged || acknowledged < 10 {
		t.Errorf("%d of %d acknowledged documents are there and changed once", n, acknowledged)
	}
	t.Logf("%d acknowledged, %d there", acknowledged, n)
	if _, err := documents.InsertOne(t.Context(), bson.D{{Key: "_id", Value: -1}, {Key: "claim", Value: 0}}); !driver.IsDuplicateKeyError(err) {
		t.Errorf("the unique index is gone: %v", err)
	}

	must(t, s.Drop(t.Context(), "other"))
	if kept, err := documents.CountDocuments(t.Context(), bson.D{}); err != nil || kept < int64(n) {
		t.Errorf("%d documents are left, %v: another's database was dropped", kept, err)
	}
	must(t, s.Drop(t.Context(), "te"))
	must(t, s.Kill())
	must(t, s.Restart(t.Context()))
	if left, err := documents.CountDocuments(t.Context(), bson.D{}); err != nil || left != 0 {
		t.Errorf("%d documents are left of a database that was dropped, %v", left, err)
	}
}

// half appends the beginning of a change, as a kill in the midst of writing leaves it.
func half(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.Write([]byte{200, 0, 0, 0, 2})
	must(t, err)
	must(t, f.Close())
}

func dial(t *testing.T, s *mongo.Server) *driver.Client {
	t.Helper()
	c, err := driver.Connect(options.Client().ApplyURI(s.URI("")))
	must(t, err)
	t.Cleanup(func() { _ = c.Disconnect(t.Context()) })
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
