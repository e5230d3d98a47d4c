package host_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/client"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// Continuing as new loses no fact: what waits goes along, with how effects ended.
func TestContinueAsNewCarriesEverythingOver(t *testing.T) {
	w := hosttest.New(t, 1)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	h.Tell("deal/d1", noon, &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", SentAt: noon}})
	late := h.Tell("deal/d1", noon.Add(time.Hour), followUp("f1", noon.Add(time.Hour), noon.Add(3*day)))
	w.Services.Answer(func(client.Call, int) error { // as the effect ends, the run grows long and a fact comes in
		env.SetContinueAsNewSuggested(true)
		env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{late}})
		return nil
	})
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:2]})
	var next *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &next) {
		t.Fatalf("ended with %v", err)
	}
	var in host.Input
	if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &in); err != nil {
		t.Fatal(err)
	}
	if next.WorkflowType.Name != "DealJourney" || in.Kind != "deal" || in.ID != "d1" || in.Version != host.Version {
		t.Errorf("continues as %s with %+v", next.WorkflowType.Name, in)
	}
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	read := doc.Number == 2 // the follow-up was decided on before
	if !read && len(in.Events) != 1 {
		t.Errorf("the follow-up was neither read nor carried over: %+v", in)
	}
	if len(doc.Effects) == 1 && len(in.Outcomes) != 1 {
		t.Errorf("how the effect ended was lost: %+v", in)
	}
}

// Without a policy no decision can be made; the facts wait, and are decided on
// once there is one.
func TestFactsWaitForAPolicy(t *testing.T) {
	w := hosttest.NewWithoutPolicy(t, 1)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	second := h.Tell("deal/d1", noon, followUp("f1", noon, noon.Add(3*day)))
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{second}}) }, time.Minute)
	env.RegisterDelayedCallback(func() {
		if err := w.Policy.Put(policy.Book{Version: 1, Sections: policy.Defaults()}); err != nil {
			t.Error(err)
		}
	}, time.Hour)
	env.RegisterDelayedCallback(env.CancelWorkflow, 2*time.Hour)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
	doc, version, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.Decider.Recent(t.Context(), "deal", "d1", version, 10)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, d := range all {
		read += len(d.Read)
	}
	if read != 2 {
		t.Errorf("%d facts were read, want 2", read)
	}
	if doc.At < noon.Add(time.Hour) {
		t.Errorf("decided at %s, before there was a policy", doc.At)
	}
}

// An effect that failed is tried again when a person asks for it, under its id.
func TestRetryOfAFailedEffect(t *testing.T) {
	w := hosttest.New(t, 1)
	broken := true
	w.Services.Answer(func(c client.Call, _ int) error {
		if c.Path[0] == "tasks" && broken {
			return &client.Error{Status: 400, Code: "malformed", Call: "PUT tasks"}
		}
		return nil
	})
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon), &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", SentAt: noon}})
	const id = "deal:d1:quote_confirm:1:0"
	env.RegisterDelayedCallback(func() {
		doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || len(doc.Effects) != 1 || doc.Effects[0].ID != id || doc.Effects[0].Status != decisions.Failed || !doc.Troubled {
			t.Errorf("before: %+v, %v", doc.Effects, err)
		}
		broken = false
		env.SignalWorkflow(host.SignalReconsider, host.Reconsider{Retry: []string{id}})
	}, time.Hour)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalReconsider, host.Reconsider{}) }, 2*time.Hour)
	env.RegisterDelayedCallback(env.CancelWorkflow, 3*time.Hour)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events})
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Effects) != 0 || doc.Troubled {
		t.Errorf("after: %+v", doc.Effects)
	}
	for _, c := range w.Services.Calls() {
		if c.Path[0] == "tasks" && (c.Key != id || c.Cause != "deal:d1:quote_confirm:1") {
			t.Errorf("call under %s because of %s", c.Key, c.Cause)
		}
	}
}

// What costs time in the path of every fact: a decision with its commit.
func BenchmarkDecider(b *testing.B) {
	w := hosttest.New(b, 1)
	h := journeytest.New(b)
	h.Tell("deal/d1", noon, opened("d1", noon))
	if _, err := w.Decider.Decide(b.Context(), decisions.Request{Kind: "deal", ID: "d1", Key: "0", Now: noon, Events: h.Events}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 1; b.Loop(); n++ {
		at := noon.Add(time.Duration(n) * time.Millisecond)
		e := h.Tell("deal/d1", at, followUp("f", at, at.Add(3*day)))
		if _, err := w.Decider.Decide(b.Context(), decisions.Request{Kind: "deal", ID: "d1", Key: e.ID, Now: at, Events: []journey.Event{e}}); err != nil {
			b.Fatal(err)
		}
	}
}
