package races

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// stores open the engines under test for so many instances of a service: as many
// connections as the engine allows, to one and the same data.
var stores = map[string]func(t *testing.T, instances int) []store.Engine{"sqlite": onSQLite}

// onSQLite opens one file, which one process may write to: instances share it.
func onSQLite(t *testing.T, instances int) []store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/races.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	all := make([]store.Engine, instances)
	for i := range all {
		all[i] = e
	}
	return all
}

// eachStore runs a test on every engine.
func eachStore(t *testing.T, f func(t *testing.T, engines []store.Engine)) {
	t.Helper()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { f(t, open(t, 2)) })
	}
}

// shaken is an engine that takes its time at random, so that what happens at once
// is interleaved in many ways, and of whose commits some fail, before or after
// they were made durable.
type shaken struct {
	store.Engine
	percent  atomic.Int64 // of commits that fail
	careless atomic.Bool  // acknowledges what lost a race: what the checks must find
}

func (s *shaken) pause() {
	if n := rand.IntN(4); n > 0 {
		time.Sleep(time.Duration(rand.IntN(n*300)) * time.Microsecond)
	}
}

func (s *shaken) Get(ctx context.Context, collection, id string) (store.Record, error) {
	s.pause()
	return s.Engine.Get(ctx, collection, id)
}

func (s *shaken) Commit(ctx context.Context, collection string, w store.Write) error {
	s.pause()
	fails := rand.Int64N(100) < s.percent.Load()
	if fails && rand.IntN(2) == 0 {
		return store.ErrUnavailable
	}
	err := s.Engine.Commit(ctx, collection, w)
	if s.careless.Load() && errors.Is(err, store.ErrConflict) {
		return nil
	}
	if err == nil && fails {
		return store.ErrUnavailable
	}
	return err
}
