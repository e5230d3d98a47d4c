package signin

import (
	"net"
	"sync"
	"time"

	"liuke.dev/shared/instant"
)

// limiter bounds how often an address may try in a window of time.
type limiter struct {
	most   int
	window time.Duration
	clock  instant.Clock
	state  *limits
}

type limits struct {
	mu    sync.Mutex
	since instant.Time
	tries map[string]int
}

func newLimiter(most int, window time.Duration, clock instant.Clock) limiter {
	return limiter{most, window, clock, &limits{tries: map[string]int{}}}
}

// allow counts a try and tells whether it is one too many.
func (l limiter) allow(remote string) bool {
	address, _, err := net.SplitHostPort(remote)
	if err != nil {
		address = remote
	}
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	if now := l.clock(); now.Sub(l.state.since) >= l.window {
		l.state.since, l.state.tries = now, map[string]int{}
	}
	l.state.tries[address]++
	return l.state.tries[address] <= l.most
}
