package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"liuke.dev/shared/moment"
	"liuke.dev/shared/store"
)

// What one transaction takes at most. Background jobs get a small share while
// people wait, so that they slow nobody down and still never starve.
const (
	foregroundBatch = 256
	backgroundBatch = 64
	backgroundShare = 4 // one background job for so many of people's, rounded up
)

// job is one write. Run either does all it should or answers with one of the
// store's errors having written nothing; any other error undoes it.
type job struct {
	run    func(*conn) error
	facts  bool
	schema bool // declares a collection: no commit of anybody's
	state  atomic.Int32
	done   chan error
}

const (
	waiting int32 = iota
	taken
	withdrawn
)

// answer is a refusal that leaves the transaction as it was.
type answer struct{ error }

func (a answer) Unwrap() error { return a.error }

// writer owns the only connection that writes.
type writer struct {
	conn      *conn
	committed func() // called after facts were committed
	stopped   chan struct{}
	failed    atomic.Bool   // the last transaction, for a reason that may pass
	name      string        // of the store, in metrics
	patience  time.Duration // for how long it gathers at most

	mu         sync.Mutex
	more       *sync.Cond
	people     []*job
	background []*job
	closed     bool
}

func startWriter(c *conn, name string, committed func()) *writer {
	w := &writer{conn: c, name: name, patience: gatherFor, committed: committed, stopped: make(chan struct{})}
	w.more = sync.NewCond(&w.mu)
	failures.WithLabelValues(name)
	go w.loop()
	return w
}

// do hands a job to the writer and waits for its outcome. A context that ends
// withdraws the job only while it has not been taken.
func (w *writer) do(ctx context.Context, facts bool, run func(*conn) error) error {
	return w.carry(ctx, &job{run: run, facts: facts, done: make(chan error, 1)})
}

// declare carries a change of the schema out.
func (w *writer) declare(ctx context.Context, run func(*conn) error) error {
	return w.carry(ctx, &job{run: run, schema: true, done: make(chan error, 1)})
}

func (w *writer) carry(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return fmt.Errorf("%w: closed", store.ErrUnavailable)
	}
	if store.IsBackground(ctx) {
		w.background = append(w.background, j)
	} else {
		w.people = append(w.people, j)
	}
	w.more.Signal()
	w.mu.Unlock()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, withdrawn) {
			return ctx.Err()
		}
		return <-j.done
	}
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		batch := w.take()
		if batch == nil {
			return
		}
		w.commit(batch)
	}
}

// take waits for jobs and gives the next batch, people's first; nil once closed.
func (w *writer) take() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.people)+len(w.background) == 0 && !w.closed {
			w.more.Wait()
		}
		if len(w.people)+len(w.background) == 0 {
			return nil
		}
		w.gather()
		var batch []*job
		batch, w.people = takeFrom(w.people, batch, foregroundBatch)
		share := backgroundBatch
		if len(batch) > 0 {
			share = (len(batch) + backgroundShare - 1) / backgroundShare
		}
		batch, w.background = takeFrom(w.background, batch, share)
		if len(batch) > 0 {
			return batch
		}
	}
}

// takeFrom moves up to n jobs that nobody withdrew from a queue to the batch.
func takeFrom(queue, batch []*job, n int) ([]*job, []*job) {
	i := 0
	for ; i < len(queue) && n > 0; i++ {
		if queue[i].state.CompareAndSwap(waiting, taken) {
			batch = append(batch, queue[i])
			n--
		}
	}
	if i == len(queue) {
		return batch, nil
	}
	return batch, queue[i:]
}

// commit carries out a batch in one transaction. If a job fails in a way that
// may have left something behind, all are undone and done again one by one.
func (w *writer) commit(batch []*job) {
	answers := make([]error, len(batch))
	begin := time.Now()
	commits := slices.ContainsFunc(batch, func(j *job) bool { return !j.schema })
	err := w.transaction(commits, func() error {
		for i, j := range batch {
			if answers[i] = j.run(w.conn); answers[i] != nil && !isAnswer(answers[i]) {
				return answers[i]
			}
		}
		return nil
	})
	w.measure(len(batch), begin, err)
	if err != nil && len(batch) > 1 {
		for _, j := range batch {
			w.commit([]*job{j})
		}
		return
	}
	facts := false
	for i, j := range batch {
		switch {
		case err != nil:
			j.done <- outcome(err)
		case answers[i] != nil:
			j.done <- errors.Unwrap(answers[i])
		default:
			facts = facts || j.facts
			j.done <- nil
		}
	}
	if facts {
		w.committed()
	}
}

// transaction runs something whole or not at all; commits says that it holds commits of documents, which are tried by
// faults at their moments.
func (w *writer) transaction(commits bool, run func() error) error {
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := run()
	if err == nil {
		err = w.makeDurable(commits)
	}
	if err != nil {
		// An error such as a full disk may have ended the transaction already;
		// then there is nothing to roll back and this error says so.
		_, _ = w.conn.exec("ROLLBACK")
	}
	return err
}

func (w *writer) makeDurable(commits bool) error {
	if !commits {
		_, err := w.conn.exec("COMMIT")
		return err
	}
	if err := moment.Reached(moment.BeforeCommit); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if _, err := w.conn.exec("COMMIT"); err != nil {
		return err
	}
	_ = moment.Reached(moment.AfterCommit) // it is durable, whatever happens now
	return nil
}

func (w *writer) isClosed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// close lets the jobs that wait be carried out and closes the connection.
func (w *writer) close() error {
	w.mu.Lock()
	again := w.closed
	w.closed = true
	w.more.Broadcast()
	w.mu.Unlock()
	<-w.stopped
	if again {
		return nil
	}
	_, err := w.conn.exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(outcome(err), w.conn.close())
}

func isAnswer(err error) bool {
	_, is := err.(answer)
	return is
}

func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
