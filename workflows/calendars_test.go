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
	"liuke.dev/shared/service"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey/journeytest"
)

// when a person works by another calendar than a journey decided by, the
// journey is asked anew: at the start, when the calendar changes, and once more for
// a decision that was under way meanwhile.
func TestSweepAfterACalendarChanged(t *testing.T) {
	w := hosttest.New(t, 1)
	start := instant.Of(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC))
	temporal := &mocks.Client{}
	var asked []string
	temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, host.SignalReconsider, mock.Anything, mock.Anything, mock.Anything, mock.Anything).
		Run(func(a mock.Arguments) { asked = append(asked, a.String(1)) }).Return(nil, nil)
	decide := func(id, owner, key string) {
		t.Helper()
		h := journeytest.New(t)
		h.Tell("deal/"+id, start, &catalogue.DealOpened{After: catalogue.Deal{ID: id, Customer: "c1", Owner: owner, Pipeline: "p7", Stage: "contacted", StageSince: start, ClocksFrom: start, Outcome: catalogue.DealOpen}})
		if _, err := w.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: id, Key: key, Now: start, Events: h.Events}); err != nil {
			t.Fatal(err)
		}
	}
	person := func(id, team, calendar string, version int64) {
		w.People.Put(catalogue.Person{ID: id, Active: true, Team: team, Calendar: calendar}, version)
	}
	person("zhang", "east", "", 1)
	person("li", "", "shop", 1)
	decide("d1", "zhang", "0")
	decide("d2", "li", "0")
	person("li", "", "", 2) // while no worker runs
	sweeper := func() func(want ...string) {
		s, err := NewWith(t.Context(), service.Deps{Store: w.Store, Policy: w.Policy, Directory: w.People, Clock: func() instant.Time { return start }, Log: slog.New(slog.DiscardHandler)}, temporal, w.Services)
		if err != nil {
			t.Fatal(err)
		}
		s.patience = 0 // nobody decides here
		return func(want ...string) {
			t.Helper()
			asked = nil
			if err := s.sweepOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(asked, want) {
				t.Errorf("asked %v, want %v", asked, want)
			}
		}
	}
	sweep := sweeper()
	sweep("deal/d2")
	decide("d2", "li", "1")
	sweep()
	w.People.PutTeam(catalogue.Team{ID: "east", Calendar: "shop"}, 1)
	sweep("deal/d1")
	sweep("deal/d1") // once more: it has not decided since
	decide("d1", "zhang", "1")
	sweep()
	if doc, _, err := w.Decider.Get(t.Context(), "deal", "d1"); err != nil || doc.Holder != "zhang" || doc.Calendar != "=shop" {
		t.Errorf("%v %s %s", err, doc.Holder, doc.Calendar)
	}
}
