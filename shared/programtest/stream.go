package programtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
)

// topics are all that facts are published on.
var topics = []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications, catalogue.TopicOrganization, catalogue.TopicPolicy,
	catalogue.TopicJourneys}

// Stream collects the facts of all topics, as an outside consumer would: each
// once, by its id.
type Stream struct {
	mu    sync.Mutex
	seen  map[string]bool
	facts []facts.Event
	last  time.Time // when the newest new fact came

	cluster kafka.Cluster
	stop    context.CancelFunc
	readers sync.WaitGroup
	left    left
	caught  chan struct{}
}

// left is a log handler that keeps what Follow says about facts it left out.
type left struct {
	slog.Handler // discards groups and attributes
	mu           sync.Mutex
	all          []string
}

// Enabled tells that errors are looked at.
func (l *left) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// Handle keeps an error.
func (l *left) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	l.mu.Lock()
	l.all = append(l.all, text)
	l.mu.Unlock()
	return nil
}

// Follow begins to collect, from the beginning of every topic.
func Follow(ctx context.Context, broker string) *Stream { return follow(ctx, []string{broker}, "") }

func follow(ctx context.Context, brokers []string, prefix string) *Stream {
	ctx, stop := context.WithCancel(ctx)
	s := &Stream{seen: map[string]bool{}, stop: stop, last: time.Now(), caught: make(chan struct{})}
	s.left.Handler = slog.DiscardHandler
	s.cluster = kafka.Open(kafka.Config{Brokers: brokers, Prefix: prefix, ClientID: "programtest"})
	log := slog.New(&s.left)
	var behind sync.WaitGroup
	for _, topic := range topics {
		behind.Add(1)
		s.readers.Go(func() {
			_ = facts.Follow(ctx, s.cluster, topic, log, s.take, behind.Done) // ends with ctx
		})
	}
	go func() { behind.Wait(); close(s.caught) }()
	return s
}

func (s *Stream) take(e facts.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen[e.ID] {
		s.seen[e.ID] = true
		s.facts = append(s.facts, e)
		s.last = time.Now()
	}
	return nil
}

// CaughtUp waits until everything that stood in the topics at the beginning was read.
func (s *Stream) CaughtUp(ctx context.Context) error {
	select {
	case <-s.caught:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the topics could not be read to their end: %w", ctx.Err())
	}
}

// Quiet tells for how long no new fact has come.
func (s *Stream) Quiet() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.last)
}

// Facts gives all facts so far, in the order of their arrival.
func (s *Stream) Facts() []facts.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]facts.Event(nil), s.facts...)
}

// Unreadable gives what was said about facts that could not be read.
func (s *Stream) Unreadable() []string {
	s.left.mu.Lock()
	defer s.left.mu.Unlock()
	return append([]string(nil), s.left.all...)
}

// Close stops collecting.
func (s *Stream) Close() error {
	s.stop()
	s.readers.Wait()
	return s.cluster.Close()
}

// Await waits until a fact of the type comes (or came) that match accepts.
func Await[D any](ctx context.Context, s *Stream, eventType string, match func(facts.Event, D) bool) (facts.Event, D, error) {
	from := 0
	for {
		all := s.Facts()
		for _, e := range all[from:] {
			if e.Type != eventType {
				continue
			}
			d, err := facts.Decode[D](e)
			if err != nil {
				return e, d, err
			}
			if match(e, d) {
				return e, d, nil
			}
		}
		from = len(all)
		select {
		case <-ctx.Done():
			var none D
			return facts.Event{}, none, errors.Join(fmt.Errorf("no %s came that was waited for, among %d facts", eventType, from), ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
