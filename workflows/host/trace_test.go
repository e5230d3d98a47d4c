package host_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// request begins a trace as a request does, and gives where a fact of it stands.
func request(t *testing.T) string {
	t.Helper()
	ctx, step := telemetry.Serve(t.Context(), http.Header{}, false, "POST")
	step.End(nil)
	return telemetry.Here(ctx)
}

func named(all tracetest.SpanStubs, name string) (out []tracetest.SpanStub) {
	for _, s := range all {
		if s.Name == name {
			out = append(out, s)
		}
	}
	return out
}

func note(s tracetest.SpanStub, key string) string {
	for _, a := range s.Attributes {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

// What fires days later is a step of the trace whose fact armed it, and a fact of
// another trace that arms it anew takes it over.
func TestAReminderBelongsToTheTraceThatArmedIt(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	t.Cleanup(telemetry.Use(trace.NewTracerProvider(trace.WithSyncer(kept))))
	w := hosttest.New(t, 1)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	opening, touching := request(t), request(t)
	h.Events[0].Trace = opening
	touched := h.Tell("deal/d1", noon.Add(8*day), followUp("f1", noon.Add(8*day), noon.Add(60*day)))
	touched.Trace = touching
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{touched}}) }, 8*day)
	env.RegisterDelayedCallback(env.CancelWorkflow, 16*day)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})

	spans := kept.GetSpans()
	decided := map[string]tracetest.SpanStub{}
	for _, d := range named(spans, "decide deal") {
		decided[d.SpanContext.SpanID().String()] = d
	}
	reminders := slices.DeleteFunc(named(spans, "effect Remind"), func(s tracetest.SpanStub) bool { return !strings.Contains(note(s, "liuke.effect"), ":idle.0:") })
	slices.SortFunc(reminders, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	if len(reminders) != 2 {
		t.Fatalf("%d reminders for seven idle days twice", len(reminders))
	}
	for i, from := range []string{opening, touching} {
		r := reminders[i]
		if !telemetry.Same(from, "00-"+r.SpanContext.TraceID().String()) {
			t.Errorf("reminder %d is in trace %s and not in %s", i+1, r.SpanContext.TraceID(), from)
		}
		if _, ok := decided[r.Parent.SpanID().String()]; !ok {
			t.Errorf("reminder %d does not follow from a decision", i+1)
		}
	}
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Armed) > len(doc.Pending) {
		t.Errorf("%d traces are remembered for %d obligations", len(doc.Armed), len(doc.Pending))
	}
}

// Without tracing nothing of it is kept in journeys.
func TestAJourneyThatNobodyTracesRemembersNone(t *testing.T) {
	w := hosttest.New(t, 1)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	env.RegisterDelayedCallback(env.CancelWorkflow, 8*day)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events})
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil || len(doc.Armed) > 0 || w.Services.Count("PUT", "reminders") != 1 {
		t.Errorf("%v, %d reminders: %v", doc.Armed, w.Services.Count("PUT", "reminders"), err)
	}
	for _, e := range doc.Effects {
		if e.Trace != "" {
			t.Errorf("effect %s has a trace", e.ID)
		}
	}
}
