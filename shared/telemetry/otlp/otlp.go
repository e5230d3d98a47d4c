// Package otlp sets tracing up: where spans go, and how many requests are
// recorded.
package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
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
	Endpoint string  // URL of an OTLP collector over HTTP, http://host:4318; empty or none: off
	Ratio    float64 // of requests that are recorded, 0 to 1
	Service  string
	Version  string
	Log      *slog.Logger
}

// None is the endpoint that means off.
const None = "none"

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

// Check tells what is wrong with an endpoint and a ratio.
func Check(endpoint string, ratio float64) error {
	var errs []error
	if endpoint != "" && endpoint != None {
		if _, err := target(endpoint); err != nil {
			errs = append(errs, err)
		}
	}
	if ratio < 0 || ratio > 1 {
		errs = append(errs, fmt.Errorf("traces_ratio: %v is not between 0 and 1", ratio))
	}
	return errors.Join(errs...)
}

// target gives the URL that spans are posted to.
func target(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("traces: %q is neither none nor the URL of an OTLP collector over HTTP", endpoint)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

// Start turns tracing on, unless it is configured off. stop sends what is left
// and turns it off; it waits no longer than its context.
func Start(ctx context.Context, c Config) (stop func(context.Context) error, err error) {
	if c.Endpoint == "" || c.Endpoint == None {
		return func(context.Context) error { return nil }, nil
	}
	to, err := target(c.Endpoint)
	if err != nil {
		return nil, err
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
