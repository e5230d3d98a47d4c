package router

import (
	"context"
	"testing"

	"go.temporal.io/sdk/client"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/host"
)

// starts remembers with what journeys were started.
type starts struct {
	*fakeTemporal
	input   host.Input
	options client.StartWorkflowOptions
}

func (s *starts) SignalWithStartWorkflow(ctx context.Context, id, signal string, arg any, o client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	s.options, s.input = o, args[0].(host.Input)
	return s.fakeTemporal.SignalWithStartWorkflow(ctx, id, signal, arg, o, workflow, args...)
}

// A journey that begins shows at once what its first decision would have to add,
// and knows that it does; one that is merely told something shows its kind alone.
func TestAJourneyThatBeginsShowsWhatIsKnown(t *testing.T) {
	now := instant.Time(1_790_000_000_000)
	for _, c := range []struct {
		data catalogue.Data
		of   string
		want *host.Shown
		all  int
	}{
		{&catalogue.LeadRecorded{After: catalogue.Lead{Status: "new", Owner: "wang"}}, "lead/a", &host.Shown{Stage: "new", Owner: "wang", NextDue: now}, 4},
		{&catalogue.DealOpened{After: catalogue.Deal{Stage: "quoted", Owner: "wang", Customer: "c"}}, "deal/a", &host.Shown{Stage: "quoted", Owner: "wang", Customer: "c", NextDue: now}, 5},
		{&catalogue.LeadChanged{}, "lead/a", nil, 1},
	} {
		s := &starts{fakeTemporal: newTemporal()}
		for _, err := range New(s, 1, nil, func() instant.Time { return now }).Handle(t.Context(), []facts.Event{fact(t, c.of, 1, "person", c.data)}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := s.input.Shown; (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: shows %+v, not %+v", c.of, got, c.want)
		}
		if n := s.options.TypedSearchAttributes.Size(); n != c.all {
			t.Errorf("%s: %d search attributes, not %d", c.of, n, c.all)
		}
	}
}
