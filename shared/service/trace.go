package service

import (
	"context"
	"time"

	"liuke.dev/shared/telemetry/otlp"
)

// flushWithin bounds how long the end waits for a collector of traces.
const flushWithin = 3 * time.Second

// trace turns tracing on as configured. The name under which the process is
// known is its service's, or liuke where it hosts several.
func (h *Host) trace(ctx context.Context) (end func(), err error) {
	name := "liuke"
	if len(h.servers) == 1 {
		name += "-" + h.servers[0].Name()
	}
	stop, err := otlp.Start(ctx, otlp.Config{Endpoint: h.Config.Traces, Ratio: h.Config.TracesRatio, Service: name, Version: Version, Log: h.Log})
	if err != nil {
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
		defer cancel()
		if err := stop(ctx); err != nil {
			h.Log.WarnContext(ctx, "the last traces are lost", "error", err)
		}
	}, nil
}
