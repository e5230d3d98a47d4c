package facts

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// item is a message on its way through the chain.
type item struct {
	message  kafka.Message
	event    Event
	err      error // of the newest attempt, or why it cannot be read
	attempts int
	doomed   bool  // given up, and on its way to the dead letters
	others   int64 // facts that the group had handled when it was last tried
}

// read makes an item of a message, nil if the group has nothing to do with it.
func (c *consumer) read(m kafka.Message) *item {
	if !c.wants(m) {
		return nil
	}
	i := &item{message: m}
	if c.Read != nil {
		i.event, i.err = c.Read(m)
	} else if i.event, i.err = FromMessage(m); i.err == nil {
		i.err = ValidateRead(i.event.Type, i.event.Data)
	}
	if i.err != nil {
		i.err, i.attempts = Final(i.err), 1 // reading it again gives the same
	}
	return i
}

// process takes facts through the whole chain: check, skip repeats, handle, try
// again, bury. Those that fail by themselves go to aside, where there is one. It
// tells whether all of them are done with; they are not only when ctx ended.
func (c *consumer) process(ctx context.Context, open []*item, aside func(*item)) bool {
	if len(open) == 0 {
		return ctx.Err() == nil
	}
	retry := &backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: 2 * time.Second}
	waiting := patience()
	troubled := false
	for {
		c.attempt(ctx, open)
		if ctx.Err() != nil && slices.ContainsFunc(open, func(i *item) bool { return i.err != nil }) {
			return false // it was interrupted: no fault of the fact's, and no news
		}
		var left []*item
		anyAway := false
		for _, i := range open {
			if i.err == nil {
				continue
			}
			i.doomed = i.doomed || c.giveUp(i)
			if i.doomed && c.bury(ctx, i) == nil {
				continue
			}
			if aside != nil && !i.doomed && !away(i.err) {
				aside(i)
				continue
			}
			left, anyAway = append(left, i), anyAway || i.doomed || away(i.err)
		}
		if open = left; len(open) == 0 {
			return true
		}
		if !troubled {
			troubled = true
			c.standing.trying(1, nil)
			defer c.standing.trying(-1, nil)
		}
		c.standing.trying(0, fmt.Errorf("tries %s again: %w", open[0].event.ID, open[0].err))
		wait := retry.NextBackOff()
		if anyAway {
			wait = waiting.NextBackOff()
		}
		c.Log.WarnContext(ctx, "facts will be tried again", "facts", len(open), "first", open[0].event.ID, "error", open[0].err, "in", wait)
		if !rest(ctx, wait) {
			return false
		}
	}
}

func (c *consumer) giveUp(i *item) bool {
	return isFinal(i.err) || !away(i.err) && i.attempts >= c.MaxAttempts
}

// attempt calls the handler for what is readable, and sets each one's outcome.
func (c *consumer) attempt(ctx context.Context, open []*item) {
	var batch []*item
	for _, i := range open {
		if i.doomed || isFinal(i.err) {
			continue
		}
		i.others = c.handled.Load()
		if i.attempts > 0 {
			c.Metrics.retried.WithLabelValues(c.Group, i.message.Topic).Inc()
		}
		repeat, err := c.seen(ctx, i)
		if c.outcome(i, err); err != nil || repeat {
			continue
		}
		batch = append(batch, i)
	}
	if len(batch) == 0 {
		return
	}
	for n, err := range c.call(ctx, batch) {
		i := batch[n]
		if err == nil && c.Seen != nil {
			err = c.Seen.Remember(ctx, i.event)
		}
		if c.outcome(i, err); err == nil {
			c.handled.Add(1)
			c.pace.took()
			c.Health.Ahead(i.event.Time.Sub(c.Clock()), "fact "+i.event.ID)
			c.Metrics.handled.WithLabelValues(c.Group, i.message.Topic).Inc()
			c.Metrics.took.WithLabelValues(c.Group).Observe(max(c.Clock().Sub(i.event.Time).Seconds(), 0))
		}
	}
}

// outcome sets how an attempt ended; only failures of the fact's own count. That
// the handler did not come back is one of them if others came back meanwhile.
func (c *consumer) outcome(i *item, err error) {
	i.err = err
	switch {
	case err == nil:
	case away(err), errors.Is(err, errStalled) && c.handled.Load() == i.others:
	default:
		i.attempts++
	}
}

func (c *consumer) seen(ctx context.Context, i *item) (bool, error) {
	if c.Seen == nil || i.event.Replayed {
		return false, nil
	}
	repeat, err := c.Seen.Has(ctx, i.event)
	if repeat {
		c.Metrics.repeated.WithLabelValues(c.Group, i.message.Topic).Inc()
	}
	return repeat, err
}

// abandonAfter is how much longer than its time a handler may take until nobody
// waits for it any more: one that does not heed its context must not stop a group.
const abandonAfter = 5 * time.Second

// call calls the handler and gives one outcome per item.
func (c *consumer) call(ctx context.Context, batch []*item) []error {
	answer := make(chan []error, 1)
	go func() { answer <- c.invoke(ctx, batch) }()
	late := time.NewTimer(c.Timeout + abandonAfter)
	defer late.Stop()
	select {
	case outcomes := <-answer:
		return outcomes
	case <-late.C:
	}
	c.Log.ErrorContext(ctx, "a handler does not heed its context and is left to itself", "fact", batch[0].event.ID)
	return slices.Repeat([]error{stalled{errors.New("it does not heed its context")}}, len(batch))
}

// invoke calls the handler. What it does is the work of a process, in the
// background; a panic is an error like any other.
func (c *consumer) invoke(ctx context.Context, batch []*item) (outcomes []error) {
	ctx, cancel := context.WithTimeout(store.Background(ctx), c.Timeout)
	defer cancel()
	ctx = WithActor(ctx, catalogue.Actor{ID: c.Group, Kind: catalogue.ActorProcess})
	outcomes = make([]error, len(batch))
	defer func() {
		for i, err := range outcomes {
			if err != nil && ctx.Err() == context.DeadlineExceeded && away(err) { //nolint:errorlint // it is that very value
				outcomes[i] = stalled{err}
			}
		}
	}()
	steps := make([]telemetry.Span, len(batch))
	defer func() {
		for i, step := range steps {
			step.End(outcomes[i])
		}
	}()
	defer func() {
		if r := recover(); r != nil {
			c.Log.ErrorContext(ctx, "a handler panicked", "fact", batch[0].event.ID, "panic", r, "stack", string(debug.Stack()))
			for i := range outcomes {
				outcomes[i] = fmt.Errorf("panic: %v", r)
			}
		}
	}()
	if c.HandleBatch == nil {
		e := batch[0].event
		ctx, steps[0] = c.begin(ctx, &e)
		ctx = telemetry.With(ctx, telemetry.Names{Fact: e.ID, Customer: e.Customer})
		outcomes[0] = c.Handle(WithCause(ctx, e.ID), e)
		return outcomes
	}
	events := make([]Event, len(batch))
	for i := range batch {
		events[i] = batch[i].event
		_, steps[i] = c.begin(ctx, &events[i])
	}
	got := c.HandleBatch(ctx, events)
	if got != nil && len(got) != len(batch) {
		panic(fmt.Sprintf("the handler gave %d outcomes for %d facts", len(got), len(batch)))
	}
	copy(outcomes, got)
	return outcomes
}

// begin begins the step of handling a fact in the fact's own trace, which goes on from there.
func (c *consumer) begin(ctx context.Context, e *Event) (context.Context, telemetry.Span) {
	if e.Trace == "" {
		return ctx, telemetry.Span{}
	}
	ctx, step := telemetry.Begin(telemetry.Continue(ctx, e.Trace), telemetry.Receives, "handle", e.Type)
	if step.Recording() {
		e.Trace = telemetry.Here(ctx)
		step.Note("messaging.consumer.group.name", c.Group).Note("liuke.fact", e.ID).Note("liuke.customer", e.Customer)
	}
	return ctx, step
}

// bury parks a fact that is given up as a dead letter.
func (c *consumer) bury(ctx context.Context, i *item) error {
	m := i.message
	l := DeadLetter{ID: m.Header(headerReplayOf), State: LetterPending, Group: c.Group, Topic: m.Topic, Partition: m.Partition, Offset: m.Offset,
		Key: m.Key, Fact: i.event.ID, Type: i.event.Type, Error: i.err.Error(), Attempts: i.attempts, At: c.Clock(), Value: m.Value}
	if l.ID == "" {
		l.ID = c.Group + ":" + m.Topic + ":" + strconv.Itoa(m.Partition) + ":" + strconv.FormatInt(m.Offset, 10)
	}
	for _, h := range m.Headers {
		if h.Key != headerReplayFor && h.Key != headerReplayOf {
			l.Headers = append(l.Headers, h)
		}
	}
	if err := bury(ctx, c.Cluster, l); err != nil {
		c.Log.ErrorContext(ctx, "the dead letters are away; the fact stays in hand", "letter", l.ID, "error", err)
		return err
	}
	c.Metrics.dead.WithLabelValues(c.Group, m.Topic).Inc()
	c.Log.ErrorContext(ctx, "a fact was parked as a dead letter", "letter", l.ID, "fact", l.Fact, "type", l.Type, "attempts", l.Attempts, "error", i.err)
	return nil
}
