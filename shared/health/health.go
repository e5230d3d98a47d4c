// Package health is the board on which a process shows how it stands with what
// it depends on: each thing by name, how it is, since when, and why.
//
// What is needed (store, Temporal) decides whether the process is ready; what it
// only uses (the broker) may be away for a while. A part of its own (a relay, a
// consumer) that stands still is shown, and after a while says that the process
// should be started again, unless something outside is away: a new start brings
// that not back. Answers are kept for a moment, so that no number of probes is a load.
package health

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/instant"
)

// How something stands.
const (
	OK      = "ok"
	Failing = "failing"
)

const (
	// within bounds one check.
	within = 2 * time.Second
	// goodFor and badFor are how long an answer is kept.
	goodFor = time.Second
	badFor  = 100 * time.Millisecond
	// stuckFor is how long a part may stand still until a restart is called for.
	stuckFor = 5 * time.Minute
	// skewed is how far clocks may differ, skewSeen how long a difference is remembered.
	skewed   = 2 * time.Second
	skewSeen = 10 * time.Minute
)

// State is how one thing stands.
type State struct {
	Name    string       `json:"name"`
	State   string       `json:"state" enum:"ok,failing"`
	Since   instant.Time `json:"since" doc:"When it came to stand so"`
	LastOK  instant.Time `json:"last_ok_at,omitempty" doc:"When it was last asked and stood well"`
	Needed  bool         `json:"needed" doc:"Without it the process is not ready"`
	Outside bool         `json:"outside" doc:"Not a part of the process: the store, the broker, Temporal"`
	Error   string       `json:"error,omitempty"`
	Checked instant.Time `json:"checked_at"`
	TookMS  int64        `json:"took_ms"`
}

// Board holds the checks of a process. A nil board takes them and asks nobody.
type Board struct {
	clock instant.Clock
	mu    sync.Mutex
	all   []*check

	ahead   time.Duration // farthest that a fact was seen ahead of this clock
	aheadOf string
	aheadAt instant.Time
}

// New makes a board.
func New(clock instant.Clock) *Board {
	b := &Board{clock: clock}
	b.Part("clock", b.skew)
	return b
}

type check struct {
	name            string
	needed, outside bool
	ask             func(context.Context) error

	mu    sync.Mutex // one asks, others wait for the answer
	last  State
	asked time.Time
	known bool
}

// Need adds something outside of the process without which it is not ready.
func (b *Board) Need(name string, ask func(context.Context) error) {
	b.add(&check{name: name, needed: true, outside: true, ask: ask})
}

// Use adds something outside of the process that it can be without for a while.
func (b *Board) Use(name string, ask func(context.Context) error) {
	b.add(&check{name: name, outside: true, ask: ask})
}

// Part adds a part of the process itself that may come to stand still.
func (b *Board) Part(name string, ask func(context.Context) error) {
	b.add(&check{name: name, ask: ask})
}

func (b *Board) add(one *check) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(slices.DeleteFunc(b.all, func(c *check) bool { return c.name == one.name }), one)
}

// Ahead takes that something that happened elsewhere lies ahead of this
// process's clock: one of the two clocks is wrong.
func (b *Board) Ahead(by time.Duration, what string) {
	if b == nil || by < skewed {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := b.clock(); by > b.ahead || now.Sub(b.aheadAt) > skewSeen {
		b.ahead, b.aheadOf, b.aheadAt = by, what, now
	}
}

func (b *Board) skew(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ahead == 0 || b.clock().Sub(b.aheadAt) > skewSeen {
		return nil
	}
	return fmt.Errorf("%s came from %s ahead of this machine's clock: clocks differ, so that lateness and leases are wrong", b.aheadOf, b.ahead.Round(time.Millisecond))
}

// States asks everything that has not answered a moment ago, all at once, and
// gives how each stands, by name.
func (b *Board) States(ctx context.Context) []State {
	b.mu.Lock()
	all := slices.Clone(b.all)
	b.mu.Unlock()
	out := make([]State, len(all))
	var wait sync.WaitGroup
	for i, c := range all {
		wait.Go(func() { out[i] = c.state(ctx, b.clock) })
	}
	wait.Wait()
	slices.SortFunc(out, func(x, y State) int { return strings.Compare(x.Name, y.Name) })
	return out
}

func (c *check) state(ctx context.Context, clock instant.Clock) State {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := goodFor
	if c.last.State == Failing {
		kept = badFor
	}
	if c.known && time.Since(c.asked) < kept {
		return c.last
	}
	// One caller that gives up must not make the others believe that it fails.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	begin, asked := time.Now(), clock()
	err := c.answer(ctx)
	now := State{Name: c.name, State: OK, LastOK: asked, Needed: c.needed, Outside: c.outside, Checked: clock(), TookMS: time.Since(begin).Milliseconds()}
	if err != nil {
		now.State, now.LastOK, now.Error = Failing, c.last.LastOK, err.Error()
	}
	now.Since = now.Checked
	if c.known && c.last.State == now.State {
		now.Since = c.last.Since
	}
	c.last, c.known, c.asked = now, true, time.Now()
	return now
}

// answer asks, and takes no answer in time for one.
func (c *check) answer(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- c.ask(ctx) }()
	select {
	case err := <-done:
		if errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("no answer within %s", within)
		}
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %s", within)
	}
}

// Ready tells whether everything that is needed stands well.
func Ready(all []State) bool {
	return !slices.ContainsFunc(all, func(s State) bool { return s.Needed && s.State != OK })
}

// Stuck gives the parts that have stood still for so long, while all that is
// outside answers, that only a new start mends them.
func Stuck(all []State, now instant.Time) []State {
	var out []State
	for _, s := range all {
		if s.Outside && s.State != OK {
			return nil
		}
		if !s.Outside && s.State != OK && s.Name != "clock" && now.Sub(s.Since) > stuckFor {
			out = append(out, s)
		}
	}
	return out
}
