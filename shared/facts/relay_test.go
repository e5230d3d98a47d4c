package facts

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

var leadSpec = store.Spec{Name: "lead"}

func engine(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if err := e.Declare(t.Context(), leadSpec, SeenSpec); err != nil {
		t.Fatal(err)
	}
	return e
}

// commit stores one version of a lead with n facts.
func commit(t testing.TB, e store.Engine, id string, n int) {
	t.Helper()
	leads := store.Of[string](e, leadSpec)
	doc, err := leads.Get(t.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		doc = store.New(id, "")
	} else if err != nil {
		t.Fatal(err)
	}
	var all []catalogue.Data
	for range n {
		all = append(all, lead())
	}
	recorded, err := RecordAll(t.Context(), Stamp{Source: "liuke/leads", At: at, Customer: "c1"}, doc.Version+1, all...)
	if err != nil {
		t.Fatal(err)
	}
	if err := leads.Commit(t.Context(), doc, "", recorded...); err != nil {
		t.Fatal(err)
	}
}

func pending(t testing.TB, e store.Engine) int64 {
	t.Helper()
	n, _, err := e.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// run runs a relay until the test ends.
func run(t testing.TB, r *Relay) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// value reads a gauge or counter.
func value(t testing.TB, m prometheus.Metric) float64 {
	t.Helper()
	var d dto.Metric
	if err := m.Write(&d); err != nil {
		t.Fatal(err)
	}
	return d.GetGauge().GetValue() + d.GetCounter().GetValue()
}

// inOrder tells whether each aggregate's facts first appeared in order, and how many there are.
func inOrder(t testing.TB, messages []kafka.Message) map[string]int {
	t.Helper()
	next := map[string]Event{}
	count := map[string]int{}
	for _, m := range messages {
		e, err := FromMessage(m)
		if err != nil {
			t.Fatal(err)
		}
		last := next[e.Aggregate]
		n, _ := number(e)
		before := -1
		if last.ID != "" {
			before, _ = number(last)
		}
		switch {
		case e.Version == last.Version && n == before+1, e.Version == last.Version+1 && n == 0:
			next[e.Aggregate] = e
			count[e.Aggregate]++
		case e.Version > last.Version:
			t.Fatalf("%s after %s", e.ID, last.ID)
		}
	}
	return count
}

func TestTheRelayPublishesWhatWasCommittedInOrder(t *testing.T) {
	e, m := engine(t), memory(t)
	commit(t, e, "before", 2) // pending when the relay starts
	run(t, NewRelay(RelayConfig{Service: "leads", Engine: e, Producer: m}))
	for range 10 {
		commit(t, e, "a", 2)
		commit(t, e, "b", 1)
	}
	eventually(t, "published", func() bool { return pending(t, e) == 0 })
	got := inOrder(t, m.Messages(catalogue.TopicLeads))
	if got["lead/before"] != 2 || got["lead/a"] != 20 || got["lead/b"] != 10 {
		t.Fatal(got)
	}
	first, err := FromMessage(m.Messages(catalogue.TopicLeads)[0])
	if err != nil || first.Customer != "c1" || first.Source != "liuke/leads" || first.Time != at || !strings.HasPrefix(first.ID, first.Subject+"/") {
		t.Errorf("%+v %v", first, err)
	}
}

func TestTheRelayWaitsForAKafkaThatIsAway(t *testing.T) {
	e, m := engine(t), memory(t)
	var refused atomic.Int32
	m.Refuse(func(kafka.Message) error {
		if refused.Add(1) <= 6 {
			return errors.New("no broker")
		}
		return nil
	})
	registry := prometheus.NewRegistry()
	metrics := NewMetrics(registry)
	run(t, NewRelay(RelayConfig{Service: "leads", Engine: e, Producer: m, Metrics: metrics}))
	commit(t, e, "a", 3)
	eventually(t, "shown as pending", func() bool { return value(t, metrics.pending.WithLabelValues("leads")) == 3 })
	if value(t, metrics.oldest.WithLabelValues("leads")) <= 0 {
		t.Error("the oldest fact has no age")
	}
	eventually(t, "published", func() bool { return pending(t, e) == 0 })
	if got := inOrder(t, m.Messages(catalogue.TopicLeads)); got["lead/a"] != 3 {
		t.Fatal(got)
	}
	if value(t, metrics.relayErrors.WithLabelValues("leads", "publish")) == 0 {
		t.Error("no errors counted")
	}
}

// What was committed while the end was asked for does not wait for the next start.
func TestTheRelayPublishesTheLastBeforeItEnds(t *testing.T) {
	e, m := engine(t), memory(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := NewRelay(RelayConfig{Service: "leads", Engine: e, Producer: m})
	if err := r.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	commit(t, e, "last", 2)
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := inOrder(t, m.Messages(catalogue.TopicLeads)); got["lead/last"] != 2 || pending(t, e) != 0 {
		t.Fatal(got)
	}
}

func TestAFactThatWillNeverGoDoesNotHoldUpTheOthers(t *testing.T) {
	e, m := engine(t), memory(t)
	commit(t, e, "a", 1)
	commit(t, e, "large", 1)
	leads := store.Of[string](e, leadSpec)
	if err := leads.Commit(t.Context(), store.New("odd", ""), "", store.Fact{Type: "liuke.leads.lead_eaten.v1", Topic: catalogue.TopicLeads, Time: at,
		Body: []byte(`{"source":"liuke/leads","type":"liuke.leads.lead_eaten.v1","time":"` + at.String() + `","data":{}}`)}); err != nil {
		t.Fatal(err)
	}
	commit(t, e, "b", 1)
	batchRefused := false
	m.Refuse(func(msg kafka.Message) error {
		if msg.Topic != catalogue.TopicLeads {
			return nil
		}
		if msg.Key == "lead/large" || !batchRefused { // a broker refuses the whole batch
			batchRefused = batchRefused || msg.Key == "lead/b"
			return fmt.Errorf("%w: too large", kafka.ErrRefused)
		}
		return nil
	})
	r := NewRelay(RelayConfig{Service: "leads", Engine: e, Producer: m})
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := inOrder(t, m.Messages(catalogue.TopicLeads)); len(got) != 2 || got["lead/a"] != 1 || got["lead/b"] != 1 {
		t.Fatal(got)
	}
	dead := letters(t, m)
	if len(dead) != 2 || pending(t, e) != 0 {
		t.Fatal(dead, pending(t, e))
	}
	m.Refuse(nil)
	for _, l := range dead {
		_, err := DeadLetters(m).Replay(t.Context(), l.ID)
		if l.Fact == "lead/large/1/0" && err != nil || l.Fact == "lead/odd/1/0" && err == nil {
			t.Errorf("replay of %s: %v", l.ID, err)
		}
	}
	if got := inOrder(t, m.Messages(catalogue.TopicLeads)); got["lead/large"] != 1 {
		t.Error("the replay did not arrive", got)
	}
}

// slow answers as slowly as a broker, and counts.
type slow struct {
	*kafkatest.Memory
	calls atomic.Int32
}

func (s *slow) Produce(ctx context.Context, m []kafka.Message) error {
	s.calls.Add(1)
	time.Sleep(5 * time.Millisecond)
	return s.Memory.Produce(ctx, m)
}

func TestAStreamOfCommitsIsPublishedInBatches(t *testing.T) {
	e, s := engine(t), &slow{Memory: memory(t)}
	run(t, NewRelay(RelayConfig{Service: "leads", Engine: e, Producer: s}))
	done := make(chan struct{})
	for w := range 4 {
		go func() {
			for i := range 100 {
				commit(t, e, fmt.Sprint("w", w, "-", i%5), 1)
			}
			done <- struct{}{}
		}()
	}
	for range 4 {
		<-done
	}
	eventually(t, "published", func() bool { return pending(t, e) == 0 })
	total := 0
	for _, n := range inOrder(t, s.Messages(catalogue.TopicLeads)) {
		total += n
	}
	if calls := s.calls.Load(); total != 400 || calls > 200 {
		t.Fatalf("%d facts in %d sends", total, calls)
	}
}

func TestSeenSkipsRepeatsAndOnlyThose(t *testing.T) {
	e := engine(t)
	s := NewSeen(e, group)
	event := func(version int64, n int) Event {
		return Event{ID: store.FactID("lead/a", version, n), Aggregate: "lead/a", Version: version}
	}
	for _, c := range []struct {
		version int64
		n       int
		seen    bool
	}{{1, 0, false}, {1, 0, true}, {1, 1, false}, {1, 0, true}, {3, 0, false}, {1, 1, true}, {3, 1, false}} {
		got, err := s.Has(t.Context(), event(c.version, c.n))
		if err != nil || got != c.seen {
			t.Fatalf("%d/%d: %v %v", c.version, c.n, got, err)
		}
		if err := s.Remember(t.Context(), event(c.version, c.n)); err != nil {
			t.Fatal(err)
		}
	}
	m := memory(t, leadFact(t, "x", 1), leadFact(t, "x", 1), leadFact(t, "x", 2))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	d := &desk{}
	if err := Consume(ctx, ConsumerConfig{Cluster: m, Group: group, Topics: []string{catalogue.TopicLeads}, Handle: d.handle, Seen: s}); err != nil {
		t.Fatal(err)
	}
	if len(d.got) != 2 {
		t.Fatal(d.got)
	}
}
