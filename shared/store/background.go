package store

import "context"

type backgroundKey struct{}

// Background marks what is done under the context as background work: an
// engine takes the commits of people before it, without ever starving it.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// IsBackground tells whether the context was marked by Background.
func IsBackground(ctx context.Context) bool { return ctx.Value(backgroundKey{}) != nil }
