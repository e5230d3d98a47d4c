// Package courtesy lets background work step back while people wait: it counts
// how many of people's requests are under way in this process, and holds what
// nobody waits for while they are more than the processors can serve. It never
// holds anything for long, so that background work is slowed down, not starved.
//
// There is one count per process, as the processors are the process's.
package courtesy

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// crowdPerCore is how many requests under way for each processor are a crowd.
const crowdPerCore = 2

// lasting is how long a crowd is remembered: between two requests of somebody
// in a hurry nothing large should slip in.
const lasting = 10 * time.Millisecond

// look is how often those who wait look up.
const look = 2 * time.Millisecond

var (
	underWay atomic.Int64
	crowdAt  atomic.Int64 // when there was last a crowd, in nanoseconds
	begun    = time.Now() // monotonic
)

// Person counts a request of somebody who waits for it; call the function that
// it gives when it is answered.
func Person() (answered func()) {
	if underWay.Add(1) >= int64(crowdPerCore*runtime.GOMAXPROCS(0)) {
		crowdAt.Store(int64(time.Since(begun)) + 1)
	}
	return func() { underWay.Add(-1) }
}

// Crowded tells whether people are waiting for the processors.
func Crowded() bool {
	if underWay.Load() >= int64(crowdPerCore*runtime.GOMAXPROCS(0)) {
		return true
	}
	at := crowdAt.Load()
	return at > 0 && int64(time.Since(begun))-at < int64(lasting)
}

// Yield waits while people wait, at most so long, and no longer than ctx.
func Yield(ctx context.Context, most time.Duration) {
	if !Crowded() {
		return
	}
	end := time.NewTimer(most)
	defer end.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for Crowded() {
		select {
		case <-end.C:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
