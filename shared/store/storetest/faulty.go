package storetest

import (
	"context"
	"math/rand/v2"
	"sync/atomic"

	"liuke.dev/shared/store"
)

// Faulty is an engine of whose commits so many of a hundred fail, at random before
// or after they were made durable.
type Faulty struct {
	store.Engine
	Percent atomic.Int64
}

// Commit commits, or fails with ErrUnavailable.
func (f *Faulty) Commit(ctx context.Context, collection string, w store.Write) error {
	if rand.Int64N(100) >= f.Percent.Load() {
		return f.Engine.Commit(ctx, collection, w)
	}
	if rand.IntN(2) == 0 {
		if err := f.Engine.Commit(ctx, collection, w); err != nil {
			return err
		}
	}
	return store.ErrUnavailable
}
