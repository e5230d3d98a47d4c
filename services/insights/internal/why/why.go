// Package why answers why something happened: the chain of causes from a task,
// reminder, mark or reassignment back to what people recorded, and what happens
// next if nobody acts. It reads the record only and infers nothing.
package why

import (
	"context"
	"errors"
	"strings"

	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/narrate"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Link is one cause in the chain.
type Link struct {
	Kind     string                `json:"kind" enum:"fact,obligation"`
	ID       string                `json:"id"`
	CausedBy []string              `json:"caused_by,omitempty" doc:"Ids of the links before it; none: a person, a form or an import recorded it"`
	Type     string                `json:"type,omitempty" doc:"Fact type"`
	Rule     string                `json:"rule,omitempty"`
	At       instant.Time          `json:"at"`
	Due      instant.Time          `json:"due,omitempty"`
	Late     bool                  `json:"late,omitempty"`
	Policy   int64                 `json:"policy,omitempty" doc:"Policy version it was decided by"`
	Setting  string                `json:"setting,omitempty" doc:"Policy setting that gave the due time"`
	Decision int64                 `json:"decision,omitempty" doc:"Number of the journey's decision"`
	Journey  string                `json:"journey,omitempty"`
	Actor    *catalogue.Actor      `json:"actor,omitempty"`
	Text     lang.Text             `json:"text"`
	Effects  []catalogue.EffectRef `json:"effects,omitempty"`
}

// Answer is the whole explanation.
type Answer struct {
	Asked    string                 `json:"asked"`
	Says     lang.Text              `json:"says" doc:"The chain in one sentence"`
	Chain    []Link                 `json:"chain" doc:"From what was asked for back to what was recorded"`
	Complete bool                   `json:"complete" doc:"Whether every branch ends in something that was recorded by a person, a form, an import or the company's set-up"`
	Journey  string                 `json:"journey,omitempty"`
	Stands   lang.Text              `json:"stands,omitempty" doc:"Where the journey stands now"`
	Next     []catalogue.Obligation `json:"next" doc:"What happens next if nobody acts"`
}

// Explainer answers questions.
type Explainer struct {
	c     record.Collections
	names narrate.Names
}

// New makes an explainer.
func New(c record.Collections, names narrate.Names) *Explainer { return &Explainer{c, names} }

// maxLinks bounds a chain; real ones have fewer than ten links.
const maxLinks = 100

// Fact explains a fact by its id.
func (x *Explainer) Fact(ctx context.Context, id string) (Answer, error) { return x.explain(ctx, id) }

// Subject explains how a thing that records facts came to be (a task, a
// reminder): by its first fact.
func (x *Explainer) Subject(ctx context.Context, subject string) (Answer, error) {
	page, err := x.c.Facts.Page(ctx, store.Query{Index: record.FactsBySubject, Equal: []any{subject}, Limit: 1})
	if err != nil {
		return Answer{}, err
	}
	if len(page.Docs) == 0 {
		return Answer{}, problem.Missing("记录", "record", subject)
	}
	return x.explain(ctx, page.Docs[0].ID)
}

// Newest explains the newest fact of a subject that fits.
func (x *Explainer) Newest(ctx context.Context, subject string, fits func(record.Fact) bool) (Answer, error) {
	q := store.Query{Index: record.FactsBySubject, Equal: []any{subject}, Desc: true, Limit: 100}
	for {
		page, err := x.c.Facts.Page(ctx, q)
		if err != nil {
			return Answer{}, err
		}
		for _, d := range page.Docs {
			if fits(d.Body) {
				return x.explain(ctx, d.ID)
			}
		}
		if page.Next == "" {
			return Answer{}, problem.Missing("记录", "record", subject)
		}
		q.After = page.Next
	}
}

// Obligation explains an obligation that fired.
func (x *Explainer) Obligation(ctx context.Context, id string) (Answer, error) {
	return x.explain(ctx, id)
}

func (x *Explainer) explain(ctx context.Context, id string) (Answer, error) {
	a := Answer{Asked: id, Complete: true, Next: []catalogue.Obligation{}}
	seen, queue := map[string]bool{id: true}, []string{id}
	for len(queue) > 0 && len(a.Chain) < maxLinks {
		link, err := x.link(ctx, queue[0])
		queue = queue[1:]
		if errors.Is(err, store.ErrNotFound) {
			if len(a.Chain) == 0 {
				return a, problem.Missing("记录", "record", id)
			}
			a.Complete = false // a cause that insights has not seen (yet)
			continue
		}
		if err != nil {
			return a, err
		}
		a.Chain = append(a.Chain, link)
		a.Complete = a.Complete && !link.hangs()
		for _, cause := range link.CausedBy {
			if !seen[cause] {
				seen[cause] = true
				queue = append(queue, cause)
			}
		}
	}
	a.Complete = a.Complete && len(queue) == 0
	if err := x.next(ctx, &a); err != nil {
		return a, err
	}
	a.Says = sentence(a)
	return a, nil
}

// hangs tells that a link has no cause and needs one: what a journey or a
// service did by itself, it did because of something.
func (l Link) hangs() bool {
	if len(l.CausedBy) > 0 {
		return false
	}
	setUp := l.Kind == "fact" && (strings.HasPrefix(l.ID, "person/") || strings.HasPrefix(l.ID, "team/") || strings.HasPrefix(l.ID, "policy/") ||
		strings.HasPrefix(l.ID, "review/")) // an occasion of the policy's rhythm
	return !setUp && (l.Actor == nil || l.Actor.Kind == catalogue.ActorJourney || l.Actor.Kind == catalogue.ActorProcess)
}

// link reads one cause: a fact id contains slashes, an obligation id colons;
// an effect id is its obligation's with a number behind it.
func (x *Explainer) link(ctx context.Context, id string) (Link, error) {
	if strings.Contains(id, "/") {
		return x.fact(ctx, id)
	}
	doc, err := x.c.Obligations.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		if cut := strings.LastIndex(id, ":"); cut > 0 {
			doc, err = x.c.Obligations.Get(ctx, id[:cut])
		}
	}
	if err != nil {
		return Link{}, err
	}
	o := doc.Body
	return Link{Kind: "obligation", ID: doc.ID, CausedBy: o.Obligation.Because, Rule: o.Rule, At: o.At, Due: o.Obligation.Due, Late: o.Late, Policy: o.Policy,
		Setting: o.Obligation.Policy, Decision: o.Decisions[0], Journey: o.Journey, Text: o.Obligation.Does, Effects: o.Effects}, nil
}

func (x *Explainer) fact(ctx context.Context, id string) (Link, error) {
	doc, err := x.c.Facts.Get(ctx, id)
	if err != nil {
		return Link{}, err
	}
	f := doc.Body
	l := Link{Kind: "fact", ID: id, Type: f.Type, At: f.Time, Policy: f.Policy, Actor: &f.Actor, Text: narrate.Fact(f.Type, f.Data, x.names)}
	if f.Cause != "" {
		l.CausedBy = []string{f.Cause}
	}
	return l, nil
}

// next adds where the journey that caused it stands now.
func (x *Explainer) next(ctx context.Context, a *Answer) error {
	for _, l := range a.Chain {
		if l.Journey != "" {
			a.Journey = l.Journey
			break
		}
	}
	if a.Journey == "" && len(a.Chain) > 0 && a.Chain[0].Kind == "fact" {
		parts := strings.SplitN(a.Chain[len(a.Chain)-1].ID, "/", 3)
		a.Journey = parts[0] + ":" + parts[1]
	}
	doc, err := x.c.Journeys.Get(ctx, a.Journey)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a.Stands = doc.Body.Says
	if doc.Body.Pending != nil {
		a.Next = doc.Body.Pending
	}
	return nil
}

// JourneyOf gives the newest decision of a journey.
func (x *Explainer) JourneyOf(ctx context.Context, kind, id string) (record.Journey, error) {
	doc, err := x.c.Journeys.Get(ctx, project.JourneyID(kind+"/"+id))
	if errors.Is(err, store.ErrNotFound) {
		return record.Journey{}, problem.Missing("旅程", "journey", kind+"/"+id)
	}
	if err != nil {
		return record.Journey{}, err
	}
	return doc.Body, nil
}
