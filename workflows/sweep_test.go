package workflows

import (
	"log/slog"
	"slices"
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

// Journeys that decided by an older policy, and those that overslept, are asked
// for a new decision; the others, and those that have ended, are left alone.
func TestSweep(t *testing.T) {
	w := hosttest.New(t, 1)
	start := instant.Of(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC))
	now := start
	temporal := &mocks.Client{}
	var asked []string
	temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, host.SignalReconsider, mock.Anything, mock.Anything, mock.Anything, mock.Anything).
		Run(func(a mock.Arguments) { asked = append(asked, a.String(1)) }).Return(nil, nil)
	s, err := NewWith(t.Context(), service.Deps{Store: w.Store, Policy: w.Policy, Directory: w.People, Clock: func() instant.Time { return now }, Log: slog.New(slog.DiscardHandler)}, temporal, w.Services)
	if err != nil {
		t.Fatal(err)
	}
	s.patience = 0 // nobody decides here
	sweep := func() []string {
		t.Helper()
		asked = nil
		if err := s.sweepOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(asked)
		return asked
	}
	decide := func(id, key string) {
		t.Helper()
		h := journeytest.New(t)
		outcome := map[bool]string{true: catalogue.DealLost, false: catalogue.DealOpen}[id == "ended"]
		h.Tell("deal/"+id, start, &catalogue.DealOpened{After: catalogue.Deal{ID: id, Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageSince: start, ClocksFrom: start, Outcome: outcome}})
		if _, err := w.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: id, Key: key, Now: now, Events: h.Events}); err != nil {
			t.Fatal(err)
		}
	}
	decide("d1", "0")
	decide("d2", "0")
	decide("ended", "0")
	if got := sweep(); len(got) != 0 {
		t.Errorf("asked %v, all is well", got)
	}
	if err := w.Policy.Put(policy.Book{Version: 2, EffectiveFrom: start.Add(time.Hour), Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
	if got := sweep(); len(got) != 0 {
		t.Errorf("asked %v before the policy is in force", got)
	}
	now = start.Add(2 * time.Hour)
	decide("d1", "1")
	if got := sweep(); !slices.Equal(got, []string{"deal/d2"}) {
		t.Errorf("asked %v, want the one that decided by the older policy", got)
	}
	decide("d2", "1")
	now = start.Add(7*24*time.Hour + 2*overdueBy) // both should have woken by now
	decide("d2", "2")
	if got := sweep(); !slices.Equal(got, []string{"deal/d1"}) {
		t.Errorf("asked %v, want the one that overslept", got)
	}
}
