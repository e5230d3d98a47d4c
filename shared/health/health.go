// Package health is the board on which a process shows how it stands with what
// it depends on: each thing by name, how it is, since when, and why.
//
// What is needed (store, Temporal) decides whether the process is ready. What it
// uses and can do without for a while (the broker: facts wait) is shown. A part
// of its own (a relay, a consumer) that stands still is shown, and after a while,
// if all that it lives on answers, says that the process should be started again.
// What stands aside (the mail server, the bucket, an issuer) is shown and nothing
// else. Answers are kept for a moment, so that no number of probes is a load.
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
	// goodFor and badFor are how long an answer is kept; asideFor is for what may
	// be somebody else's server.
	goodFor  = time.Second
	badFor   = 100 * time.Millisecond
	asideFor = 30 * time.Second
	// stuckFor is how long a part may stand still until a restart is called for.
	stuckFor = 5 * time.Minute
	// skewed is how far clocks may differ, skewSeen how long a difference is remembered.
	skewed   = 2 * time.Second
	skewSeen = 10 * time.Minute
)

// Kind is what something is to the process.
type Kind string

// Kinds. They differ in what follows when one fails.
const (
	Needed Kind = "needed" // the process is not ready
	Used   Kind = "used"   // it serves, and what needs this waits
	Own    Kind = "own"    // a part of the process stands still; only a new start may mend it
	Aside  Kind = "aside"  // some work is put off: a mail, a file, a sign-in
)

// Engine tells whether it is outside of the process, which lives on it: no new start
// brings one back.
func (k Kind) Engine() bool { return k == Needed || k == Used }

// State is how one thing stands.
type State struct {
	Name    string       `json:"name"`
	State   string       `json:"state" enum:"ok,failing"`
	Since   instant.Time `json:"since" doc:"When it came to stand so"`
	LastOK  instant.Time `json:"last_ok_at,omitempty" doc:"When it was last asked and stood well"`
	Kind    Kind         `json:"kind" enum:"needed,used,own,aside"`
	Needed  bool         `json:"needed" doc:"Without it the process is not ready"`
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
	b.add(&check{name: "clock", kind: Aside, ask: b.skew})
	return b
}

type check struct {
	name string
	kind Kind
	ask  func(context.Context) error
	keep time.Duration // an answer, at least

	mu    sync.Mutex // one asks, others wait for the answer
	last  State
	asked time.Time
	known bool
}

// Need adds something without which the process is not ready.
func (b *Board) Need(name string, ask func(context.Context) error) {
	b.add(&check{name: name, kind: Needed, ask: ask})
}

// Use adds an engine without which the process serves for a while.
func (b *Board) Use(name string, ask func(context.Context) error) {
	b.add(&check{name: name, kind: Used, ask: ask})
}

// Part adds a part of the process itself that may come to stand still.
func (b *Board) Part(name string, ask func(context.Context) error) {
	b.add(&check{name: name, kind: Own, ask: ask})
}

// Beside adds what some work needs and the process does not: it is asked twice a
// minute at most.
func (b *Board) Beside(name string, ask func(context.Context) error) {
	b.add(&check{name: name, kind: Aside, ask: ask, keep: asideFor})
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
	if c.known && time.Since(c.asked) < c.kept() {
		return c.last
	}
	// One caller that gives up must not make the others believe that it fails.
	ctx = context.WithoutCancel(ctx)
	if c.known && c.keep > 0 { // no probe waits for somebody else's server
		c.asked = time.Now()
		go func() {
			now := c.look(ctx, clock)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.learn(now)
		}()
		return c.last
	}
	c.learn(c.look(ctx, clock))
	return c.last
}

// look asks, and says how the thing stands now.
func (c *check) look(ctx context.Context, clock instant.Clock) State {
	begin, asked := time.Now(), clock()
	err := c.answer(ctx)
	now := clock()
	s := State{Name: c.name, State: OK, LastOK: asked, Kind: c.kind, Needed: c.kind == Needed, Since: now, Checked: now, TookMS: time.Since(begin).Milliseconds()}
	if err != nil {
		s.State, s.LastOK, s.Error = Failing, 0, err.Error()
	}
	return s
}

// learn takes the state for the last that is known.
func (c *check) learn(s State) {
	if s.State == Failing {
		s.LastOK = c.last.LastOK
	}
	if c.known && c.last.State == s.State {
		s.Since = c.last.Since
	}
	c.last, c.known, c.asked = s, true, time.Now()
}

// kept is how long the last answer stands.
func (c *check) kept() time.Duration {
	if c.last.State == Failing {
		return max(badFor, c.keep)
	}
	return max(goodFor, c.keep)
}

// answer asks, and takes no answer in time for one.
func (c *check) answer(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.ask(ctx) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", within)
	}
	return err
}

// Ready tells whether everything that is needed stands well.
func Ready(all []State) bool {
	return !slices.ContainsFunc(all, func(s State) bool { return s.Needed && s.State != OK })
}

// Stuck gives the parts that have stood still for so long, while all that they
// live on answers, that only a new start mends them.
func Stuck(all []State, now instant.Time) []State {
	var out []State
	for _, s := range all {
		switch {
		case s.State == OK:
		case s.Kind.Engine():
			return nil
		case s.Kind == Own && now.Sub(s.Since) > stuckFor:
			out = append(out, s)
		}
	}
	return out
}
