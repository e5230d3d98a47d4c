// Package race repeats what lost a race for a document: read, decide and commit
// again while somebody else's commit was faster.
package race

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Lost tells whether a commit failed because somebody else's was faster.
func Lost(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists)
}

// Again carries out do until it loses no race any more, at most tries times over,
// with growing pauses of up to 32 ms. Errors: those of do; problem.Unavailable once
// it has lost too often.
func Again(ctx context.Context, tries int, do func() error) error {
	for attempt := 0; ; attempt++ {
		err := do()
		if !Lost(err) {
			return err
		}
		if attempt == tries {
			return &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Cause: fmt.Errorf("lost %d races: %w", attempt, err)}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.Int64N(int64(time.Millisecond) << min(attempt, 5)))):
		}
	}
}
