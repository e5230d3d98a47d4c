package facts

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
)

// States of a dead letter.
const (
	LetterPending  = "pending"
	LetterReplayed = "replayed"
)

// relayGroup begins the group of letters that were never published at all.
const relayGroup = "relay."

// maxLetterError bounds the text of an error in a letter's header.
const maxLetterError = 2000

// DeadLetter is a fact that could not be handled or published, with what is
// known about why. Letters lie in a compacted topic under their id, so that the
// newest state of each is what remains.
type DeadLetter struct {
	ID         string         `json:"id"`
	State      string         `json:"state" enum:"pending,replayed"`
	Group      string         `json:"group" doc:"Consumer group that gave up, or relay.<service>"`
	Topic      string         `json:"topic"`
	Partition  int            `json:"partition"`
	Offset     int64          `json:"offset"`
	Key        string         `json:"key,omitempty"`
	Fact       string         `json:"fact,omitempty"`
	Type       string         `json:"type,omitempty"`
	Error      string         `json:"error"`
	Attempts   int            `json:"attempts"`
	At         instant.Time   `json:"at"`
	ReplayedAt instant.Time   `json:"replayed_at,omitempty"`
	Headers    []kafka.Header `json:"-"` // of the original message
	Value      []byte         `json:"-"` // of the original message
}

// Headers that a dead letter has besides those of the original message.
const (
	letterGroup     = "liuke-dead-group"
	letterTopic     = "liuke-dead-topic"
	letterPartition = "liuke-dead-partition"
	letterOffset    = "liuke-dead-offset"
	letterKey       = "liuke-dead-key"
	letterFact      = "liuke-dead-fact"
	letterType      = "liuke-dead-type"
	letterError     = "liuke-dead-error"
	letterAttempts  = "liuke-dead-attempts"
	letterAt        = "liuke-dead-at"
	letterState     = "liuke-dead-state"
	letterReplayed  = "liuke-dead-replayed-at"
	letterPrefix    = "liuke-dead-"
)

func (l DeadLetter) message() kafka.Message {
	text := strings.ToValidUTF8(l.Error[:min(len(l.Error), maxLetterError)], "")
	headers := append([]kafka.Header{}, l.Headers...)
	for _, h := range []kafka.Header{
		{Key: letterState, Value: l.State}, {Key: letterGroup, Value: l.Group}, {Key: letterTopic, Value: l.Topic},
		{Key: letterPartition, Value: strconv.Itoa(l.Partition)}, {Key: letterOffset, Value: strconv.FormatInt(l.Offset, 10)},
		{Key: letterKey, Value: l.Key}, {Key: letterFact, Value: l.Fact}, {Key: letterType, Value: l.Type}, {Key: letterError, Value: text},
		{Key: letterAttempts, Value: strconv.Itoa(l.Attempts)}, {Key: letterAt, Value: l.At.String()}, {Key: letterReplayed, Value: l.ReplayedAt.String()},
	} {
		if h.Value != "" {
			headers = append(headers, h)
		}
	}
	value := l.Value
	if value == nil {
		value = []byte{} // nil would delete the letter
	}
	return kafka.Message{Topic: catalogue.TopicDeadLetters, Key: l.ID, Value: value, Headers: headers}
}

func letterOf(m kafka.Message) (DeadLetter, error) {
	l := DeadLetter{ID: m.Key, State: m.Header(letterState), Group: m.Header(letterGroup), Topic: m.Header(letterTopic), Key: m.Header(letterKey),
		Fact: m.Header(letterFact), Type: m.Header(letterType), Error: m.Header(letterError), Value: m.Value}
	for _, h := range m.Headers {
		if !strings.HasPrefix(h.Key, letterPrefix) {
			l.Headers = append(l.Headers, h)
		}
	}
	var errs [5]error
	l.Partition, errs[0] = strconv.Atoi(m.Header(letterPartition))
	l.Offset, errs[1] = strconv.ParseInt(m.Header(letterOffset), 10, 64)
	l.Attempts, errs[2] = strconv.Atoi(m.Header(letterAttempts))
	errs[3] = l.At.UnmarshalText([]byte(m.Header(letterAt)))
	errs[4] = l.ReplayedAt.UnmarshalText([]byte(m.Header(letterReplayed)))
	if err := errors.Join(errs[:]...); err != nil || l.Topic == "" || l.Group == "" {
		return l, fmt.Errorf("%s/%d/%d is not a dead letter: %w", m.Topic, m.Partition, m.Offset, err)
	}
	return l, nil
}

// bury puts a letter into the dead letters. Where even these refuse it, the data is left out.
func bury(ctx context.Context, p kafka.Producer, l DeadLetter) error {
	err := p.Produce(ctx, []kafka.Message{l.message()})
	if errors.Is(err, kafka.ErrRefused) {
		l.Value, l.Error = nil, "(too large to be kept here, the data is left out) "+l.Error
		err = p.Produce(ctx, []kafka.Message{l.message()})
	}
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", l.ID, err)
	}
	return nil
}
