package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
)

// many gives facts of so many leads, of which every nth is poison, in one stream.
func many(t *testing.T, leads, nth int) (all []kafka.Message, poison func(Event) bool) {
	t.Helper()
	for n := range leads {
		all = append(all, leadFact(t, fmt.Sprintf("l%03d", n), 1))
	}
	return all, func(e Event) bool {
		var n int
		_, _ = fmt.Sscanf(e.Aggregate, "lead/l%d", &n)
		return nth > 0 && n%nth == 0
	}
}

// delays runs a group for a while over facts of 300 leads, each of which takes a
// millisecond, and gives when the healthy ones were handled, soonest first.
func delays(t *testing.T, batch bool, nth int, harm func(context.Context) error, while time.Duration) (healthy []time.Duration, m kafka.Cluster) {
	t.Helper()
	all, poison := many(t, 300, nth)
	cluster := memory(t, all...)
	var mu sync.Mutex
	begun, first := time.Now(), map[string]bool{}
	handle := func(ctx context.Context, e Event) error {
		time.Sleep(time.Millisecond)
		if poison(e) {
			return harm(ctx)
		}
		mu.Lock()
		defer mu.Unlock()
		if first[e.ID] {
			return nil // again, as its batch panicked
		}
		first[e.ID] = true
		healthy = append(healthy, time.Since(begun))
		return nil
	}
	c := ConsumerConfig{Cluster: cluster, Handle: handle}
	if batch {
		c.Handle, c.MaxBatch = nil, 16
		c.HandleBatch = func(ctx context.Context, events []Event) []error {
			out := make([]error, len(events))
			for i, e := range events {
				out[i] = handle(ctx, e)
			}
			return out
		}
	}
	consume(t, c, while)
	slices.Sort(healthy)
	return healthy, cluster
}

// Facts that cannot be handled become dead letters, each tried five times, and
// nobody else waits for them: 30 of 300 leads are poison, and the 99th percentile
// of the others' time to be handled is as without them.
func TestPoisonDelaysNobodyElse(t *testing.T) {
	for name, batch := range map[string]bool{"one by one": false, "in batches": true} {
		t.Run(name, func(t *testing.T) {
			p99 := func(nth int, harm func(context.Context) error) (at time.Duration, dead int) {
				synctest.Test(t, func(t *testing.T) {
					got, m := delays(t, batch, nth, harm, time.Hour)
					if nth > 0 && len(got) != 270 || nth == 0 && len(got) != 300 {
						t.Fatalf("%d healthy facts were handled", len(got))
					}
					at = got[len(got)*99/100]
					dead = len(letters(t, m))
					if lag, _ := m.Lag(t.Context(), group, []string{catalogue.TopicLeads}); lag[catalogue.TopicLeads] != 0 {
						t.Error("lag", lag)
					}
				})
				return at, dead
			}
			without, _ := p99(0, nil)
			for kind, harm := range map[string]func(context.Context) error{
				"failing":   func(context.Context) error { return errors.New("broken") },
				"panicking": func(context.Context) error { panic("boom") },
			} {
				with, dead := p99(10, harm)
				t.Logf("%s: p99 of the others %v, without poison %v", kind, with, without)
				if with > without+50*time.Millisecond || dead != 30 {
					t.Errorf("%s: p99 of the others %v, without poison %v; %d dead letters", kind, with, without, dead)
				}
			}
		})
	}
}

// A handler that never comes back for one fact, whether it heeds its context or
// not, holds up no other partition and, after its first time-out, not its own
// either. Since others come back, the fact is at fault: it becomes a dead letter.
func TestAHandlerThatHangsOnAFact(t *testing.T) {
	for name, hang := range map[string]func(ctx context.Context, end <-chan struct{}) error{
		"until its time is up": func(ctx context.Context, _ <-chan struct{}) error { <-ctx.Done(); return ctx.Err() },
		"for good":             func(_ context.Context, end <-chan struct{}) error { <-end; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := make(chan struct{})
				var all []kafka.Message
				for v := int64(1); v <= 40; v++ {
					all = append(all, leadFact(t, "bad", v), leadFact(t, fmt.Sprint("good", v), 1))
				}
				m := memory(t, all...)
				begun := time.Now()
				var mu sync.Mutex
				slowest := time.Duration(0)
				d := &desk{answer: func(ctx context.Context, e Event, _ int) error {
					if e.Aggregate == "lead/bad" && e.Version == 1 {
						return hang(ctx, end)
					}
					mu.Lock()
					defer mu.Unlock()
					if e.Aggregate != "lead/bad" {
						slowest = max(slowest, time.Since(begun))
					}
					return nil
				}}
				go func() { // others come later, too
					for n := range 20 {
						time.Sleep(time.Minute)
						_ = m.Produce(t.Context(), []kafka.Message{leadFact(t, fmt.Sprint("later", n), 1)})
					}
				}()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
				defer cancel()
				if err := Consume(ctx, ConsumerConfig{Cluster: m, Group: group, Topics: []string{catalogue.TopicLeads}, Handle: d.handle}); err != nil {
					t.Error(err)
				}
				close(end)
				synctest.Wait()
				dead := letters(t, m)
				if len(dead) != 1 || dead[0].Fact != "lead/bad/1/0" || dead[0].Attempts != 5 {
					t.Fatalf("%d dead letters", len(dead))
				}
				mu.Lock()
				defer mu.Unlock()
				var bad []string
				for _, id := range d.got {
					if len(id) > 9 && id[:9] == "lead/bad/" && id != "lead/bad/1/0" {
						bad = append(bad, id)
					}
				}
				if len(bad) != 39 || !slices.IsSortedFunc(bad, func(a, b string) int { return version(a) - version(b) }) {
					t.Errorf("the facts after it: %v", bad)
				}
				if slowest > 21*time.Minute {
					t.Errorf("the slowest of the others after %v", slowest)
				}
			})
		})
	}
}

func version(id string) (v int) {
	_, _ = fmt.Sscanf(id, "lead/bad/%d/0", &v)
	return v
}

// Where nothing comes back any more, no fact is at fault: all wait, none becomes a
// dead letter, and once what they need is back all are handled.
func TestAnOutageThatHangsKillsNoFact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, _ := many(t, 60, 0)
		m := memory(t, all...)
		begun := time.Now()
		d := &desk{answer: func(ctx context.Context, _ Event, _ int) error {
			if time.Since(begun) < time.Hour {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, 2*time.Hour)
		if len(d.got) != 60 || len(letters(t, m)) != 0 {
			t.Errorf("%d handled, %d dead letters", len(d.got), len(letters(t, m)))
		}
	})
}

// What was set aside when a process ended comes again: nothing is committed past
// a fact that is not done with.
func TestWhatIsSetAsideIsNotCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "bad", 1), leadFact(t, "bad", 2), leadFact(t, "good", 1))
		mended := false
		d := &desk{answer: func(_ context.Context, e Event, _ int) error {
			if e.Aggregate == "lead/bad" && !mended {
				return errors.New("broken")
			}
			return nil
		}}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, 100*time.Millisecond)
		if !slices.Equal(d.got, []string{"lead/good/1/0"}) {
			t.Fatal("before:", d.got)
		}
		mended = true
		d.got = nil
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Minute)
		var bad []string
		for _, id := range d.got {
			if id != "lead/good/1/0" {
				bad = append(bad, id)
			}
		}
		if !slices.Equal(bad, []string{"lead/bad/1/0", "lead/bad/2/0"}) || len(letters(t, m)) != 0 {
			t.Error("after:", d.got)
		}
	})
}

// A group that can handle nothing reads no further than what it may set aside.
func TestSettingAsideIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, _ := many(t, 3*maxAside, 0)
		m := memory(t, all...)
		d := &desk{answer: func(context.Context, Event, int) error { return fmt.Errorf("broken") }}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle, MaxAttempts: 1 << 30}, time.Minute)
		if n := len(d.tries); n < maxAside || n > maxAside+politePart {
			t.Errorf("%d facts in hand, at most %d may be", n, maxAside)
		}
	})
}
