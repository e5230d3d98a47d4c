package mongo

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"liuke.dev/shared/telemetry"
)

func TestCommandsOfARecordedTraceAreItsSteps(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	t.Cleanup(telemetry.Use(trace.NewTracerProvider(trace.WithSyncer(kept))))
	ctx, _ := telemetry.Serve(t.Context(), http.Header{}, false, "POST")
	m := monitor()
	begin := func(ctx context.Context, id int64, name string) {
		m.Started(ctx, &event.CommandStartedEvent{RequestID: id, CommandName: name, DatabaseName: "leads"})
	}
	done := func(id int64, name string) event.CommandFinishedEvent {
		return event.CommandFinishedEvent{RequestID: id, CommandName: name, Duration: time.Millisecond}
	}
	begin(ctx, 1, "find")
	begin(ctx, 2, "update")
	begin(context.Background(), 3, "find") // in no trace
	m.Failed(ctx, &event.CommandFailedEvent{CommandFinishedEvent: done(2, "update"), Failure: errors.New("no primary")})
	m.Succeeded(ctx, &event.CommandSucceededEvent{CommandFinishedEvent: done(1, "find")})
	m.Succeeded(ctx, &event.CommandSucceededEvent{CommandFinishedEvent: done(3, "find")})
	spans := kept.GetSpans()
	if len(spans) != 2 || spans[0].Name != "mongodb update" || spans[0].Status.Code != codes.Error || spans[1].Name != "mongodb find" || spans[1].Status.Code != codes.Unset {
		t.Errorf("%v", spans)
	}
}
