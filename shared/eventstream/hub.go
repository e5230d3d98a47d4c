package eventstream

import "sync"

// Hub wakes open streams when there may be something new for them. It holds
// nothing itself: streams read from the store. The zero value is ready.
type Hub struct {
	Most int // streams of one key that may be open at once; zero: any number

	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool
}

// listen gives a channel that has a value when something changed for a key, and
// how to leave; false if too many listen already.
func (h *Hub) listen(key string) (<-chan struct{}, func(), bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[string]map[chan struct{}]bool{}
	}
	if h.Most > 0 && len(h.listeners[key]) >= h.Most {
		return nil, nil, false
	}
	if h.listeners[key] == nil {
		h.listeners[key] = map[chan struct{}]bool{}
	}
	c := make(chan struct{}, 1)
	h.listeners[key][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if delete(h.listeners[key], c); len(h.listeners[key]) == 0 {
			delete(h.listeners, key)
		}
	}, true
}

// Tell wakes the streams of keys.
func (h *Hub) Tell(keys ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, k := range keys {
		for c := range h.listeners[k] {
			select {
			case c <- struct{}{}:
			default: // it is woken already
			}
		}
	}
}
