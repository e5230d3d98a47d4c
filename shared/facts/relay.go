package facts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"liuke.dev/shared/courtesy"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/moment"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

const (
	relayBatch = 500
	// relaySweep is how often the relay looks without having been woken: for what
	// a crash left, or another process committed.
	relaySweep = 5 * time.Second
	// relayPatience caps the pause between attempts while Kafka or the store is away.
	relayPatience = 5 * time.Second
	// relayRest is the least time between two batches, so that a steady trickle
	// of commits is published in batches and not one by one.
	relayRest = 2 * time.Millisecond
	// relayCourtesy is how long a batch waits at most while people wait for the processors.
	relayCourtesy = 400 * time.Millisecond
)

// RelayConfig says whose facts go where.
type RelayConfig struct {
	Service  string // for metrics, logs and dead letters: leads
	Engine   store.Engine
	Producer kafka.Producer
	Metrics  *Metrics
	Log      *slog.Logger
	Clock    instant.Clock // instant.Now
}

// Relay publishes what a service's store has committed: each aggregate's facts
// in order, at least once. Of several relays of one store each publishes
// everything, so run one.
type Relay struct {
	c    RelayConfig
	turn chan struct{} // one batch at a time, Flush or Run

	standing standing
}

// Check tells whether facts leave, for the board of health.
func (r *Relay) Check(ctx context.Context) error { return r.standing.check(ctx) }

// NewRelay makes a relay; Run runs it.
func NewRelay(c RelayConfig) *Relay {
	if c.Metrics == nil {
		c.Metrics = NewMetrics(nil)
	}
	if c.Clock == nil {
		c.Clock = instant.Now
	}
	c.Metrics.expectRelay(c.Service)
	c.Log = orDiscard(c.Log).With("relay", c.Service)
	return &Relay{c: c, turn: make(chan struct{}, 1)}
}

// Run publishes until ctx ends: at once what is pending, then whenever something
// was committed, and now and then unasked. It waits out outages.
func (r *Relay) Run(ctx context.Context) error {
	sweep := time.NewTicker(relaySweep)
	defer sweep.Stop()
	pause := &backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: relayPatience}
	away := false
	defer func() {
		if !away {
			r.last(ctx)
		}
	}()
	for swept := true; ; {
		wait := time.Duration(0)
		r.standing.begin()
		err := r.Flush(ctx)
		away = err != nil && ctx.Err() == nil
		r.standing.failed(err)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			wait = pause.NextBackOff()
			r.c.Log.WarnContext(ctx, "facts are waiting", "error", err, "again_in", wait)
			swept = true
		default:
			pause.Reset()
			wait = relayRest
		}
		if swept {
			r.gauge(ctx)
		}
		if !rest(ctx, wait) {
			return nil
		}
		if err != nil {
			continue
		}
		select {
		case <-r.c.Engine.Committed():
			swept = false
		case <-sweep.C:
			swept = true
		case <-ctx.Done():
			return nil
		}
	}
}

// relayLast bounds what is still published after the end was asked for.
const relayLast = time.Second

// last publishes what was committed last, so that nobody waits for another
// process's relay to look, or for the next start.
func (r *Relay) last(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayLast)
	defer cancel()
	_ = r.Flush(ctx) // what stays is found at the next start
}

// Flush publishes everything that is pending and returns.
func (r *Relay) Flush(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx = store.Background(ctx)
	for {
		n, err := r.batch(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// entry is a fact on its way: its message, or why it has none, and what became of it.
type entry struct {
	fact    store.Fact
	message kafka.Message
	trace   string // in which it was recorded
	bad     error  // never to be published
	failed  error  // not published this time
	span    telemetry.Span
}

// batch publishes one batch and tells how many facts it took off the outbox.
func (r *Relay) batch(ctx context.Context) (int, error) {
	defer courtesy.Turn(ctx, relayCourtesy)()
	pending, err := r.c.Engine.Pending(ctx, relayBatch)
	if err != nil {
		return 0, r.failed("read", err)
	}
	if len(pending) == 0 {
		return 0, nil
	}
	entries := make([]entry, len(pending))
	for i, f := range pending {
		entries[i] = entryOf(f)
	}
	if err := moment.Reached(moment.BeforePublish); err != nil {
		return 0, r.failed("publish", err)
	}
	r.produce(ctx, entries)
	if err := moment.Reached(moment.AfterPublish); err != nil {
		return 0, r.failed("mark", err)
	}
	done, waiting := r.settle(ctx, entries)
	if len(done) > 0 {
		if err := r.c.Engine.Published(ctx, done); err != nil {
			return 0, r.failed("mark", err)
		}
		r.c.Metrics.published.WithLabelValues(r.c.Service).Add(float64(len(done)))
	}
	return len(done), waiting
}

func entryOf(f store.Fact) entry {
	e, err := Stored(f)
	if err == nil {
		err = ValidateRead(e.Type, e.Data)
	}
	return entry{fact: f, message: ToMessage(e, f.Topic, f.Key), trace: e.Trace, bad: err}
}

// produce sends what can be sent at once.
func (r *Relay) produce(ctx context.Context, entries []entry) {
	var messages []kafka.Message
	var which []int
	for i, e := range entries {
		if e.bad == nil {
			messages, which = append(messages, entries[i].onItsWay(ctx)), append(which, i)
		}
	}
	if len(messages) == 0 {
		return
	}
	for i, err := range kafka.Outcomes(r.c.Producer.Produce(ctx, messages), len(messages)) {
		entries[which[i]].failed = err
		entries[which[i]].span.End(err)
	}
}

// onItsWay gives the message with the trace that it is published in.
func (e *entry) onItsWay(ctx context.Context) kafka.Message {
	if e.trace == "" {
		return e.message
	}
	var sending context.Context
	sending, e.span = telemetry.Begin(telemetry.Continue(ctx, e.trace), telemetry.Sends, "publish", e.fact.Topic)
	e.span.Note("liuke.fact", e.fact.ID)
	m := e.message
	m.Headers = withTrace(slices.Clone(m.Headers), telemetry.Here(sending), headerTrace, headerTraceState)
	return m
}

// settle ends the story of each fact in order and gives those that are done
// with, and the error of those that have to wait. Once a fact waits, those of
// its aggregate after it wait too.
func (r *Relay) settle(ctx context.Context, entries []entry) (done []store.Fact, waiting error) {
	held := map[string]bool{}
	for _, e := range entries {
		if held[e.fact.Aggregate] {
			continue
		}
		err := e.failed
		if errors.Is(err, kafka.ErrRefused) {
			// A batch is refused as a whole, and for most of it that is not its own fault.
			if err = r.alone(ctx, e.message); errors.Is(err, kafka.ErrRefused) {
				e.bad, err = err, nil
			}
		}
		if err == nil && e.bad != nil {
			err = r.park(ctx, e)
		}
		if err != nil {
			held[e.fact.Aggregate] = true
			if waiting == nil {
				waiting = r.failed("publish", err)
			}
			continue
		}
		done = append(done, e.fact)
	}
	return done, waiting
}

// alone sends one message by itself.
func (r *Relay) alone(ctx context.Context, m kafka.Message) error {
	return kafka.Outcomes(r.c.Producer.Produce(ctx, []kafka.Message{m}), 1)[0]
}

// park puts a fact that will never be published into the dead letters, so that
// it does not hold up the others.
func (r *Relay) park(ctx context.Context, e entry) error {
	group := relayGroup + r.c.Service
	letter := DeadLetter{ID: group + ":" + e.fact.ID, Group: group, Topic: e.fact.Topic, Partition: -1, Offset: -1, Key: e.message.Key,
		Fact: e.fact.ID, Type: e.fact.Type, Error: e.bad.Error(), Attempts: 1, At: r.c.Clock(), State: LetterPending,
		Headers: e.message.Headers, Value: e.message.Value}
	if letter.Value == nil {
		letter.Value = e.fact.Body // not even readable as a recorded fact
	}
	if err := bury(ctx, r.c.Producer, letter); err != nil {
		return err
	}
	r.c.Metrics.refused.WithLabelValues(r.c.Service).Inc()
	r.c.Log.ErrorContext(ctx, "a fact cannot be published and was parked as a dead letter", "fact", e.fact.ID, "type", e.fact.Type, "error", e.bad)
	return nil
}

// gauge shows the backlog.
func (r *Relay) gauge(ctx context.Context) {
	count, oldest, err := r.c.Engine.Backlog(ctx)
	if err != nil {
		_ = r.failed("read", err)
		return
	}
	age := 0.0
	if count > 0 && !oldest.IsZero() {
		age = max(r.c.Clock().Sub(oldest).Seconds(), 0)
	}
	r.c.Metrics.pending.WithLabelValues(r.c.Service).Set(float64(count))
	r.c.Metrics.oldest.WithLabelValues(r.c.Service).Set(age)
}

func (r *Relay) failed(step string, err error) error {
	r.c.Metrics.relayErrors.WithLabelValues(r.c.Service, step).Inc()
	return fmt.Errorf("relay of %s: %s: %w", r.c.Service, step, err)
}

// rest waits and tells whether ctx still stands.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
