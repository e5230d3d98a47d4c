package links

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"liuke.dev/shared/instant"
)

// sweepEvery bounds how long limiters are kept of those who asked nothing since.
const sweepEvery = 10 * time.Minute

// limits holds how fast each address may ask, and each link be asked.
type limits struct {
	mu    sync.Mutex
	byKey map[string]*rate.Limiter
	swept instant.Time
}

// wait takes a place, or tells how long until there is one.
func (l *limits) wait(key string, perMinute int, at instant.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey == nil || at.Sub(l.swept) > sweepEvery {
		l.byKey, l.swept = map[string]*rate.Limiter{}, at
	}
	limiter := l.byKey[key]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)
		l.byKey[key] = limiter
	}
	r := limiter.ReserveN(at.Std(), 1)
	wait := r.DelayFrom(at.Std())
	if wait > 0 {
		r.CancelAt(at.Std())
	}
	return wait
}
