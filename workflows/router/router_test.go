package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"go.temporal.io/sdk/client"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows/host"
)

// fakeTemporal remembers what it was asked.
type fakeTemporal struct {
	mu      sync.Mutex
	signals map[string][]host.Facts
	types   map[string]any
	away    func(id string) bool
	running int
	most    int
}

func (c *fakeTemporal) SignalWithStartWorkflow(_ context.Context, id, signal string, arg any, _ client.StartWorkflowOptions, workflow any, _ ...any) (client.WorkflowRun, error) {
	c.mu.Lock()
	c.running++
	c.most = max(c.most, c.running)
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.running--; c.mu.Unlock() }()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away != nil && c.away(id) {
		return nil, errors.New("connection refused")
	}
	f, ok := arg.(host.Facts)
	if !ok || signal != host.SignalFacts {
		return nil, fmt.Errorf("signal %s with %T", signal, arg)
	}
	c.signals[id] = append(c.signals[id], f)
	c.types[id] = workflow
	return nil, nil
}

func newTemporal() *fakeTemporal {
	return &fakeTemporal{signals: map[string][]host.Facts{}, types: map[string]any{}}
}

func fact(t *testing.T, aggregate string, version int64, by string, d catalogue.Data) facts.Event {
	t.Helper()
	d.SetHead(catalogue.Head{AggregateVersion: version, Actor: catalogue.Actor{ID: "x", Kind: by}})
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return facts.Event{ID: fmt.Sprintf("%s/%d/0", aggregate, version), Type: d.Kind().Type, Subject: aggregate, Aggregate: aggregate, Version: version, Time: instant.Now(), Data: raw}
}

func task(kind, id string, due instant.Time) catalogue.Task {
	return catalogue.Task{ID: "t", Subject: catalogue.Subject{Kind: kind, ID: id}, Due: due, Status: catalogue.TaskOpen}
}

// Which facts go to which journey; what no journey reads goes to none.
func TestRoute(t *testing.T) {
	for name, c := range map[string]struct {
		e    facts.Event
		want string
	}{
		"a lead":                       {fact(t, "lead/l1", 1, "person", &catalogue.LeadRecorded{}), "lead/l1"},
		"a first contact":              {fact(t, "first_contact/l1", 1, "person", &catalogue.FirstContactSignalled{}), "lead/l1"},
		"a deal":                       {fact(t, "deal/d1", 1, "person", &catalogue.DealOpened{}), "deal/d1"},
		"a transfer":                   {fact(t, "transfer/t1", 1, "person", &catalogue.TransferStepped{}), "transfer/t1"},
		"a contract":                   {fact(t, "contract/k1", 1, "person", &catalogue.ContractDrafted{}), "contract/k1"},
		"an ownership":                 {fact(t, "ownership/c1", 1, "person", &catalogue.OwnerChanged{}), ""},
		"a task that a person made":    {fact(t, "task/t", 1, "person", &catalogue.TaskCreated{After: task("deal", "d1", 1)}), "deal/d1"},
		"a task that a journey made":   {fact(t, "task/t", 1, "journey", &catalogue.TaskCreated{After: task("deal", "d1", 1)}), ""},
		"a task ended by a follow-up":  {fact(t, "task/t", 2, "process", &catalogue.TaskEnded{After: task("lead", "l1", 1)}), ""},
		"a task ended by a person":     {fact(t, "task/t", 2, "person", &catalogue.TaskEnded{After: task("lead", "l1", 1)}), "lead/l1"},
		"a task postponed":             {fact(t, "task/t", 2, "person", &catalogue.TaskChanged{Before: task("lead", "l1", 1), After: task("lead", "l1", 2)}), "lead/l1"},
		"a task with another assignee": {fact(t, "task/t", 2, "process", &catalogue.TaskChanged{Before: task("lead", "l1", 1), After: task("lead", "l1", 1)}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			to, ok, err := Route(c.e)
			got := ""
			if ok {
				got = to.Kind + "/" + to.ID
			}
			if got != c.want || err != nil {
				t.Errorf("goes to %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// One signal per journey and batch, facts in order; bounded.
func TestBatchesAreGrouped(t *testing.T) {
	c := newTemporal()
	var batch []facts.Event
	for v := range int64(10) {
		for d := range 10 {
			batch = append(batch, fact(t, fmt.Sprintf("deal/d%d", d), v+1, "person", &catalogue.DealChanged{}))
		}
	}
	for _, err := range New(c, 3, nil, instant.Now).Handle(t.Context(), batch) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(c.signals) != 10 || c.most > 3 {
		t.Errorf("%d journeys, %d at once", len(c.signals), c.most)
	}
	for id, signals := range c.signals {
		if len(signals) != 1 || len(signals[0].Events) != 10 || c.types[id] != "DealJourney" {
			t.Fatalf("%s: %d signals", id, len(signals))
		}
		for i, e := range signals[0].Events {
			if e.Version != int64(i)+1 {
				t.Errorf("%s: fact %d has version %d", id, i, e.Version)
			}
		}
	}
}

// While Temporal is away no fact is done with: it will come again. Other journeys' are.
func TestTemporalAway(t *testing.T) {
	c := newTemporal()
	c.away = func(id string) bool { return id == "deal/d1" }
	batch := []facts.Event{fact(t, "deal/d1", 1, "person", &catalogue.DealOpened{}), fact(t, "deal/d2", 1, "person", &catalogue.DealOpened{}), fact(t, "deal/d1", 2, "person", &catalogue.DealChanged{})}
	out := New(c, 3, nil, instant.Now).Handle(t.Context(), batch)
	var p *problem.Error
	if !errors.As(out[0], &p) || p.Code != problem.Unavailable || !errors.As(out[2], &p) {
		t.Errorf("outcomes %v: want unavailable, which is tried again without limit", out)
	}
	if out[1] != nil {
		t.Errorf("the other journey's fact: %v", out[1])
	}
}

// A deal that was closed before it was imported starts no journey.
func TestImportedClosedDealsStartNothing(t *testing.T) {
	for _, typ := range Types {
		if typ == (&catalogue.DealImported{}).Kind().Type {
			t.Error("deal_imported is routed")
		}
	}
}
