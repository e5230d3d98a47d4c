//go:build engines

package races

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"testing"

	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

// address is the server under test: LIUKE_TEST_MONGO, or one of our own.
var address = os.Getenv("LIUKE_TEST_MONGO")

func TestMain(m *testing.M) {
	stores["mongo"] = onMongo
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	if address != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "liuke-races-")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := mongo.Start(context.Background(), dir, mongo.Options{})
	if err != nil {
		log.Print("no address in LIUKE_TEST_MONGO, and the server does not start: ", err)
		return 1
	}
	defer func() { _ = s.Kill() }()
	address = s.URI("")
	return m.Run()
}

// onMongo opens the same new database for every instance, each with connections of its own.
func onMongo(t *testing.T, instances int) []store.Engine {
	t.Helper()
	name := fmt.Sprintf("races%x", rand.Uint64())
	all := make([]store.Engine, instances)
	for i := range all {
		e, err := engines.Open(t.Context(), address, name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		all[i] = e
	}
	return all
}
