package auth

import (
	"sync"
	"time"
)

// Bounds of what a verifier remembers: checking a signature costs more than
// the rest of a small request.
const (
	rememberFor  = time.Minute // a key that is withdrawn counts for no longer
	rememberMost = 8192
)

// remembered is what a token said when its signature was checked.
type remembered struct {
	principal Principal
	email     string
	until     time.Time
}

// memory holds tokens whose signature was checked a moment ago.
type memory struct {
	mu     sync.RWMutex
	tokens map[string]remembered
}

func (m *memory) get(token string) (remembered, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.tokens[token]
	return r, ok && time.Now().Before(r.until)
}

// put remembers a token until it expires, and not for long.
func (m *memory) put(token string, r remembered, expires time.Time) {
	r.until = time.Now().Add(rememberFor)
	if expires.Before(r.until) {
		r.until = expires
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens == nil || len(m.tokens) >= rememberMost {
		m.tokens = map[string]remembered{} // simpler than to find the oldest, and as safe
	}
	m.tokens[token] = r
}
