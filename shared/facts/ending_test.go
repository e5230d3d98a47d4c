package facts

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
)

// ending is a cluster whose groups end by themselves, and answer nobody then.
type ending struct{ kafka.Cluster }

var errEnded = errors.New("the reader has ended")

func (ending) Join(context.Context, string, []string) (kafka.Member, error) {
	return endedMember{}, nil
}

type endedMember struct{ kafka.Member }

func (endedMember) Fetch(ctx context.Context, _ int) ([]kafka.Message, error) {
	if !rest(ctx, time.Minute) {
		return nil, ctx.Err()
	}
	return nil, errEnded
}

func (endedMember) Reaffirm(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
func (endedMember) Close() error                       { return nil }

// A consumer that cannot go on says so to whoever runs it, who can start the
// process anew; it does not stand there and read nothing.
func TestAConsumerThatEndsSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "a", 1)) // something waits, so that offsets are compared
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := Consume(ctx, ConsumerConfig{Cluster: ending{m}, Group: group, Topics: []string{catalogue.TopicLeads}, Handle: new(desk).handle})
		if !errors.Is(err, errEnded) || ctx.Err() != nil {
			t.Errorf("ended with %v, %v", err, ctx.Err())
		}
	})
}
