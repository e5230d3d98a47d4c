package facts

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// tracedFact records a fact in a trace and seals it as a store does.
func tracedFact(t testing.TB, ctx context.Context) store.Fact {
	t.Helper()
	f, err := Record(ctx, Stamp{Source: "liuke/leads", At: at, Customer: "C1"}, 1, &catalogue.LeadPooled{Lead: "a", Reason: "idle"})
	if err != nil {
		t.Fatal(err)
	}
	w := store.Write{Record: store.Record{ID: "a"}, Facts: []store.Fact{f}}
	if err := store.Seal("lead", &w); err != nil {
		t.Fatal(err)
	}
	return w.Facts[0]
}

func TestAFactCarriesItsTraceToEveryConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := tracetest.NewInMemoryExporter()
		defer telemetry.Use(trace.NewTracerProvider(trace.WithSyncer(kept)))()
		ctx, request := telemetry.Serve(t.Context(), http.Header{"Tracestate": {"v=1"}, "Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}, true, "POST")
		f := tracedFact(t, ctx)
		request.End(nil)
		e := entryOf(f)
		m := e.onItsWay(t.Context())
		e.span.End(nil)
		created, sent := m.Header(headerCreated), m.Header(headerTrace)
		if created == sent || !telemetry.Same(created, sent) || m.Header(headerCreatedState) != "v=1" {
			t.Errorf("recorded at %q, sent at %q", created, sent)
		}
		cluster := memory(t)
		if err := cluster.EnsureTopics(t.Context(), Topics(1, 0)); err != nil {
			t.Fatal(err)
		}
		if err := cluster.Produce(t.Context(), []kafka.Message{m}); err != nil {
			t.Fatal(err)
		}
		var names telemetry.Names
		var in, goesOn string
		consume(t, ConsumerConfig{Cluster: cluster, Handle: func(ctx context.Context, e Event) error {
			names, in, goesOn = telemetry.NamesOf(ctx), telemetry.Here(ctx), e.Trace
			return nil
		}}, time.Second)
		if names.Fact != f.ID || names.Customer != "C1" || in == "" || in != goesOn {
			t.Errorf("the handler knows %+v, is at %q, and the fact goes on at %q", names, in, goesOn)
		}
		var order []string
		for parent := ""; ; {
			i := slices.IndexFunc(kept.GetSpans(), func(s tracetest.SpanStub) bool {
				return s.Parent.SpanID().String() == parent || parent == "" && s.Parent.IsRemote() && s.Name == "POST"
			})
			if i < 0 {
				break
			}
			s := kept.GetSpans()[i]
			order, parent = append(order, s.Name), s.SpanContext.SpanID().String()
		}
		if got := strings.Join(order, ", "); got != "POST, publish "+f.Topic+", handle "+f.Type {
			t.Error(got)
		}
	})
}

func TestAFactOfAnUnrecordedRequestIsAsBefore(t *testing.T) {
	plain := tracedFact(t, t.Context())
	defer telemetry.Use(trace.NewTracerProvider(trace.WithSampler(trace.NeverSample())))()
	ctx, _ := telemetry.Serve(t.Context(), http.Header{}, true, "POST")
	if unsampled := tracedFact(t, ctx); unsampled.Hash != plain.Hash || strings.Contains(string(unsampled.Body), "trace") {
		t.Errorf("%s\n%s", plain.Body, unsampled.Body)
	}
}

func BenchmarkRecordAndRead(b *testing.B) {
	run := func(ctx context.Context) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := entryOf(tracedFact(b, ctx))
				m := e.onItsWay(ctx)
				e.span.End(nil)
				if _, err := FromMessage(m); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("off", run(b.Context()))
	defer telemetry.Use(trace.NewTracerProvider(trace.WithBatcher(tracetest.NewNoopExporter())))()
	ctx, _ := telemetry.Serve(b.Context(), http.Header{}, true, "POST")
	b.Run("recorded", run(ctx))
}
