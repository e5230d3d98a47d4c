package policy

import (
	"errors"
	"slices"
	"sync"

	"liuke.dev/shared/instant"
)

// ErrNoPolicy says that no version of the book is known that is in force.
var ErrNoPolicy = errors.New("policy: no version of the policy book is in force")

// Holder holds the published versions of the book and gives the one in force.
// A process fills it from the policy topic.
type Holder struct {
	// ReviewSpeed is that of the views that are put from then on; see View.
	ReviewSpeed int64

	speed int64
	mu    sync.RWMutex
	views []*View // newest version first
	known compiled
}

// NewHolder makes a holder; speed is 1 but in a demo.
func NewHolder(speed int64) *Holder { return &Holder{speed: speed, known: compiled{}} }

// Put adds a published version; a version that is known is left as it is.
func (h *Holder) Put(b Book) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, known := slices.BinarySearchFunc(h.views, b.Version, newestFirst)
	if known {
		return nil
	}
	v, err := newView(&b, h.speed, h.ReviewSpeed, h.known)
	if err != nil {
		return err
	}
	h.views = slices.Insert(h.views, i, v)
	return nil
}

func newestFirst(v *View, version int64) int {
	switch {
	case v.Version > version:
		return -1
	case v.Version < version:
		return 1
	}
	return 0
}

// At gives the version in force at an instant: of those effective by then the
// one published last.
func (h *Holder) At(at instant.Time) (*View, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, v := range h.views {
		if v.EffectiveFrom <= at {
			return v, nil
		}
	}
	return nil, ErrNoPolicy
}

// Version gives one version.
func (h *Holder) Version(n int64) (*View, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if i, known := slices.BinarySearchFunc(h.views, n, newestFirst); known {
		return h.views[i], true
	}
	return nil, false
}

// Latest gives the version published last, in force or not.
func (h *Holder) Latest() (*View, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.views) == 0 {
		return nil, false
	}
	return h.views[0], true
}
