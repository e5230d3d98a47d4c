package facts

import (
	"context"
	"slices"
	"sync"

	"liuke.dev/shared/kafka"
)

// maxAside is how many facts may be set aside: a group that can hardly handle
// anything stops reading.
const maxAside = 500

type place struct {
	topic     string
	partition int
}

func placeOf(m kafka.Message) place { return place{m.Topic, m.Partition} }

// aside holds the facts that could not be handled at once, so that others do not
// wait for them: those of one key in a queue of their own, in order, and what
// else comes of that key behind them. It also knows how far each partition is
// done with: a fact is committed only when none before it is open.
type aside struct {
	mu     sync.Mutex
	queues map[string][]*item
	parked int
	room   chan struct{} // closed when a place becomes free
	open   map[place][]*mark
	work   sync.WaitGroup
}

// mark is a fetched message and whether it is done with.
type mark struct {
	message kafka.Message
	done    bool
}

func newAside() *aside {
	return &aside{queues: map[string][]*item{}, open: map[place][]*mark{}, room: make(chan struct{})}
}

// fetched notes messages, and leaves out those that it has in hand: after a
// rebalance they come again.
func (a *aside) fetched(messages []kafka.Message) []kafka.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(messages), func(m kafka.Message) bool {
		marks := a.open[placeOf(m)]
		at, known := find(marks, m.Offset)
		if !known {
			a.open[placeOf(m)] = slices.Insert(marks, at, &mark{message: m})
		}
		return known
	})
}

func find(marks []*mark, offset int64) (int, bool) {
	return slices.BinarySearchFunc(marks, offset, func(m *mark, offset int64) int { return int(m.message.Offset - offset) })
}

// done notes that messages are done with.
func (a *aside) done(messages ...kafka.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range messages {
		marks := a.open[placeOf(m)]
		if at, known := find(marks, m.Offset); known {
			marks[at].done = true
		}
	}
}

// finished gives the last message of each partition before which none is open,
// where there is a new one.
func (a *aside) finished() []kafka.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	var last []kafka.Message
	for at, marks := range a.open {
		n := slices.IndexFunc(marks, func(m *mark) bool { return !m.done })
		if n < 0 {
			n = len(marks)
		}
		if n > 0 {
			last = append(last, marks[n-1].message)
			a.open[at] = slices.Clone(marks[n:])
		}
	}
	return last
}

// behind sets a message aside if others of its key are.
func (a *aside) behind(i *item) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, waits := a.queues[i.message.Key]; !waits {
		return false
	}
	a.queues[i.message.Key] = append(a.queues[i.message.Key], i)
	a.parked++
	return true
}

// put sets a message aside; begins tells that it is the first of its key.
func (a *aside) put(i *item) (begins bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, waits := a.queues[i.message.Key]
	a.queues[i.message.Key] = append(a.queues[i.message.Key], i)
	a.parked++
	return !waits
}

// take gives what waits of a key; if nothing does, the key is as any other again.
func (a *aside) take(key string, handled int) []*item {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.parked -= handled
	if handled > 0 {
		close(a.room)
		a.room = make(chan struct{})
	}
	waiting := a.queues[key]
	if len(waiting) == 0 {
		delete(a.queues, key)
		return nil
	}
	a.queues[key] = []*item{}
	return waiting
}

// wait waits until there is room for more.
func (a *aside) wait(ctx context.Context) {
	for {
		a.mu.Lock()
		full, room := a.parked >= maxAside, a.room
		a.mu.Unlock()
		if !full {
			return
		}
		select {
		case <-room:
		case <-ctx.Done():
			return
		}
	}
}

// setAside tries a fact that failed again beside the others, and what comes of
// its key after it.
func (c *consumer) setAside(ctx context.Context, i *item) {
	if !c.aside.put(i) {
		return
	}
	key := i.message.Key
	c.aside.work.Go(func() {
		handled := 0
		for {
			items := c.aside.take(key, handled)
			if items == nil {
				return
			}
			handled = len(items)
			if !c.inOrder(ctx, items) {
				return
			}
			c.commit(ctx)
		}
	})
}

// inOrder brings facts of one key to their end: one by one, or where the handler
// takes many together.
func (c *consumer) inOrder(ctx context.Context, items []*item) bool {
	step := 1
	if c.HandleBatch != nil {
		step = c.MaxBatch
	}
	for part := range slices.Chunk(items, step) {
		if !c.process(ctx, part, nil) {
			return false
		}
		for _, i := range part {
			c.aside.done(i.message)
		}
	}
	return true
}
