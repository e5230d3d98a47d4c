package httpx_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/telemetry"
	"liuke.dev/shared/telemetry/otlp"
)

// traced makes a server whose one operation says which customer it is about and
// fails, or whatever do does.
func traced(t testing.TB, log *slog.Logger, do func(context.Context) error) http.Handler {
	t.Helper()
	e := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "notes", Version: "1", Engine: e, Log: log,
		Verifier: authtest.Tokens{"wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}}})
	if err != nil {
		t.Fatal(err)
	}
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/notes/{id}", ID: "change-note", Status: http.StatusNoContent}, func(ctx context.Context, _ *struct {
		ID string `path:"id"`
	}) (*httpx.None, error) {
		return httpx.NoContent(), do(ctx)
	})
	return e
}

func TestARequestIsAStepAndItsLogLinesNameIt(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	t.Cleanup(telemetry.Use(trace.NewTracerProvider(trace.WithSyncer(kept))))
	var out bytes.Buffer
	h := traced(t, slog.New(telemetry.LogHandler(slog.NewTextHandler(&out, nil))), func(ctx context.Context) error {
		telemetry.About(ctx, "C7")
		return errors.New("broken")
	})
	const from = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	w := httpxtest.Serve(t, h, "wang", "POST", "/v1/notes/1", nil, "Traceparent", from, "X-Request-Id", "R5")
	line := out.String()
	for _, want := range []string{"request=R5", "person=wang", "customer=C7", "trace=0af7651916cd43dd8448eb211c80319c", "error=broken"} {
		if !strings.Contains(line, want) {
			t.Errorf("%s\nlacks %s", line, want)
		}
	}
	spans := kept.GetSpans()
	if w.Code != 500 || len(spans) != 1 || spans[0].Name != "POST /v1/notes/:id" || spans[0].Status.Description == "" {
		t.Fatalf("%d, spans %v", w.Code, spans)
	}
	notes := map[string]string{}
	for _, a := range spans[0].Attributes {
		notes[string(a.Key)] = a.Value.String()
	}
	if notes["liuke.request"] != "R5" || notes["liuke.person"] != "wang" || notes["liuke.customer"] != "C7" || notes["http.response.status_code"] != "500" {
		t.Error(notes)
	}
	httpxtest.Serve(t, h, "", "POST", "/v1/notes/1", nil, "Traceparent", from)
	if spans = kept.GetSpans(); len(spans) != 2 || spans[1].SpanContext.TraceID() == spans[0].SpanContext.TraceID() {
		t.Error("somebody without a token chose the trace")
	}
	httpxtest.Serve(t, h, "wang", "POST", "/v1/notes/1", nil, effects.HeaderCause, "lead:1:idle.0:1")
	if spans = kept.GetSpans(); len(spans) != 2 {
		t.Error("an effect of what nobody records began a trace")
	}
}

// What a request costs besides its work: off, on and not sampled, recorded.
func BenchmarkRequest(b *testing.B) {
	h := traced(b, slog.New(slog.DiscardHandler), func(context.Context) error { return nil })
	run := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequestWithContext(context.Background(), "POST", "/v1/notes/1", nil)
			r.Header.Set("Authorization", "Bearer wang")
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != http.StatusNoContent {
				b.Fatal(w.Body)
			}
		}
	}
	b.Run("off", run)
	restore := telemetry.Use(trace.NewTracerProvider(trace.WithSampler(otlp.Sampler(0))))
	b.Run("not sampled", run)
	restore()
	restore = telemetry.Use(trace.NewTracerProvider(trace.WithBatcher(tracetest.NewNoopExporter())))
	defer restore()
	b.Run("recorded", run)
}
