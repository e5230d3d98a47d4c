package race_test

import (
	"context"
	"errors"
	"testing"

	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

func TestAgain(t *testing.T) {
	other := errors.New("other")
	for name, c := range map[string]struct {
		errs  []error
		calls int
		is    error
	}{
		"at once":       {nil, 1, nil},
		"after races":   {[]error{store.ErrConflict, store.ErrExists, nil}, 3, nil},
		"another error": {[]error{store.ErrConflict, other}, 2, other},
		"too often":     {[]error{store.ErrConflict, store.ErrConflict, store.ErrConflict, store.ErrConflict}, 4, store.ErrConflict},
	} {
		calls := 0
		err := race.Again(t.Context(), 3, func() (err error) {
			if calls < len(c.errs) {
				err = c.errs[calls]
			}
			calls++
			return err
		})
		if calls != c.calls || !errors.Is(err, c.is) {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
		var p *problem.Error
		if lost := errors.As(err, &p); lost != (name == "too often") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := race.Again(ctx, 1_000_000, func() error { return store.ErrConflict }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
