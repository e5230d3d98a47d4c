package facts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/problem"
)

// Letters is the desk of the dead letters: an operator lists, reads and replays
// them. It reads the whole topic for each answer; letters are few.
type Letters struct {
	cluster kafka.Cluster
	clock   instant.Clock
}

// DeadLetters gives the desk of a cluster.
func DeadLetters(cluster kafka.Cluster) *Letters {
	return &Letters{cluster: cluster, clock: instant.Now}
}

// LetterQuery chooses letters.
type LetterQuery struct {
	State string // pending, replayed; empty: both
	Group string
	Type  string
	After string // id of the last letter of the page before
	Limit int    // 50
}

// LetterPage is part of a list.
type LetterPage struct {
	Letters []DeadLetter `json:"letters"`
	Next    string       `json:"next,omitempty"`
	Total   int          `json:"total"`
}

// List gives letters, newest first.
func (d *Letters) List(ctx context.Context, q LetterQuery) (LetterPage, error) {
	all, err := d.all(ctx)
	if err != nil {
		return LetterPage{}, err
	}
	all = slices.DeleteFunc(all, func(l DeadLetter) bool {
		return q.State != "" && l.State != q.State || q.Group != "" && l.Group != q.Group || q.Type != "" && l.Type != q.Type
	})
	page := LetterPage{Total: len(all)}
	if q.After != "" {
		at := slices.IndexFunc(all, func(l DeadLetter) bool { return l.ID == q.After })
		all = all[at+1:]
	}
	page.Letters = all[:min(cmp.Or(q.Limit, 50), len(all))]
	if n := len(page.Letters); n < len(all) {
		page.Next = page.Letters[n-1].ID
	}
	return page, nil
}

// Show gives one letter with its data.
func (d *Letters) Show(ctx context.Context, id string) (DeadLetter, error) {
	all, err := d.all(ctx)
	if err != nil {
		return DeadLetter{}, err
	}
	for _, l := range all {
		if l.ID == id {
			return l, nil
		}
	}
	return DeadLetter{}, problem.Missing("死信", "dead letter", id)
}

// Replay sends a letter's fact to its topic again, for the group that gave up
// alone, and notes it. If the group gives up again, the same letter is pending
// again. A fact that its relay could not publish goes to everybody.
func (d *Letters) Replay(ctx context.Context, id string) (DeadLetter, error) {
	l, err := d.Show(ctx, id)
	if err != nil {
		return l, err
	}
	m := kafka.Message{Topic: l.Topic, Key: l.Key, Value: l.Value, Headers: slices.Clone(l.Headers)}
	if len(l.Value) == 0 {
		return l, problem.Refuse("data_left_out", "死信未保存数据，无法重放", "the letter holds no data, so that it cannot be replayed")
	}
	if strings.HasPrefix(l.Group, relayGroup) {
		if err := publishable(m); err != nil {
			return l, problem.Refuse("not_valid", "事实不符合其模式，无法发布："+err.Error(), "the fact does not fit its schema and cannot be published: "+err.Error())
		}
	} else {
		m.Headers = append(m.Headers, kafka.Header{Key: headerReplayFor, Value: l.Group}, kafka.Header{Key: headerReplayOf, Value: l.ID})
	}
	// The note goes first: should the group give up again at once, its letter must be the newer one.
	note := l
	note.State, note.ReplayedAt = LetterReplayed, d.clock()
	if err := d.cluster.Produce(ctx, []kafka.Message{note.message()}); err != nil {
		return l, fmt.Errorf("replay %s: %w", id, err)
	}
	if err := d.cluster.Produce(ctx, []kafka.Message{m}); err != nil {
		back := bury(context.WithoutCancel(ctx), d.cluster, l)
		return l, fmt.Errorf("replay %s: %w", id, errors.Join(err, back))
	}
	return note, nil
}

func publishable(m kafka.Message) error {
	e, err := FromMessage(m)
	if err != nil {
		return err
	}
	return ValidateRead(e.Type, e.Data)
}

// all gives the newest state of every letter, newest first.
func (d *Letters) all(ctx context.Context) ([]DeadLetter, error) {
	byID := map[string]DeadLetter{}
	reading, enough := context.WithCancel(ctx)
	defer enough()
	err := d.cluster.Follow(reading, catalogue.TopicDeadLetters, func(m kafka.Message) {
		if m.Value == nil {
			delete(byID, m.Key)
		} else if l, err := letterOf(m); err == nil {
			byID[m.Key] = l
		}
	}, enough)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if reading.Err() == nil {
		return nil, err
	}
	all := make([]DeadLetter, 0, len(byID))
	for _, l := range byID {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b DeadLetter) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}
