package facts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"liuke.dev/shared/courtesy"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
)

// ConsumerConfig says what a consumer group reads and who handles it.
type ConsumerConfig struct {
	Cluster kafka.Cluster
	Group   string   // liuke.<service>[.<purpose>]
	Topics  []string // catalogue topics

	// Handle handles one fact. Facts of one key come one after the other, in order;
	// partitions run side by side, and beside them what failed is tried again.
	Handle func(ctx context.Context, e Event) error
	// HandleBatch handles what one fetch gave, in its place: nil, or one outcome
	// per fact. Facts with an error come again, those of one key together and in
	// order. Where a fact fails, the handler decides about those of the same
	// aggregate after it.
	HandleBatch func(ctx context.Context, batch []Event) []error
	// Read makes events of messages that are no facts of the catalogue; nil: they are.
	// A message that it cannot read becomes a dead letter.
	Read func(m kafka.Message) (Event, error)
	// Types limits which facts are handled; empty: all.
	Types []string
	// Seen skips facts that were handled before. Leave it nil where handlers are
	// idempotent by aggregate version or id, as they should be.
	Seen *Seen

	MaxBatch    int           // facts of one fetch, 200
	Workers     int           // partitions handled side by side, 8
	MaxAttempts int           // before a fact becomes a dead letter, 5
	Timeout     time.Duration // of one call of the handler, 30 s
	// Courtesy is how long facts wait at most while people wait for the processors, 3 s.
	Courtesy time.Duration
	// Promises tells that what it handles keeps promises: it waits for people alone,
	// not for promises that came due.
	Promises bool

	Metrics *Metrics
	Health  *health.Board // shows how the consumer stands; nil: nobody
	Log     *slog.Logger
	Clock   instant.Clock
}

// lagEvery is how often the group's lag is measured.
const lagEvery = 5 * time.Second

// Consume reads facts and hands them over until ctx ends; it then returns nil.
// A fact is committed only once it was handled or lies in the dead letters. It
// waits out a Kafka that is away, and with the fact in hand whatever the handler
// says is away. A fact that fails by itself, or whose handler does not come back in
// time, is tried again beside the others; only those of its key wait for it.
func Consume(ctx context.Context, c ConsumerConfig) error {
	if (c.Handle == nil) == (c.HandleBatch == nil) || c.Group == "" || len(c.Topics) == 0 || c.Cluster == nil {
		return fmt.Errorf("consume: group %q needs a cluster, topics and exactly one handler", c.Group)
	}
	c.MaxBatch, c.Workers, c.MaxAttempts = cmp.Or(c.MaxBatch, 200), cmp.Or(c.Workers, 8), cmp.Or(c.MaxAttempts, 5)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Courtesy = cmp.Or(c.Courtesy, 3*time.Second)
	if c.Metrics == nil {
		c.Metrics = NewMetrics(nil)
	}
	if c.Clock == nil {
		c.Clock = instant.Now
	}
	c.Log = orDiscard(c.Log).With("group", c.Group)
	consumer := &consumer{ConsumerConfig: c, aside: newAside()}
	consumer.shown(c.Health)
	if consumer.member = consumer.join(ctx); consumer.member == nil {
		return nil
	}
	var measuring sync.WaitGroup
	reading, stop := context.WithCancel(ctx)
	measuring.Go(func() { consumer.measure(reading) })
	err := consumer.run(ctx)
	stop() // whatever ended it: who waits for this consumer must hear of it
	closing := consumer.member.Close()
	measuring.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(err, closing)
}

// join joins the group, nil when ctx ended before the cluster answered.
func (c *consumer) join(ctx context.Context) kafka.Member {
	for pause := patience(); ; {
		m, err := c.Cluster.Join(ctx, c.Group, c.Topics)
		if c.standing.failed(err); err == nil {
			return m
		}
		wait := pause.NextBackOff()
		c.Log.WarnContext(ctx, "cannot join the consumer group", "error", err, "again_in", wait)
		if !rest(ctx, wait) {
			return nil
		}
	}
}

// patience is the pause between attempts while something is away.
func patience() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: 100 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: 5 * time.Second}
}

type consumer struct {
	ConsumerConfig
	member   kafka.Member
	standing standing
	pace     pace

	aside      *aside
	committing sync.Mutex   // so that offsets are committed in their order
	handled    atomic.Int64 // facts so far
}

func (c *consumer) run(ctx context.Context) error {
	defer c.aside.work.Wait()
	for {
		messages, err := c.member.Fetch(ctx, c.MaxBatch)
		if err != nil {
			return err
		}
		for part, wanted := range c.parts(c.aside.fetched(messages)) {
			if c.take(ctx, part, wanted); ctx.Err() != nil {
				return ctx.Err()
			}
			c.aside.wait(ctx)
		}
	}
}

// politePart is how many facts of a fetch, of those that the group wants, are
// handled before people are let pass again: some tens of milliseconds of work.
const politePart = 50

// take handles a part of a fetch and commits what is done with.
func (c *consumer) take(ctx context.Context, messages []kafka.Message, wanted bool) {
	turn := courtesy.Turn
	if c.Promises {
		turn = courtesy.Before
	}
	if wanted {
		defer turn(ctx, c.Courtesy)()
	}
	if c.HandleBatch != nil {
		c.handle(ctx, messages)
	} else {
		c.sideBySide(ctx, split(messages))
	}
	c.commit(ctx)
}

// split gives each partition's messages, in order.
func split(messages []kafka.Message) [][]kafka.Message {
	at := map[place]int{}
	var boxes [][]kafka.Message
	for _, m := range messages {
		n, known := at[placeOf(m)]
		if !known {
			n, boxes = len(boxes), append(boxes, nil)
			at[placeOf(m)] = n
		}
		boxes[n] = append(boxes[n], m)
	}
	return boxes
}

// sideBySide handles partitions in parallel, each one's facts one by one.
func (c *consumer) sideBySide(ctx context.Context, boxes [][]kafka.Message) {
	var wait sync.WaitGroup
	free := make(chan struct{}, c.Workers)
	for _, box := range boxes {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			for n := range box {
				if !c.handle(ctx, box[n:n+1]) {
					return
				}
			}
		})
	}
	wait.Wait()
}

// handle takes messages through the chain. Those that fail are set aside, with
// all of their keys that come after them: nobody waits for what is theirs alone.
// It tells whether it may go on; it may not when ctx ended.
func (c *consumer) handle(ctx context.Context, messages []kafka.Message) bool {
	var open []*item
	for _, m := range messages {
		if i := c.read(m); i == nil {
			c.aside.done(m)
		} else if !c.aside.behind(i) {
			open = append(open, i)
		}
	}
	parked := map[*item]bool{}
	ended := c.process(ctx, open, func(i *item) {
		parked[i] = true
		c.setAside(ctx, i)
	})
	for _, i := range open {
		if ended && !parked[i] {
			c.aside.done(i.message)
		}
	}
	return ended
}

// commit commits what is done with. Failing is no harm: the facts come again.
func (c *consumer) commit(ctx context.Context) {
	c.committing.Lock()
	defer c.committing.Unlock()
	last := c.aside.finished()
	if len(last) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := c.member.Commit(ctx, last); err != nil {
		c.Log.WarnContext(ctx, "offsets not committed; these facts may come again", "error", err)
	}
}

// measure shows the group's lag.
func (c *consumer) measure(ctx context.Context) {
	for {
		if lag, err := c.Cluster.Lag(ctx, c.Group, c.Topics); err == nil {
			all := int64(0)
			for topic, n := range lag {
				c.Metrics.lag.WithLabelValues(c.Group, topic).Set(float64(n))
				all += n
			}
			c.pace.measured(all)
			if r, ok := c.member.(kafka.Reaffirmer); ok && all > 0 {
				c.reaffirm(ctx, r)
			}
		}
		if !rest(ctx, lagEvery) {
			return
		}
	}
}

// reaffirm does not wait for a group that has no coordinator: the lag is to be seen.
func (c *consumer) reaffirm(ctx context.Context, r kafka.Reaffirmer) {
	within, cancel := context.WithTimeout(ctx, lagEvery)
	defer cancel()
	if err := r.Reaffirm(within); err != nil && ctx.Err() == nil {
		c.Log.DebugContext(ctx, "offsets could not be compared", "error", err)
	}
}

// wants tells whether the message is for this group and of a type that it handles.
func (c *consumer) wants(m kafka.Message) bool {
	if only := m.Header(headerReplayFor); only != "" && only != c.Group {
		return false
	}
	return m.Value != nil && (len(c.Types) == 0 || slices.Contains(c.Types, m.Header(headerType)))
}
