package facts_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

var leadSpec = store.Spec{Name: "lead"}

const group = "liuke.test"

// house is a store and a broker.
type house struct {
	engine  store.Engine
	cluster *kafka.Client
	// stop and start take the broker away and bring it back.
	stop, start func()
}

// open gives a house with an embedded broker.
func open(t testing.TB) *house {
	t.Helper()
	config := broker.Config{Dir: t.TempDir(), Address: free(t)}
	var b *broker.Broker
	start := func() {
		var err error
		if b, err = broker.Start(t.Context(), config); err != nil {
			t.Error(err)
		}
	}
	start()
	t.Cleanup(func() { b.Stop() })
	h := furnish(t, config.Address)
	h.start, h.stop = start, func() { b.Stop() }
	return h
}

// furnish gives a house on a broker that runs.
func furnish(t testing.TB, address string) *house {
	t.Helper()
	h := &house{cluster: kafka.New(kafka.Config{Brokers: []string{address}, SessionTimeout: 2 * time.Second})}
	t.Cleanup(func() { h.cluster.Close() })
	if err := h.cluster.EnsureTopics(t.Context(), facts.Topics(4, 0)); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.engine, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	if err := h.engine.Declare(t.Context(), leadSpec); err != nil {
		t.Fatal(err)
	}
	return h
}

func free(t testing.TB) string {
	t.Helper()
	at, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	return at[0]
}

// background runs until the test ends, before the house is taken down.
func background(t testing.TB, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func (h *house) relay(t testing.TB) {
	r := facts.NewRelay(facts.RelayConfig{Service: "leads", Engine: h.engine, Producer: h.cluster, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	background(t, r.Run)
}

func (h *house) consume(t testing.TB, handle func(context.Context, facts.Event) error) {
	background(t, func(ctx context.Context) error {
		return facts.Consume(ctx, facts.ConsumerConfig{Cluster: h.cluster, Group: group, Topics: []string{catalogue.TopicLeads}, Handle: handle, MaxAttempts: 2,
			Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	})
}

// commit stores the next version of a lead with one fact.
func (h *house) commit(t testing.TB, id string) {
	t.Helper()
	leads := store.Of[string](h.engine, leadSpec)
	doc, err := leads.Get(t.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		doc = store.New(id, "")
	} else if err != nil {
		t.Fatal(err)
	}
	now := instant.Now()
	fact, err := facts.Record(t.Context(), facts.Stamp{Source: "liuke/leads", At: now}, doc.Version+1, &catalogue.LeadRecorded{After: catalogue.Lead{
		ID: id, Company: "上海远景", Contact: "王敏", Source: "web_form", Need: "300 套", Status: catalogue.LeadNew, ArrivedAt: now, RecordedAt: now, ClocksFrom: now}})
	if err != nil {
		t.Fatal(err)
	}
	if err := leads.Commit(t.Context(), doc, "", fact); err != nil {
		t.Fatal(err)
	}
}

// log notes when each fact was first handled, and how often.
type log struct {
	mu    sync.Mutex
	first map[string]time.Time
	order map[string][]int64
	times int
}

func (l *log) handle(_ context.Context, e facts.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first, l.order = map[string]time.Time{}, map[string][]int64{}
	}
	l.times++
	if _, ok := l.first[e.ID]; !ok {
		l.first[e.ID] = time.Now()
		l.order[e.Aggregate] = append(l.order[e.Aggregate], e.Version)
	}
	return nil
}

func (l *log) has(id string) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.first[id]
	return at, ok
}

func (l *log) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.first)
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func TestAFactReachesItsConsumerSoonAfterTheCommit(t *testing.T) { soon(t, open(t)) }

func TestNoFactIsLostWhenTheBrokerGoesAndComesBack(t *testing.T) { outage(t, open(t)) }

func TestADeadLetterOnTheBrokerIsListedAndReplayed(t *testing.T) { replayed(t, open(t)) }

func TestAFactTooLargeForTheBrokerIsRefusedForGood(t *testing.T) { tooLarge(t, open(t)) }

func soon(t *testing.T, h *house) {
	l := &log{}
	h.relay(t)
	h.consume(t, l.handle)
	h.commit(t, "warm")
	eventually(t, "the first fact", func() bool { return l.count() == 1 })
	var published, handled []time.Duration
	for i := range 60 {
		id := fmt.Sprint("l", i)
		start := time.Now()
		h.commit(t, id)
		committed := time.Now()
		eventually(t, id, func() bool { n, _, err := h.engine.Backlog(t.Context()); return err == nil && n == 0 })
		published = append(published, time.Since(committed))
		var at time.Time
		eventually(t, id, func() bool { var ok bool; at, ok = l.has("lead/" + id + "/1/0"); return ok })
		handled = append(handled, at.Sub(start))
	}
	slices.Sort(published)
	slices.Sort(handled)
	t.Logf("commit to marked as published p50 %s p95 %s; command to handled p50 %s p95 %s", published[30], published[57], handled[30], handled[57])
	if published[30] > 30*time.Millisecond || handled[30] > 50*time.Millisecond {
		t.Errorf("too slow: published p50 %s, handled p50 %s", published[30], handled[30])
	}
}

func outage(t *testing.T, h *house) {
	l := &log{}
	h.relay(t)
	h.consume(t, l.handle)
	const leads, each = 5, 40
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for range 2 {
			time.Sleep(150 * time.Millisecond)
			h.stop()
			time.Sleep(400 * time.Millisecond)
			h.start()
		}
	}()
	for range each {
		for i := range leads {
			h.commit(t, fmt.Sprint("l", i))
		}
		time.Sleep(20 * time.Millisecond)
	}
	<-stopped
	eventually(t, "everything handled", func() bool { return l.count() == leads*each })
	for aggregate, versions := range l.order {
		if !slices.IsSorted(versions) {
			t.Errorf("%s: first appearances out of order: %v", aggregate, versions)
		}
	}
	t.Logf("%d facts handled %d times", l.count(), l.times)
}

func replayed(t *testing.T, h *house) {
	h.relay(t)
	var mu sync.Mutex
	mended, handled := false, 0
	h.consume(t, func(context.Context, facts.Event) error {
		mu.Lock()
		defer mu.Unlock()
		if !mended {
			return errors.New("broken")
		}
		handled++
		return nil
	})
	h.commit(t, "a")
	desk := facts.DeadLetters(h.cluster)
	var id string
	eventually(t, "a dead letter", func() bool {
		page, err := desk.List(t.Context(), facts.LetterQuery{State: facts.LetterPending})
		if err == nil && page.Total == 1 {
			id = page.Letters[0].ID
		}
		return id != ""
	})
	mu.Lock()
	mended = true
	mu.Unlock()
	if l, err := desk.Replay(t.Context(), id); err != nil || l.Fact != "lead/a/1/0" || l.Attempts != 2 {
		t.Fatal(l, err)
	}
	eventually(t, "handled", func() bool { mu.Lock(); defer mu.Unlock(); return handled == 1 })
	if l, err := desk.Show(t.Context(), id); err != nil || l.State != facts.LetterReplayed {
		t.Fatal(l, err)
	}
}

func tooLarge(t *testing.T, h *house) {
	large := kafka.Message{Topic: catalogue.TopicLeads, Key: "x", Value: make([]byte, kafka.DefaultMaxMessageBytes+1)}
	fits := kafka.Message{Topic: catalogue.TopicLeads, Key: "x", Value: make([]byte, kafka.DefaultMaxMessageBytes-1000)}
	outcomes := kafka.Outcomes(h.cluster.Produce(t.Context(), []kafka.Message{fits, large, fits}), 3)
	if outcomes[0] != nil || !errors.Is(outcomes[1], kafka.ErrRefused) || outcomes[2] != nil {
		t.Fatal(outcomes)
	}
}

func BenchmarkRelay(b *testing.B) {
	h, l := open(b), &log{}
	for i := range b.N {
		h.commit(b, fmt.Sprint("l", i%100))
	}
	h.consume(b, l.handle)
	b.ResetTimer()
	h.relay(b)
	eventually(b, "all handled", func() bool { return l.count() == b.N })
}
