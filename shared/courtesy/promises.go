package courtesy

import (
	"context"
	"sync"
	"time"
)

// Promises that come due come next after people: while many are kept late, what
// only tells of them (read models, reminders' own records, the stream) waits.
const (
	// From lateFrom to lateTo late a promise is kept that says that the processors are
	// behind; what waited for days can wait for others.
	lateFrom, lateTo = 250 * time.Millisecond, 24 * time.Hour
	// manyLate of them within lately are a press: a single one may have its own reason.
	manyLate = 16
	lately   = 500 * time.Millisecond
)

// press remembers when the last promises were kept late.
type press struct {
	mu    sync.Mutex
	late  [manyLate]int64 // in nanoseconds, a ring
	count int
}

var promises press

// Kept tells that a promise whose time had come was kept so late.
func Kept(late time.Duration) {
	if late >= lateFrom && late < lateTo {
		promises.add(now())
	}
}

func (p *press) add(at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late[p.count%manyLate] = at
	p.count++
}

// on tells whether many were late a moment before.
func (p *press) on(at int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count >= manyLate && at-p.late[p.count%manyLate] < int64(lately)
}

// Pressed tells whether promises that came due wait for the processors.
func Pressed() bool { return promises.on(now()) }

// AfterPromises waits while promises that came due wait for the processors, at
// most so long and no longer than ctx. It takes no turn.
func AfterPromises(ctx context.Context, most time.Duration) {
	if !Pressed() {
		return
	}
	end := time.NewTimer(most)
	defer end.Stop()
	select {
	case <-relief.wait():
	case <-end.C:
	case <-ctx.Done():
	}
}

// watch tells all who wait that the press is over. One goroutine looks for all:
// they may be thousands, and each look would take processors from what they wait for.
type watch struct {
	mu   sync.Mutex
	over chan struct{} // nil while nobody waits
}

var relief watch

func (w *watch) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == nil {
		w.over = make(chan struct{})
		go w.look()
	}
	return w.over
}

func (w *watch) look() {
	tick := time.NewTicker(lately / 10)
	defer tick.Stop()
	for Pressed() {
		<-tick.C
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.over)
	w.over = nil
}
