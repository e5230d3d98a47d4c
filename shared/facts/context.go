package facts

import (
	"context"

	"liuke.dev/shared/catalogue"
)

type (
	actorKey struct{}
	causeKey struct{}
)

// WithActor says who acts in the context.
func WithActor(ctx context.Context, a catalogue.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom gives who acts; a context without an actor acts as the process.
func ActorFrom(ctx context.Context) catalogue.Actor {
	if a, ok := ctx.Value(actorKey{}).(catalogue.Actor); ok {
		return a
	}
	return catalogue.Actor{ID: "liuke", Kind: catalogue.ActorProcess}
}

// WithCause says which fact or obligation causes what the context does.
func WithCause(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, causeKey{}, id)
}

// CauseFrom gives the cause, empty where a person decided.
func CauseFrom(ctx context.Context) string {
	c, _ := ctx.Value(causeKey{}).(string)
	return c
}
