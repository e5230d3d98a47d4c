package facts

import (
	"context"
	"errors"

	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// final marks an error that no repetition mends.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Final marks an error that no repetition mends: the fact becomes a dead letter at once.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return final{err}
}

// away tells that not the fact but something it needs is at fault, and will be
// back: such a fact is tried again without limit.
func away(err error) bool {
	if errors.Is(err, errStalled) {
		return false
	}
	var p *problem.Error
	if errors.As(err, &p) && (p.Code == problem.Unavailable || p.Code == problem.TooMany) {
		return true
	}
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// errStalled says that a handler did not come back within its time: something it
// needs may be away, or the fact may be more than it can do.
var errStalled = errors.New("the handler did not come back in time")

type stalled struct{ error }

func (s stalled) Unwrap() []error { return []error{errStalled, s.error} }

func isFinal(err error) bool {
	var f final
	return errors.As(err, &f) || errors.Is(err, ErrUnknownType) || errors.Is(err, ErrNotAnEvent)
}
