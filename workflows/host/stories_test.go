package host_test

import (
	"testing"

	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
)

// every kind of journey lives
// on the host from its first fact to its end: nothing is lost, late or twice, and at
// every step it says in both languages where it stands and what comes next.
func TestEveryKindLivesOnTheHost(t *testing.T) {
	for _, s := range hosttest.Stories() {
		t.Run(s.Kind, func(t *testing.T) {
			w := hosttest.New(t, 1)
			env := environment(t, w, noon)
			story, begins := w.Recount(t, s, noon, func(events ...journey.Event) {
				env.SignalWorkflow(host.SignalFacts, host.Facts{Events: events})
			})
			env.ExecuteWorkflow(host.Types[s.Kind], host.Input{Kind: s.Kind, ID: s.ID, Version: host.Version, Events: begins})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			story.Check()
		})
	}
}
