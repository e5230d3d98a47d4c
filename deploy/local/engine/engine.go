// Package engine owns the embedded engines of the all-in-one program as one
// thing: the data directory, the broker on it, and the Temporal server, started
// in that order and stopped in the other. What the services get to know of them
// is addresses.
package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/enums/v1"
	"liuke.dev/deploy/local/broker"
	"liuke.dev/deploy/local/datadir"
	"liuke.dev/deploy/local/temporalserver"
)

// Config says where the engines keep their data and where they listen.
type Config struct {
	// Dir is the data directory.
	Dir string
	// Kafka, Temporal and TemporalUI are addresses, host:port; the UI's may be empty for none.
	Kafka, Temporal, TemporalUI string
	// KafkaAdvertised is what clients on other machines are told, when Kafka is a wildcard.
	KafkaAdvertised string
	Topics          []broker.Topic
	Namespace       string
	// SearchAttributes of journeys.
	SearchAttributes map[string]enums.IndexedValueType
	// TimeSkipping lets clients ask for journeys whose timers do not wait.
	TimeSkipping bool
	Log          *slog.Logger
}

// Engines are running.
type Engines struct {
	Data     *datadir.Dir
	Broker   *broker.Broker
	Temporal *temporalserver.Server
}

// startWithin bounds a start: one that takes longer hangs.
const startWithin = time.Minute

// Start starts everything or nothing.
func Start(ctx context.Context, cfg Config) (_ *Engines, err error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	e := new(Engines)
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Stop())
		}
	}()
	if e.Data, err = datadir.Open(cfg.Dir); err != nil {
		return nil, err
	}
	e.Broker, err = broker.Start(ctx, broker.Config{
		Dir: e.Data.Kafka(), Address: cfg.Kafka, Advertised: cfg.KafkaAdvertised, Topics: cfg.Topics, Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	e.Temporal, err = temporalserver.Start(ctx, temporalserver.Config{
		Dir: e.Data.Temporal(), Address: cfg.Temporal, UIAddress: cfg.TemporalUI, Namespace: cfg.Namespace,
		SearchAttributes: cfg.SearchAttributes, TimeSkipping: cfg.TimeSkipping, Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Failed tells of an error after which the engines cannot go on: end the program.
func (e *Engines) Failed() <-chan error { return e.Temporal.Failed() }

// Stop ends what runs, in some two seconds, and lets go of the data directory.
// Stop services and workers first.
func (e *Engines) Stop() error {
	var errs []error
	if e.Temporal != nil {
		errs = append(errs, e.Temporal.Stop())
	}
	if e.Broker != nil {
		errs = append(errs, e.Broker.Stop())
	}
	if e.Data != nil {
		errs = append(errs, e.Data.Close())
	}
	return errors.Join(errs...)
}
