// Package facts carries facts from the command that records them to whoever
// reads them: recording into the store's outbox, the relay to Kafka as
// CloudEvents 1.0, the consumer chain with its dead letters, and the schemas
// that both ends check.
package facts

import (
	"context"
	"encoding/json"
	"fmt"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// Event is a fact as consumers see it: a CloudEvent with its data.
type Event struct {
	ID        string // <aggregate>/<version>/<n>, assigned once by the command
	Source    string // the service: liuke/leads
	Type      string
	Subject   string // the aggregate: lead/01J…
	Time      instant.Time
	Customer  string          // extension "customer"
	Aggregate string          // same as Subject
	Version   int64           // extension "aggregateversion"
	Data      json.RawMessage // JSON of the catalogue type
	// Replayed tells that an operator sent the fact again from the dead letters:
	// newer facts of the aggregate may have been handled meanwhile.
	Replayed bool
	// Trace is where the fact's trace goes on (telemetry.Continue), empty if none is
	// recorded: extensions "traceparent" and "tracestate".
	Trace string
}

// recorded is what the store keeps of an event: all but what the store itself
// assigns, so that the chain of hashes covers it.
type recorded struct {
	Source   string          `json:"source"`
	Type     string          `json:"type"`
	Time     instant.Time    `json:"time"`
	Customer string          `json:"customer,omitempty"`
	Data     json.RawMessage `json:"data"`
	// What was recorded as it happened belongs to it: the trace is in the chain too.
	Traceparent string `json:"traceparent,omitempty"`
	Tracestate  string `json:"tracestate,omitempty"`
}

// Stamp is what a command knows about the facts that it records.
type Stamp struct {
	Source   string       // service
	At       instant.Time // of the command
	Customer string
	Policy   int64 // policy version that was decided by, 0 if none
	// Key partitions the topic; empty: the aggregate.
	Key string
}

// Record makes the store's fact from catalogue data. version is the aggregate's
// version after the commit: document version + 1. Actor and cause come from the
// context. The data is checked against its schema: an error here is a bug of
// the recording code.
func Record(ctx context.Context, s Stamp, version int64, data catalogue.Data) (store.Fact, error) {
	data.SetHead(catalogue.Head{AggregateVersion: version, Actor: ActorFrom(ctx), Cause: CauseFrom(ctx), PolicyVersion: s.Policy, Customer: s.Customer})
	kind := data.Kind()
	raw, err := json.Marshal(data)
	if err != nil {
		return store.Fact{}, fmt.Errorf("record %s: %w", kind.Type, err)
	}
	if err := Validate(kind.Type, raw); err != nil {
		return store.Fact{}, fmt.Errorf("record %s: %w", kind.Type, err)
	}
	telemetry.About(ctx, s.Customer)
	parent, state := telemetry.Split(telemetry.Here(ctx))
	body, err := json.Marshal(recorded{Source: s.Source, Type: kind.Type, Time: s.At, Customer: s.Customer, Data: raw, Traceparent: parent, Tracestate: state})
	if err != nil {
		return store.Fact{}, fmt.Errorf("record %s: %w", kind.Type, err)
	}
	return store.Fact{Type: kind.Type, Topic: kind.Topic, Key: s.Key, Time: s.At, Body: body}, nil
}

// RecordAll makes the store's facts of one command.
func RecordAll(ctx context.Context, s Stamp, version int64, data ...catalogue.Data) ([]store.Fact, error) {
	out := make([]store.Fact, 0, len(data))
	for _, d := range data {
		f, err := Record(ctx, s, version, d)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Stored gives the event of a fact that the store kept.
func Stored(f store.Fact) (Event, error) {
	var r recorded
	if err := json.Unmarshal(f.Body, &r); err != nil {
		return Event{}, fmt.Errorf("fact %s: %w", f.ID, err)
	}
	return Event{ID: f.ID, Source: r.Source, Type: r.Type, Subject: f.Aggregate, Time: r.Time, Customer: r.Customer,
		Aggregate: f.Aggregate, Version: f.Version, Data: r.Data, Trace: telemetry.Join(r.Traceparent, r.Tracestate)}, nil
}

// Decode reads the data of an event as the catalogue type D.
func Decode[D any](e Event) (D, error) {
	var d D
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return d, fmt.Errorf("fact %s (%s): %w", e.ID, e.Type, err)
	}
	return d, nil
}
