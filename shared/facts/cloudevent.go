package facts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/telemetry"
)

// Headers of a fact on the wire: CloudEvents 1.0, Kafka protocol binding,
// binary content mode.
const (
	headerSpecVersion = "ce_specversion"
	headerID          = "ce_id"
	headerSource      = "ce_source"
	headerType        = "ce_type"
	headerSubject     = "ce_subject"
	headerTime        = "ce_time"
	headerCustomer    = "ce_customer"
	headerVersion     = "ce_aggregateversion"
	headerContentType = "content-type"

	// The distributed tracing extension: where the fact was recorded, as it stays.
	headerCreated      = "ce_traceparent"
	headerCreatedState = "ce_tracestate"
	// The trace context of the message itself: the relay that published it.
	headerTrace      = "traceparent"
	headerTraceState = "tracestate"

	// headerReplayFor marks a fact that an operator sent again: only this group handles it.
	headerReplayFor = "liuke-replay-for"
	// headerReplayOf names the dead letter that it comes from.
	headerReplayOf = "liuke-replay-of"
)

const specVersion = "1.0"

// contentJSON is the content type of every fact's data.
const contentJSON = "application/json"

// ErrNotAnEvent says that a message is no CloudEvent that Liuke understands.
var ErrNotAnEvent = errors.New("facts: not a CloudEvent 1.0 with JSON data")

// ToMessage gives the Kafka message of an event under a partition key; without
// a key it is the aggregate.
func ToMessage(e Event, topic, key string) kafka.Message {
	if key == "" {
		key = e.Aggregate
	}
	headers := []kafka.Header{
		{Key: headerSpecVersion, Value: specVersion}, {Key: headerID, Value: e.ID}, {Key: headerSource, Value: e.Source},
		{Key: headerType, Value: e.Type}, {Key: headerSubject, Value: e.Subject}, {Key: headerTime, Value: e.Time.String()},
	}
	if e.Customer != "" {
		headers = append(headers, kafka.Header{Key: headerCustomer, Value: e.Customer})
	}
	headers = append(headers, kafka.Header{Key: headerVersion, Value: strconv.FormatInt(e.Version, 10)},
		kafka.Header{Key: headerContentType, Value: contentJSON})
	headers = withTrace(headers, e.Trace, headerCreated, headerCreatedState)
	return kafka.Message{Topic: topic, Key: key, Value: e.Data, Headers: headers}
}

// FromMessage reads an event from a Kafka message; its data is not yet checked
// against the schema.
func FromMessage(m kafka.Message) (Event, error) {
	e := Event{ID: m.Header(headerID), Source: m.Header(headerSource), Type: m.Header(headerType), Subject: m.Header(headerSubject),
		Customer: m.Header(headerCustomer), Aggregate: m.Header(headerSubject), Data: m.Value, Replayed: m.Header(headerReplayFor) != ""}
	media, _, _ := strings.Cut(m.Header(headerContentType), ";")
	switch {
	case m.Header(headerSpecVersion) != specVersion:
		return e, fmt.Errorf("%w: specversion %q", ErrNotAnEvent, m.Header(headerSpecVersion))
	case e.ID == "" || e.Source == "" || e.Type == "" || e.Subject == "":
		return e, fmt.Errorf("%w: id, source, type or subject is missing", ErrNotAnEvent)
	case strings.TrimSpace(media) != contentJSON:
		return e, fmt.Errorf("%w: content type %q", ErrNotAnEvent, m.Header(headerContentType))
	}
	if e.Trace = telemetry.Join(m.Header(headerTrace), m.Header(headerTraceState)); e.Trace == "" {
		e.Trace = telemetry.Join(m.Header(headerCreated), m.Header(headerCreatedState))
	}
	var err error
	if e.Time, err = instant.Parse(m.Header(headerTime)); err != nil {
		return e, fmt.Errorf("%w: %w", ErrNotAnEvent, err)
	}
	if e.Version, err = strconv.ParseInt(m.Header(headerVersion), 10, 64); err != nil {
		return e, fmt.Errorf("%w: aggregateversion %q", ErrNotAnEvent, m.Header(headerVersion))
	}
	return e, nil
}

// withTrace adds a place in a trace under two headers, if there is one.
func withTrace(headers []kafka.Header, trace, parent, state string) []kafka.Header {
	p, s := telemetry.Split(trace)
	if p != "" {
		headers = append(headers, kafka.Header{Key: parent, Value: p})
	}
	if s != "" {
		headers = append(headers, kafka.Header{Key: state, Value: s})
	}
	return headers
}
