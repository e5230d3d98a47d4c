package httpx

import "context"

type streamsKey struct{}

// WithStreams gives requests a context with whose end event streams end, while
// other requests under way finish.
func WithStreams(ctx, streams context.Context) context.Context {
	return context.WithValue(ctx, streamsKey{}, streams)
}

// stream gives the context of an event stream.
func stream(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	streams, ok := ctx.Value(streamsKey{}).(context.Context)
	if !ok {
		return ctx, cancel
	}
	stop := context.AfterFunc(streams, cancel)
	return ctx, func() { stop(); cancel() }
}
