package sqlite

import (
	"time"

	"liuke.dev/shared/courtesy"
)

// gatherFor is how long the writer waits at most for those who are on their way.
const gatherFor = 200 * time.Microsecond

// gather waits a moment, w.mu held, until half of people's commands under way have
// come: every group costs a sync of the disk and a turn of the writer, and who comes
// a moment too late waits for both. Half of them, because the other half is answered
// and asks for the next thing meanwhile. While few people work nobody waits.
func (w *writer) gather() {
	if len(w.people) == 0 || w.gathered() {
		return
	}
	over := false // guarded by mu
	end := time.AfterFunc(w.patience, func() {
		w.mu.Lock()
		over = true
		w.mu.Unlock()
		w.more.Broadcast()
	})
	defer end.Stop()
	for !over && !w.gathered() {
		w.more.Wait()
	}
}

func (w *writer) gathered() bool {
	return w.closed || len(w.people) >= min(courtesy.Commands()/2, foregroundBatch)
}
