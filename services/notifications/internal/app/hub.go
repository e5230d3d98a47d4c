package app

import "sync"

// hub tells open event streams that there may be something new. It holds nothing
// itself: streams read from the store.
type hub struct {
	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool
}

// MaxStreams is how many event streams one person may hold open.
const MaxStreams = 10

// Listen gives a channel that has a value when something changed for a person, and
// how to leave; false if the person holds too many.
func (d *Desk) Listen(person string) (<-chan struct{}, func(), bool) {
	h := d.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners[person] == nil {
		h.listeners[person] = map[chan struct{}]bool{}
	}
	if len(h.listeners[person]) >= MaxStreams {
		return nil, nil, false
	}
	c := make(chan struct{}, 1)
	h.listeners[person][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if delete(h.listeners[person], c); len(h.listeners[person]) == 0 {
			delete(h.listeners, person)
		}
	}, true
}

func (h *hub) tell(people ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range people {
		for c := range h.listeners[p] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
