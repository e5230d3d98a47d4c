//go:build engines

package races

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

func init() { stores["mongo"] = onMongo }

// server gives the address under test: LIUKE_TEST_MONGO, or a server of our own.
var server = sync.OnceValues(func() (string, error) {
	if address := os.Getenv("LIUKE_TEST_MONGO"); address != "" {
		return address, nil
	}
	s, err := mongo.Start(ctx, dir, mongo.Options{})
	if err != nil {
		return "", err
	}
	end = func() { s.Kill() }
	return s.URI(""), nil
})

// onMongo opens the same new database for every instance, each with connections of its own.
func onMongo(t *testing.T, instances int) []store.Engine {
	t.Helper()
	address, err := server()
	if err != nil {
		t.Fatal(err)
	}
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
