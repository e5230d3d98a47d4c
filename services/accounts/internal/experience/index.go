package experience

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/experience/words"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// inTitle is how much more a gram of the title or a tag counts.
const inTitle = 3

// mostGrams bounds what one entry is found by; what comes later in a longer text is not.
const mostGrams = 5000

func gramsOf(l catalogue.Lesson) map[string]int {
	out := words.Grams(l.Text)
	for g, n := range words.Grams(l.Title + "\n" + strings.Join(l.Tags, "\n")) {
		out[g] += inTitle * n
	}
	return out
}

func length(l catalogue.Lesson) int {
	n := 0
	for _, times := range gramsOf(l) {
		n += times
	}
	return n
}

// index writes what an entry is found by. Grams are written side by side, so that the store groups them.
func (b *Base) index(ctx context.Context, l Lesson) error {
	all := gramsOf(l.Lesson)
	g, ctx := errgroup.WithContext(store.Background(ctx))
	g.SetLimit(32)
	for i, gram := range slices.Sorted(maps.Keys(all)) {
		if i == mostGrams {
			break
		}
		g.Go(func() error {
			err := b.grams.Commit(ctx, store.New(gram+"/"+l.ID, Gram{Gram: gram, Entry: l.ID, Times: all[gram]}), "")
			if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
				return nil
			}
			return err
		})
	}
	return g.Wait()
}

// Types are the facts that the base reads.
var Types = []string{(&catalogue.ChurnReviewClosed{}).Kind().Type, (&catalogue.LessonRecorded{}).Kind().Type}

// Observe makes an entry of every closed review, and sees that every entry is found.
func (b *Base) Observe(ctx context.Context, e facts.Event) error {
	if e.Type == Types[1] {
		d, err := facts.Decode[catalogue.LessonRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		return b.index(ctx, Lesson{Lesson: d.After})
	}
	d, err := facts.Decode[catalogue.ChurnReviewClosed](e)
	if err != nil {
		return facts.Final(err)
	}
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "experience", Kind: catalogue.ActorProcess})
	_, err = b.put(ctx, b.drawn(d.After))
	return err
}

// drawn makes the entry of a closed review: all that was found, in its own words.
func (b *Base) drawn(c catalogue.ChurnReview) catalogue.Lesson {
	l := catalogue.Lesson{ID: c.ID, Title: c.Company + " · 流失复盘 / churn review", Review: c.ID, Customer: c.Customer, By: c.ClosedBy, At: c.ClosedAt}
	var t strings.Builder
	say := func(parts ...string) {
		for _, p := range parts {
			if p != "" {
				t.WriteString(p + "\n")
			}
		}
	}
	say(c.Summary)
	say(c.Lessons...)
	known := b.names()
	for _, r := range c.Reasons {
		l.Tags = append(l.Tags, r.Reason)
		n := known[r.Reason]
		say(n.Zh+" "+n.En, r.Text)
	}
	say(c.Evidence, c.Competitor, c.LostAt.Name.Zh+" "+c.LostAt.Name.En, c.LostAt.Says.Zh, c.LostAt.Says.En)
	for _, p := range c.Participants {
		for _, f := range p.Findings {
			say(f.Text)
		}
	}
	say(c.Interview.Notes)
	for _, a := range c.Attributions {
		say(a.Says.Zh, a.Says.En)
	}
	l.Text = strings.TrimSpace(t.String())
	return l
}
