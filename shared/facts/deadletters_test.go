package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

func TestADeadLetterIsReplayedForItsGroupAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, leadFact(t, "a", 1))
		mended := false
		d := &desk{answer: func(_ context.Context, e Event, _ int) error {
			if !mended {
				return Final(errors.New("broken"))
			} else if !e.Replayed {
				t.Error("not marked as replayed")
			}
			return nil
		}}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Second)
		dead := letters(t, m)
		if len(dead) != 1 || dead[0].State != LetterPending {
			t.Fatal(dead)
		}
		replay := func() {
			if _, err := DeadLetters(m).Replay(t.Context(), dead[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		replay() // fails again: the same letter is pending again
		if after := letters(t, m); after[0].State != LetterReplayed || after[0].ReplayedAt.IsZero() {
			t.Fatal(after)
		}
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Second)
		if after := letters(t, m); len(after) != 1 || after[0].State != LetterPending || after[0].ID != dead[0].ID {
			t.Fatal(after)
		}
		mended = true
		replay()
		consume(t, ConsumerConfig{Cluster: m, Handle: d.handle}, time.Second)
		if after := letters(t, m); len(after) != 1 || after[0].State != LetterReplayed || len(d.got) != 1 {
			t.Fatal(after, d.got)
		}

		other := &desk{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := Consume(ctx, ConsumerConfig{Cluster: m, Group: "liuke.other", Topics: []string{catalogue.TopicLeads}, Handle: other.handle}); err != nil {
			t.Fatal(err)
		}
		if len(other.got) != 1 {
			t.Error("another group handled a replay that was not for it:", other.got)
		}
	})
}

func TestLettersAreListedByPagesNewestFirst(t *testing.T) {
	m := memory(t)
	for i := range 5 {
		l := DeadLetter{ID: fmt.Sprint("l", i), State: LetterPending, Group: []string{"g", "h"}[i%2], Topic: "t", At: at.Add(time.Duration(i) * time.Second)}
		if err := bury(t.Context(), m, l); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	q := LetterQuery{Limit: 2}
	for {
		page, err := DeadLetters(m).List(t.Context(), q)
		if err != nil || page.Total != 5 {
			t.Fatal(page, err)
		}
		for _, l := range page.Letters {
			ids = append(ids, l.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(ids, []string{"l4", "l3", "l2", "l1", "l0"}) {
		t.Error(ids)
	}
	if page, _ := DeadLetters(m).List(t.Context(), LetterQuery{Group: "h"}); page.Total != 2 {
		t.Error(page)
	}
	var p *problem.Error
	if _, err := DeadLetters(m).Show(t.Context(), "none"); !errors.As(err, &p) || p.Code != problem.NotFound {
		t.Error(err)
	}
	if _, err := DeadLetters(m).Replay(t.Context(), "l0"); !errors.As(err, &p) || p.Code != problem.Refused {
		t.Error("a letter without data was replayed:", err)
	}
}

func TestPendingLettersAreCountedByGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, registry := memory(t), prometheus.NewRegistry()
		letter := func(id, group, state string) {
			l := DeadLetter{ID: id, State: state, Group: group, Topic: "t", At: at, Value: []byte("{}")}
			if err := bury(t.Context(), m, l); err != nil {
				t.Fatal(err)
			}
		}
		letter("a", "g", LetterPending)
		letter("b", "g", LetterPending)
		letter("c", "h", LetterPending)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- WatchDeadLetters(ctx, m, nil, registry) }()
		time.Sleep(time.Second)
		letter("a", "g", LetterReplayed)
		letter("a", "g", LetterReplayed)
		letter("c", "h", LetterReplayed)
		letter("d", "g", LetterPending)
		time.Sleep(time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		got := map[string]float64{}
		families, err := registry.Gather()
		if err != nil || len(families) != 1 {
			t.Fatal(families, err)
		}
		for _, sample := range families[0].Metric {
			got[sample.Label[0].GetValue()] = sample.Gauge.GetValue()
		}
		if got["g"] != 2 || got["h"] != 0 {
			t.Error(got)
		}
	})
}
