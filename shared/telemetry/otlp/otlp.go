// Package otlp sets tracing up: where spans go, and how many requests are
// recorded.
package otlp

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"liuke.dev/shared/telemetry"
)

// Config of tracing.
type Config struct {
	Endpoint string  // see telemetry.Collector
	Ratio    float64 // of requests that are recorded, 0 to 1
	Service  string
	Version  string
	Log      *slog.Logger
}

// What is kept for a collector that is slow or away; beyond it spans are dropped,
// and nobody waits.
const (
	queued      = 8192
	batch       = 512
	batchEvery  = 2 * time.Second
	exportBound = 5 * time.Second
	// complainEvery bounds how often a collector that is away is mentioned.
	complainEvery = time.Minute
)

// Start turns tracing on, unless it is configured off. stop sends what is left
// and turns it off; it waits no longer than its context.
func Start(ctx context.Context, c Config) (stop func(context.Context) error, err error) {
	to, err := telemetry.Collector(c.Endpoint)
	if err != nil || to == "" {
		return func(context.Context) error { return nil }, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to), otlptracehttp.WithTimeout(exportBound))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	instance, _ := os.Hostname()
	about := resource.NewSchemaless(attribute.String("service.name", c.Service), attribute.String("service.version", c.Version),
		attribute.String("service.namespace", "liuke"), attribute.String("service.instance.id", fmt.Sprintf("%s:%d", instance, os.Getpid())))
	otel.SetErrorHandler(complaints(c.Log))
	provider := trace.NewTracerProvider(trace.WithResource(about), trace.WithSampler(Sampler(c.Ratio)),
		trace.WithBatcher(exporter, trace.WithMaxQueueSize(queued), trace.WithMaxExportBatchSize(batch), trace.WithBatchTimeout(batchEvery), trace.WithExportTimeout(exportBound)))
	restore := telemetry.Use(provider)
	return func(ctx context.Context) error {
		restore()
		return provider.Shutdown(ctx)
	}, nil
}

// Sampler records a part of the requests, and whatever continues a recorded one.
func Sampler(ratio float64) trace.Sampler {
	return trace.ParentBased(trace.TraceIDRatioBased(ratio))
}

// complaints passes on what the exporter complains of, now and then.
func complaints(log *slog.Logger) otel.ErrorHandlerFunc {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var last atomic.Int64
	return func(err error) {
		now := time.Now().UnixNano()
		if before := last.Load(); now-before > int64(complainEvery) && last.CompareAndSwap(before, now) {
			log.Warn("traces are not taken by the collector; they are dropped", "error", err)
		}
	}
}
