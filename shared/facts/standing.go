package facts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"liuke.dev/shared/health"
)

// motionless is how long nothing may move until a relay or a group is said to
// stand still.
const motionless = time.Minute

// standing is how a relay or a consumer stands, for the board of health.
type standing struct {
	mu    sync.Mutex
	why   error     // of the newest attempt
	since time.Time // of why, or of what is under way
	busy  bool
	tries int // partitions in which something is tried again
}

// failed takes how the newest attempt ended.
func (s *standing) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.why == nil || s.busy {
		s.since = time.Now()
	}
	s.why, s.busy = err, false
}

// trying takes that a partition tries something again, or does not any more:
// one that gets on does not hide another that stands still.
func (s *standing) trying(more int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tries == 0 {
		s.since = time.Now()
	}
	if s.tries += more; s.tries == 0 {
		s.why = nil
	} else if err != nil {
		s.why = err
	}
}

// begin says that something is under way that should not take long.
func (s *standing) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		s.since, s.busy = time.Now(), true
	}
}

func (s *standing) check(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch held := time.Since(s.since).Round(time.Second); {
	case s.why != nil:
		return fmt.Errorf("for %s: %w", held, s.why)
	case s.busy && held > motionless:
		return fmt.Errorf("one batch has been under way for %s", held)
	}
	return nil
}

// pace is how a group as a whole gets on, seen from one of its members.
type pace struct {
	mu    sync.Mutex
	lag   int64
	moved time.Time // when the group last got on, or had nothing to do
}

// measured takes the group's lag.
func (p *pace) measured(lag int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if lag == 0 || lag < p.lag || p.moved.IsZero() {
		p.moved = time.Now()
	}
	p.lag = lag
}

// took says that this member handled something.
func (p *pace) took() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moved = time.Now()
}

func (p *pace) check(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held := time.Since(p.moved); p.lag > 0 && held > motionless {
		return fmt.Errorf("%d facts wait and none has been handled for %s", p.lag, held.Round(time.Second))
	}
	return nil
}

var errJoining = errors.New("has not joined its group yet")

// shown puts a consumer and its group on the board.
func (c *consumer) shown(b *health.Board) {
	c.standing.failed(errJoining)
	c.Metrics.expectGroup(c.Group, c.Topics)
	b.Part("consumer:"+c.Group, c.standing.check)
	b.Part("group:"+c.Group, c.pace.check)
}
