package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const group = "liuke.test"

// leadFact gives a fact about a lead as it lies in Kafka.
func leadFact(t testing.TB, id string, version int64) kafka.Message {
	d := lead()
	d.After.ID, d.AggregateVersion = id, version
	e := Event{ID: store.FactID("lead/"+id, version, 0), Source: "liuke/leads", Type: d.Kind().Type, Subject: "lead/" + id, Time: at,
		Aggregate: "lead/" + id, Version: version, Data: raw(t, d)}
	return ToMessage(e, catalogue.TopicLeads, "")
}

func memory(t testing.TB, messages ...kafka.Message) *kafkatest.Memory {
	t.Helper()
	m := kafkatest.New()
	if err := m.EnsureTopics(t.Context(), Topics(3, 0)); err != nil {
		t.Fatal(err)
	}
	if err := m.Produce(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
	return m
}

// desk is a handler that notes what it gets and answers as told.
type desk struct {
	mu     sync.Mutex
	got    []string
	answer func(ctx context.Context, e Event, attempt int) error
	tries  map[string]int
}

func (d *desk) handle(ctx context.Context, e Event) error {
	d.mu.Lock()
	if d.tries == nil {
		d.tries = map[string]int{}
	}
	d.tries[e.ID]++
	n := d.tries[e.ID]
	d.mu.Unlock()
	if d.answer != nil {
		if err := d.answer(ctx, e, n); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, e.ID)
	return nil
}

// consume runs a consumer for a while of the bubble's time.
func consume(t *testing.T, c ConsumerConfig, while time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), while)
	defer cancel()
	c.Group, c.Topics = group, []string{catalogue.TopicLeads}
	if err := Consume(ctx, c); err != nil {
		t.Error(err)
	}
}

func letters(t *testing.T, m kafka.Cluster) []DeadLetter {
	t.Helper()
	page, err := DeadLetters(m).List(t.Context(), LetterQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Letters
}

func TestFactsAreHandledInOrderOnceAndCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []kafka.Message
		for v := int64(1); v <= 20; v++ {
			all = append(all, leadFact(t, "a", v), leadFact(t, "b", v))
		}
		m, d := memory(t, all...), &desk{}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle, MaxBatch: 7}, time.Second)
		for _, l := range []string{"a", "b"} {
			var mine []string
			for _, id := range d.got {
				if strings.HasPrefix(id, "lead/"+l) {
					mine = append(mine, id)
				}
			}
			for v := range 20 {
				if len(mine) != 20 || mine[v] != store.FactID("lead/"+l, int64(v+1), 0) {
					t.Fatal(mine)
				}
			}
		}
		if lag, _ := m.Lag(t.Context(), group, []string{catalogue.TopicLeads}); lag[catalogue.TopicLeads] != 0 {
			t.Error("lag", lag)
		}
		before := len(d.got)
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Second)
		if len(d.got) != before {
			t.Error("handled again after a restart")
		}
	})
}

func TestTheHandlerActsAsAProcessBecauseOfTheFact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "a", 1))
		called := false
		consume(t, ConsumerConfig{Cluster: m, Handle: func(ctx context.Context, e Event) error {
			called = true
			if a := ActorFrom(ctx); a.Kind != catalogue.ActorProcess || a.ID != group || CauseFrom(ctx) != e.ID || !store.IsBackground(ctx) {
				t.Error(a, CauseFrom(ctx))
			}
			return nil
		}}, time.Second)
		if !called {
			t.Fatal("not called")
		}
	})
}

func TestWhatBecomesOfAFactThatCannotBeHandled(t *testing.T) {
	broken := errors.New("broken")
	cases := []struct {
		name     string
		answer   func(n int) error
		tries    int
		attempts int // of the dead letter, 0: none
	}{
		{"mended at the third try", func(n int) error { return map[bool]error{true: broken}[n < 3] }, 3, 0},
		{"broken for good", func(int) error { return broken }, 5, 5},
		{"final at once", func(int) error { return Final(broken) }, 1, 1},
		{"a panic", func(int) error { panic("boom") }, 5, 5},
		{"a store that is away for long", func(n int) error { return map[bool]error{true: fmt.Errorf("get: %w", store.ErrUnavailable)}[n < 40] }, 40, 0},
		{"a service that is away for long", func(n int) error { return map[bool]error{true: problem.Away(broken)}[n < 40] }, 40, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := memory(t, leadFact(t, "a", 1), leadFact(t, "a", 2))
				d := &desk{answer: func(_ context.Context, e Event, n int) error {
					if e.Version == 1 {
						return c.answer(n)
					}
					return nil
				}}
				consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Hour)
				if d.tries["lead/a/1/0"] != c.tries {
					t.Errorf("%d tries", d.tries["lead/a/1/0"])
				}
				want := []string{"lead/a/1/0", "lead/a/2/0"}
				dead := letters(t, m)
				if c.attempts > 0 {
					want = want[1:]
					if len(dead) != 1 || dead[0].Attempts != c.attempts || dead[0].Fact != "lead/a/1/0" || dead[0].Group != group || dead[0].Error == "" ||
						dead[0].Topic != catalogue.TopicLeads || dead[0].Offset != 0 {
						t.Fatalf("%+v", dead)
					}
				} else if len(dead) != 0 {
					t.Fatalf("%+v", dead)
				}
				if !slices.Equal(d.got, want) {
					t.Error(d.got)
				}
			})
		})
	}
}

func TestWhatIsNoFactBecomesADeadLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noEvent := kafka.Message{Topic: catalogue.TopicLeads, Key: "x", Value: []byte("hello")}
		wrong := leadFact(t, "b", 1)
		wrong.Value = []byte(`{"after":{}}`)
		m, d := memory(t, noEvent, wrong, leadFact(t, "c", 1)), &desk{}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Minute)
		if dead := letters(t, m); len(dead) != 2 || !slices.Equal(d.got, []string{"lead/c/1/0"}) {
			t.Fatal(dead, d.got)
		}
	})
}

func TestAFactIsNotSkippedWhileTheDeadLettersAreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "a", 1), leadFact(t, "a", 2))
		start := time.Now()
		m.Refuse(func(msg kafka.Message) error {
			if msg.Topic == catalogue.TopicDeadLetters && time.Since(start) < time.Minute {
				return errors.New("no leader")
			}
			return nil
		})
		var second time.Duration
		d := &desk{answer: func(_ context.Context, e Event, _ int) error {
			if e.Version == 1 {
				return Final(errors.New("broken"))
			}
			second = time.Since(start)
			return nil
		}}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Hour)
		if second < time.Minute || d.tries["lead/a/1/0"] != 1 || len(letters(t, m)) != 1 {
			t.Fatal(second, d.tries, letters(t, m))
		}
	})
}

func TestABatchHasOneOutcomePerFact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "a", 1), leadFact(t, "a", 2), leadFact(t, "a", 3))
		var calls [][]string
		consume(t, ConsumerConfig{Cluster: m, HandleBatch: func(_ context.Context, batch []Event) []error {
			var ids []string
			out := make([]error, len(batch))
			for i, e := range batch {
				ids = append(ids, e.ID)
				if e.Version == 2 {
					out[i] = errors.New("broken")
				}
			}
			calls = append(calls, ids)
			return out
		}, MaxAttempts: 2}, time.Minute)
		if len(calls) != 2 || len(calls[0]) != 3 || !slices.Equal(calls[1], []string{"lead/a/2/0"}) {
			t.Fatal(calls)
		}
		if dead := letters(t, m); len(dead) != 1 || dead[0].Fact != "lead/a/2/0" {
			t.Fatal(dead)
		}
	})
}

func TestTypesOfNoInterestAreSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, d := memory(t, leadFact(t, "a", 1)), &desk{}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle, Types: []string{"liuke.leads.lead_changed.v1"}}, time.Second)
		if lag, _ := m.Lag(t.Context(), group, []string{catalogue.TopicLeads}); len(d.got) != 0 || lag[catalogue.TopicLeads] != 0 {
			t.Fatal(d.got, lag)
		}
	})
}
