package facts

import (
	"hash/maphash"
	"sync"
)

// memoSize is how many facts a generation of the memo holds.
const memoSize = 32768

// memo remembers which data were found valid lately. In one process the same
// bytes are checked when recorded, when published and by every consumer group;
// only the first check costs anything. It forgets by generations. Its seed is
// the process's own, so that nobody can make two facts look alike.
type memo struct {
	seed       maphash.Seed
	mu         sync.RWMutex
	young, old map[uint64]struct{}
}

var valid = &memo{seed: maphash.MakeSeed(), young: map[uint64]struct{}{}}

func (m *memo) key(eventType string, data []byte, strict bool) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	h.WriteString(eventType)
	if strict {
		h.WriteByte(1)
	} else {
		h.WriteByte(0)
	}
	h.Write(data)
	return h.Sum64()
}

func (m *memo) has(key uint64) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, ok := m.young[key]; ok {
		return true
	}
	_, ok := m.old[key]
	return ok
}

func (m *memo) add(keys ...uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= memoSize {
		m.young, m.old = make(map[uint64]struct{}, memoSize), m.young
	}
	for _, k := range keys {
		m.young[k] = struct{}{}
	}
}
