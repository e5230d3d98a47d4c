package policy

import (
	"errors"
	"sync"

	"liuke.dev/shared/instant"
)

// ErrNoPolicy says that no version of the book is known that is in force.
var ErrNoPolicy = errors.New("policy: no version of the policy book is in force")

// Holder holds the published versions of the book and gives the one in force.
// A process fills it from the policy topic.
type Holder struct {
	speed int64
	mu    sync.RWMutex
	views map[int64]*View
}

// NewHolder makes a holder; speed is 1 but in a demo.
func NewHolder(speed int64) *Holder { return &Holder{speed: speed, views: map[int64]*View{}} }

// Put adds a published version; a version that is known is left as it is.
func (h *Holder) Put(b Book) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.views[b.Version] != nil {
		return nil
	}
	v, err := NewView(&b, h.speed)
	if err != nil {
		return err
	}
	h.views[b.Version] = v
	return nil
}

// At gives the version in force at an instant: of those effective by then the
// one published last.
func (h *Holder) At(at instant.Time) (*View, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var best *View
	for _, v := range h.views {
		if v.EffectiveFrom <= at && (best == nil || v.Version > best.Version) {
			best = v
		}
	}
	if best == nil {
		return nil, ErrNoPolicy
	}
	return best, nil
}

// Version gives one version.
func (h *Holder) Version(n int64) (*View, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	v, ok := h.views[n]
	return v, ok
}
