package workflows

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/mocks"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey/journeytest"
)

// touched is how many journeys the policy below touches, and perDecision what a
// decision takes where they are made one after the other: an embedded Temporal
// makes some 130 a second.
const (
	touched     = 400
	perDecision = 7 * time.Millisecond
)

// A policy that touches hundreds of journeys has them decide a window at a time:
// somebody else's journey, signalled meanwhile, waits for a window at most and not
// for all of them.
func TestASweepOfHundredsDelaysNobodyElse(t *testing.T) {
	w := hosttest.New(t, 1)
	start := instant.Of(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC))
	queue := make(chan string, 2*touched) // what a task queue is: first come, first served
	temporal := &mocks.Client{}
	temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, host.SignalReconsider, mock.Anything, mock.Anything, mock.Anything, mock.Anything).
		Run(func(a mock.Arguments) { queue <- a.String(1)[len("deal/"):] }).Return(nil, nil)
	s, err := NewWith(t.Context(), service.Deps{Store: w.Store, Policy: w.Policy, Directory: w.People, Clock: func() instant.Time { return start.Add(time.Hour) },
		Log: slog.New(slog.DiscardHandler)}, temporal, w.Services)
	if err != nil {
		t.Fatal(err)
	}
	for n := range touched {
		id := fmt.Sprint("d", n)
		h := journeytest.New(t)
		h.Tell("deal/"+id, start, &catalogue.DealOpened{After: catalogue.Deal{ID: id, Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageSince: start, ClocksFrom: start, Outcome: catalogue.DealOpen}})
		if _, err := w.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: id, Key: "0", Now: start, Events: h.Events}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Policy.Put(policy.Book{Version: 2, Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var mu sync.Mutex
	asked, waits := map[string]time.Time{}, []time.Duration{}
	all.Go(func() { // the worker
		for n := 0; ctx.Err() == nil; n++ {
			select {
			case <-ctx.Done():
			case id := <-queue:
				time.Sleep(perDecision)
				mu.Lock()
				since, other := asked[id]
				if other {
					waits = append(waits, time.Since(since))
				}
				mu.Unlock()
				if !other {
					if _, err := w.Decider.Decide(ctx, decisions.Request{Kind: "deal", ID: id, Key: fmt.Sprint("s", n), Now: start.Add(time.Hour)}); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			}
		}
	})
	all.Go(func() { // other people
		for n := 0; ctx.Err() == nil; n++ {
			id := fmt.Sprint("other", n)
			mu.Lock()
			asked[id] = time.Now()
			mu.Unlock()
			queue <- id
			time.Sleep(40 * time.Millisecond)
		}
	})
	begun := time.Now()
	if err := s.sweepOnce(ctx); err != nil {
		t.Error(err)
	}
	took := time.Since(begun)
	stop()
	all.Wait()
	if n, err := w.Decider.Count(t.Context(), decisions.Behind("deal", 2)); err != nil || n != 0 {
		t.Errorf("%d journeys did not decide by the new policy, %v", n, err)
	}
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	t.Logf("%d journeys decided within %s; %d of others meanwhile, p99 %s", touched, took.Round(time.Millisecond), len(waits), p99.Round(time.Millisecond))
	if p99 > took/4 {
		t.Errorf("p99 of the others %s: they wait for the whole sweep", p99)
	}
}
