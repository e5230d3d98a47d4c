package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc"
)

// atMost is how much of its own work the server forgets when the power fails.
const atMost = time.Second

// durable puts on the disk what the server acknowledges. SQLite writes its log
// without waiting for the disk (see synchronous); a client's command is answered
// when the log is synced, all that were under way with one sync, and what workers
// and timers did is synced every second.
type durable struct {
	log    string // the file
	sync   func(file string) error
	failed func(error)

	turn sync.Mutex // whose it is to sync
	mu   sync.Mutex
	next *syncing // that has not begun
}

// syncing is one sync of the log for all who wait for it.
type syncing struct {
	once sync.Once
	err  error
}

func newDurable(database string, sync func(file string) error, failed func(error)) *durable {
	return &durable{log: database + "-wal", sync: sync, failed: failed}
}

// syncFile syncs a file that another handle has written. SQLite removes the log
// when it has moved all of it into the database, which it syncs itself.
func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// now returns when all that was written before it was called is on the disk.
// After an error nobody knows what is: the server must not go on.
func (d *durable) now() error {
	d.mu.Lock()
	s := d.next
	if s == nil {
		s = &syncing{}
		d.next = s
	}
	d.mu.Unlock()
	s.once.Do(func() {
		d.turn.Lock()
		defer d.turn.Unlock()
		d.mu.Lock()
		d.next = nil // whoever comes from now on has written after this sync began
		d.mu.Unlock()
		if s.err = d.sync(d.log); s.err != nil {
			d.failed(fmt.Errorf("%w: the log of the journeys cannot be synced: %w", ErrFatal, s.err))
		}
	})
	return s.err
}

// answer is the frontend's interceptor.
func (d *durable) answer(ctx context.Context, in any, call *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	out, err := handle(ctx, in)
	if err != nil || !commands(path.Base(call.FullMethod)) {
		return out, err
	}
	if err := d.now(); err != nil {
		return nil, serviceerror.NewUnavailablef("not on the disk: %v", err)
	}
	return out, nil
}

// commands tells whether a method changes something that would not come about
// again by itself. Answers of workers do: the task is handed out once more, and
// decisions and effects know their keys. Who answers by an id is no worker.
func commands(method string) bool {
	if strings.HasSuffix(method, "ById") {
		return true
	}
	for _, other := range []string{"Poll", "Respond", "Record", "Get", "List", "Describe", "Count", "Scan", "Query", "Shutdown", "Check", "Watch"} {
		if strings.HasPrefix(method, other) {
			return false
		}
	}
	return true
}

// keep syncs what nobody waits for, until done.
func (d *durable) keep(done <-chan struct{}) {
	tick := time.NewTicker(atMost)
	defer tick.Stop()
	var synced time.Time
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		written, err := os.Stat(d.log)
		if err != nil || written.ModTime().Equal(synced) { // none, or nothing new
			continue
		}
		if d.now() != nil {
			return
		}
		synced = written.ModTime()
	}
}
