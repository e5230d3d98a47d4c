package activity

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// AliveWithin is how long Temporal waits for a sign of life of an effect that is
// being carried out before it lets another worker try: a worker that was killed
// delays its effects by so much and not by what a slow service is given.
const AliveWithin = 5 * time.Second

// alive gives signs of life until it is stopped. Most effects are done long
// before the first one.
func alive(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		every := time.NewTicker(AliveWithin / 4)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return cancel
}
