package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"liuke.dev/shared/telemetry"
	"liuke.dev/shared/telemetry/otlp"
)

func record(t testing.TB, ratio float64) *tracetest.InMemoryExporter {
	t.Helper()
	kept := tracetest.NewInMemoryExporter()
	t.Cleanup(telemetry.Use(sdk.NewTracerProvider(sdk.WithSyncer(kept), sdk.WithSampler(otlp.Sampler(ratio)))))
	return kept
}

func TestATraceGoesOnAcrossTextAndHeaders(t *testing.T) {
	kept := record(t, 1)
	ctx, request := telemetry.Serve(t.Context(), http.Header{}, true, "POST /v1/leads")
	text := telemetry.Here(ctx)
	parent, state := telemetry.Split(text)
	if len(parent) != 55 || state != "" || !strings.HasPrefix(parent, "00-"+telemetry.ID(ctx)+"-") {
		t.Fatalf("%q is not a traceparent of trace %s", text, telemetry.ID(ctx))
	}
	later, step := telemetry.Begin(telemetry.Continue(context.Background(), text), telemetry.Sends, "publish", "liuke.leads")
	header := http.Header{}
	telemetry.Inject(later, header)
	step.End(errors.New("away"))
	_, far := telemetry.Serve(context.Background(), header, true, "PUT /v1/reminders/{id}")
	far.Link(text).Note("liuke.rule", "idle.1").End(nil)
	request.End(nil)
	spans := kept.GetSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	publish, remind, root := spans[0], spans[1], spans[2]
	for _, s := range spans {
		if s.SpanContext.TraceID() != root.SpanContext.TraceID() {
			t.Errorf("%s is in another trace", s.Name)
		}
	}
	if publish.Parent.SpanID() != root.SpanContext.SpanID() || remind.Parent.SpanID() != publish.SpanContext.SpanID() {
		t.Error("the steps do not follow from one another")
	}
	if publish.Name != "publish liuke.leads" || publish.Status.Code != codes.Error || publish.Status.Description != "away" {
		t.Errorf("publish: %s %v", publish.Name, publish.Status)
	}
	if len(remind.Links) != 1 || len(remind.Attributes) != 1 {
		t.Errorf("remind has links %v and notes %v", remind.Links, remind.Attributes)
	}
}

func TestNothingButARequestBeginsATrace(t *testing.T) {
	kept := record(t, 1)
	ctx, step := telemetry.Begin(t.Context(), telemetry.Inside, "sweep", "")
	if step.Recording() || telemetry.Here(ctx) != "" {
		t.Error("background work began a trace")
	}
	for _, senseless := range []string{"", "x", "00-zz-zz-01", strings.Repeat("0", 55)} {
		if ctx := telemetry.Continue(t.Context(), senseless); telemetry.Here(ctx) != "" {
			t.Errorf("%q continues a trace", senseless)
		}
	}
	if n := len(kept.GetSpans()); n > 0 {
		t.Errorf("%d spans", n)
	}
}

func TestWhatIsNotRecordedStaysSo(t *testing.T) {
	kept := record(t, 0)
	ctx, request := telemetry.Serve(t.Context(), http.Header{}, true, "GET /v1/leads")
	_, inner := telemetry.Begin(ctx, telemetry.Inside, "commit", "lead")
	header := http.Header{}
	telemetry.Inject(ctx, header)
	if request.Recording() || inner.Recording() || telemetry.Here(ctx) != "" || len(header) > 0 || len(kept.GetSpans()) > 0 {
		t.Error("an unsampled request leaves traces")
	}
}

func TestAStrangersTraceIsNotContinued(t *testing.T) {
	kept := record(t, 1)
	header := http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, "Tracestate": {"v=1"}}
	believed, one := telemetry.Serve(t.Context(), header, true, "a")
	stranger, two := telemetry.Serve(t.Context(), header, false, "b")
	one.End(nil)
	two.End(nil)
	if telemetry.ID(believed) != "0af7651916cd43dd8448eb211c80319c" || telemetry.ID(stranger) == telemetry.ID(believed) || len(kept.GetSpans()) != 2 {
		t.Errorf("believed %s, stranger %s", telemetry.ID(believed), telemetry.ID(stranger))
	}
	if _, state := telemetry.Split(telemetry.Here(believed)); state != "v=1" {
		t.Errorf("tracestate %q", state)
	}
	if got := telemetry.Join("p", strings.Repeat("x", 300)); got != "p" {
		t.Errorf("an endless tracestate is kept: %.20s…", got)
	}
}

func TestLogLinesCarryWhatTheContextKnows(t *testing.T) {
	record(t, 1)
	var out bytes.Buffer
	log := slog.New(telemetry.LogHandler(slog.NewTextHandler(&out, nil))).With("service", "leads")
	ctx, _ := telemetry.Serve(t.Context(), http.Header{}, true, "x")
	ctx = telemetry.With(ctx, telemetry.Names{Request: "R1"})
	telemetry.Identify(ctx, "zhang")
	inner := telemetry.With(ctx, telemetry.Names{Fact: "lead/1/1/0", Journey: "lead/1"})
	telemetry.About(ctx, "C9")
	telemetry.About(ctx, "C10") // the first one counts
	log.WarnContext(ctx, "one", "customer", "said")
	log.WarnContext(inner, "two")
	log.WarnContext(ctx, "three")
	log.Warn("four")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"msg=one service=leads customer=said request=R1 person=zhang trace=" + telemetry.ID(ctx),
		"msg=two service=leads request=R1 person=zhang fact=lead/1/1/0 journey=lead/1 trace=" + telemetry.ID(ctx),
		"msg=three service=leads request=R1 person=zhang customer=C9 trace=" + telemetry.ID(ctx), "msg=four service=leads"} {
		if !strings.HasSuffix(lines[i], want) {
			t.Errorf("%s\ndoes not end in %s", lines[i], want)
		}
	}
}

// What instrumentation costs: off, on and not sampled, and recorded.
func BenchmarkStep(b *testing.B) {
	run := func(ctx context.Context) func(b *testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				inner, step := telemetry.Begin(ctx, telemetry.Inside, "commit", "lead")
				_ = telemetry.Here(inner)
				step.Note("liuke.customer", "c").End(nil)
			}
		}
	}
	type layer int
	deep := context.WithValue(context.WithValue(b.Context(), layer(1), 1), layer(2), 2)
	b.Run("off", run(deep))
	restore := telemetry.Use(sdk.NewTracerProvider(sdk.WithSampler(otlp.Sampler(0))))
	unsampled, _ := telemetry.Serve(deep, http.Header{}, true, "x")
	b.Run("not sampled", run(unsampled))
	restore()
	restore = telemetry.Use(sdk.NewTracerProvider(sdk.WithBatcher(tracetest.NewNoopExporter())))
	defer restore()
	sampled, _ := telemetry.Serve(deep, http.Header{}, true, "x")
	b.Run("recorded", run(sampled))
}
