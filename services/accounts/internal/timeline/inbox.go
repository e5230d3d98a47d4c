package timeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/problem"
)

// Other departments' systems tell by Kafka, too: a message of the topic
// liuke.timeline.inbox is an EntryDraft as JSON, plain, or the data of a CloudEvent 1.0
// in binary mode (headers ce_*) or structured mode (the envelope is the value). Of
// a CloudEvent, source and id stand in for a draft's source and source_id, and
// time for occurred_at. What is wrong becomes a dead letter that says what.

// inboxEvent is the event type under which the consumer chain handles a message.
const inboxEvent = "liuke.timeline.inbox"

// envelope is a CloudEvent in structured mode.
type envelope struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Time        string          `json:"time"`
	Data        json.RawMessage `json:"data"`
}

// readInbox makes an event of a message of the inbox, its data an EntryDraft.
func (t *Timeline) readInbox(m kafka.Message) (facts.Event, error) {
	id := fmt.Sprintf("inbox/%d/%d", m.Partition, m.Offset)
	e := facts.Event{ID: id, Source: "inbox", Type: inboxEvent, Subject: id, Aggregate: id, Time: t.Clock()}
	outer := envelope{SpecVersion: m.Header("ce_specversion"), ID: m.Header("ce_id"), Source: m.Header("ce_source"), Time: m.Header("ce_time"), Data: m.Value}
	if outer.SpecVersion == "" {
		var inner envelope
		if err := json.Unmarshal(m.Value, &inner); err != nil {
			return e, fmt.Errorf("not JSON: %w", err)
		}
		if inner.SpecVersion != "" && len(inner.Data) > 0 {
			outer = inner
		}
	}
	var d EntryDraft
	if err := json.Unmarshal(outer.Data, &d); err != nil {
		return e, fmt.Errorf("not a timeline entry: %w", err)
	}
	if outer.SpecVersion != "" {
		d.Source = either(d.Source, slug(outer.Source))
		d.SourceID = either(d.SourceID, outer.ID)
		d.OccurredAt = either(d.OccurredAt, outer.Time)
	}
	var err error
	e.Data, err = json.Marshal(d)
	return e, err
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// slug makes the name of a source of a CloudEvent's, which is a URI.
func slug(uri string) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, strings.TrimPrefix(strings.TrimPrefix(uri, "https://"), "http://"))
	out = strings.TrimLeft(out, "-_.0123456789")
	return strings.TrimRight(out[:min(len(out), 40)], "-_.")
}

// receive takes one message of the inbox.
func (t *Timeline) receive(ctx context.Context, e facts.Event) error {
	d, err := facts.Decode[EntryDraft](e)
	if err != nil {
		return facts.Final(err)
	}
	now, tolerance, err := t.settings()
	if err != nil {
		return err
	}
	entry, wrong := d.Check(now, tolerance)
	if err := problem.InvalidFields(wrong...); err != nil {
		return facts.Final(err)
	}
	var keys CustomerKeys
	if d.Match != nil {
		keys = *d.Match
	}
	_, err = t.Take(facts.WithActor(ctx, catalogue.Actor{ID: entry.Source, Kind: catalogue.ActorImport}), entry, keys)
	var refused *problem.Error
	if errors.As(err, &refused) && refused.Status() < 500 {
		return facts.Final(err)
	}
	return err
}
